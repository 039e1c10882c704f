"""What classes are worth: past outcomes beside the classes that were known before them.

Belongs here: intervals, AUC, what an inspection plan by score would have found and when, the study report.
Does not belong here: how a score comes about, or anything that changes it. Nothing in the platform reads from here.
"""
