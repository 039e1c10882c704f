"""Effect and fairness: what inspections found, and whether the classes steer them well and evenly.

Belongs here: one row per visit with the class before it (``outcome``), rates and their intervals, what steering saves,
inspectors and areas apart, groups visited more than their findings warrant, the report.
Does not belong here: drawing (``orchestration.inspection``), learning from outcomes (``orchestration.learning``).
"""
