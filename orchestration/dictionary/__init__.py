"""The data dictionary: Markdown pages under ``docs/dictionary``, generated from the one registry.

Belongs here: text of the pages on feeds (``feeds``), columns (``columns``), code lists (``codes``), indicators
(``indicators``) and data models (``models``, counted by ``kinds``); writing them
and saying which are stale (``compose``).
Does not belong here: any fact. What a page says stands in ``data/contracts``, ``data/reference``, ``data/catalogue`` or
in the YAML beside a dbt model; to change a page, change it there.

The pages show the canonical registry; what another jurisdiction overlays is in its own folder.
"""

from orchestration.dictionary.compose import DICTIONARY, pages, stale, write

__all__ = ["DICTIONARY", "pages", "stale", "write"]
