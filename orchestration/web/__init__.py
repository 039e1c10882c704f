"""From public pages to signals on enterprises: crawl, extract, match, judge, signal.

Belongs here: everything about the web, one package per step; what passes between the steps stands in ``store``.
Does not belong here: Dagster objects (``defs``), how names are told apart (``resolution``), the invented web that the
demo crawls (``simulation.web``).
"""
