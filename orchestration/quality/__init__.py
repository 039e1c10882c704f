"""Quality checks of staged deliveries: suites as data under ``expectations/``, judged by Great Expectations.

Belongs here: reading suites, the frame they are judged on, the judgement, the page a person reads.
Does not belong here: cleaning and quarantine of rows (``feeds``), tests of models (dbt), asset checks (``defs``).
"""
