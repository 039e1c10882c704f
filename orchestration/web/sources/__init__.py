"""Which public sites are read, as data: one YAML file per source under ``web/sources`` of the jurisdiction.

Belongs here: the shape of a source, the language of its selectors, loading and refusing.
Does not belong here: asking a site for anything (``crawl``).
"""

from orchestration.web.sources.load import SourceError, load_sources, source_named, sources_in
from orchestration.web.sources.model import Source

__all__ = ["Source", "SourceError", "load_sources", "source_named", "sources_in"]
