"""All pages of the dictionary: what they should say, which are stale, writing them."""

from __future__ import annotations

from pathlib import Path

from orchestration.dictionary.codes import codes_page
from orchestration.dictionary.columns import columns_page
from orchestration.dictionary.feeds import feeds_page
from orchestration.dictionary.fields import fields_page
from orchestration.dictionary.indicators import indicators_pages
from orchestration.dictionary.kinds import kinds_table
from orchestration.dictionary.models import models_page, read_models
from orchestration.settings import PROJECT, Settings

DICTIONARY = PROJECT / "docs" / "dictionary"


def pages(settings: Settings) -> dict[Path, str]:
    """Every page and what it should say; the same in every jurisdiction and on every machine.

    Raises:
        ContractError, CatalogueError, DictionaryError: the registry cannot be read; the sentence says where.
    """
    canonical = Settings(home=settings.home)
    models = read_models()
    texts = {
        "feeds": feeds_page(canonical),
        "codes": codes_page(canonical),
        **indicators_pages(canonical),
        "columns": columns_page(canonical),
        "fields": fields_page(canonical),
        "models": models_page(models, kinds_table(canonical, models)),
    }
    return {DICTIONARY / f"{stem}.md": content.rstrip("\n") + "\n" for stem, content in texts.items()}


def stale(settings: Settings) -> list[Path]:
    """Pages that are missing or differ from the registry."""
    return _stale(pages(settings))


def write(settings: Settings) -> list[Path]:
    """Write the stale pages; returns them."""
    texts = pages(settings)
    paths = _stale(texts)
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts[path], encoding="utf-8")
    return paths


def _stale(texts: dict[Path, str]) -> list[Path]:
    return [path for path, content in texts.items() if not path.is_file() or path.read_text("utf-8") != content]
