"""The Dagster objects of the walk, one file per stage.

Belongs here: assets, checks, jobs, schedules, sensors, and the events they write. Every object only calls plain
functions of the other packages through ``resources.Platform``.
Does not belong here: reading, checking, computing or classifying anything.
"""

import warnings

import dagster as dg

# Checks with partitions are a preview; they are what puts a result on the month that it is about.
warnings.filterwarnings("ignore", category=dg.PreviewWarning)
warnings.filterwarnings("ignore", category=dg.BetaWarning)
