"""Standing rows: which raw rows a later month's rows with the same key have replaced, listed once and read by all.

Belongs here: where the lists lie and whether they are still true (``store``), making them (``make``).
Does not belong here: repairs, objections and names found, which decide in the warehouse (macro ``as_known``).
"""
