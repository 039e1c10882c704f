"""From what was fetched to texts: title, text, day, publisher; and which texts repeat older ones.

Belongs here: decoding, extraction, days as pages write them, near-duplicates.
Does not belong here: fetching (``crawl``), whom a text is about (``match``), how it speaks (``judge``).
"""

from orchestration.web.extract.copies import CopiesSummary, near_duplicates
from orchestration.web.extract.month import ExtractSummary, extract_month

__all__ = ["CopiesSummary", "ExtractSummary", "extract_month", "near_duplicates"]
