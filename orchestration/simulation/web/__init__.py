"""A small web of six invented sites about the enterprises of the simulated province, and the server that serves it."""
