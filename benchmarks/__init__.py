"""Measurements that a person runs. Nothing of the platform imports them; tests hold their pure parts."""
