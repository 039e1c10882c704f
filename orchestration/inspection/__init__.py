"""Double-random draws (双随机): who is inspected next month, by whom, with which probability, and why.

Belongs here: the rules of draws (``model``, ``load``, ``faults``), what is known of visits and inspectors (``known``),
the frame (``frame``), the draw (``draw``), teams (``flow``, ``teams``, ``assign``), the tables (``store``, ``run``),
what a draw shows (``summary``) and what must hold of it (``check``), publishing (``export``, ``package``, ``publish``),
drawing again (``verify``), one enterprise (``why``).
Does not belong here: classes (``risk``, ``specialised``), results of visits, which come home as feed C07, Dagster.
"""
