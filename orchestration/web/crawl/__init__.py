"""Reading a source: a walk over its lists, each page into the archive, what is new into the partition.

Belongs here: asking sites, within the bounds that the source's file sets.
Does not belong here: what a text says (``extract``), whom it names (``match``).
"""

from orchestration.web.crawl.run import crawl
from orchestration.web.crawl.summary import CrawlError, CrawlSummary

__all__ = ["CrawlError", "CrawlSummary", "crawl"]
