"""Learning from the outcomes of visits: what the points of a catalogue should be, and whether they still hold.

Belongs here: rows to learn from, a scorecard and a challenger, their calibration and their worth month by month, the
guard against leaks, the registry of models, the proposal of a catalogue, drift.
Does not belong here: any change of a class. What is learned goes live only as a catalogue that a person puts into force
after a shadow run (``orchestration.shadow``).
"""
