"""Are the points set well? Shares of the classes, equal treatment of groups, find rates by class.

Belongs here: the questions to decided classes (``measure``), what is worth a warning (``judge``), layout (``report``).
Does not belong here: setting points, which are data of a catalogue version, and deciding classes (``risk``).
"""
