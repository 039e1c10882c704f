"""Reading the page of an item: its charset, what its markup says, whether it was withdrawn.

Belongs here: what the source's file says about pages of items.
Does not belong here: the text of the page (``extract``), what is kept of it (``spider``).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import tzinfo

from parsel import Selector

from orchestration.web.crawl.lists import settle
from orchestration.web.sources.model import ItemPage
from orchestration.web.sources.selectors import find, folded, text_at


@dataclass(frozen=True)
class Reading:
    """What a page says.

    Attributes:
        fields: values that stand on the page.
        content: hash by which a change is noticed.
        withdrawn: the page says that its text was withdrawn.
        missing: fields that should be there and are not.
        odd: sentences on values that could not be used.
    """

    fields: dict[str, str]
    content: str
    withdrawn: bool
    missing: tuple[str, ...]
    odd: tuple[str, ...]


def read_page_of(item: ItemPage, text: str, listed: dict[str, str], zone: tzinfo) -> Reading:
    """Read the page of an item; ``listed`` is what the list said of it and stays where the page is silent."""
    root = Selector(text=text, type="html")
    raw = {name: text_at(root, rule.at) for name, rule in item.fields.items()}
    own, odd = settle(item.fields, raw, zone)
    fields = {**listed, **own}
    # The first place only: places within each other would be read again and again.
    parts = find(root, item.content)[:1] if item.content else []
    content = folded("".join(parts[0].root.itertext())) if parts else text
    withdrawn = bool(item.withdrawn and find(root, item.withdrawn))
    missing = tuple(name for name in item.expect if name not in (own if name in item.fields else fields))
    return Reading(fields, digest(content + ("\nwithdrawn" if withdrawn else "")), withdrawn, missing, tuple(odd))


def digest(given: str | bytes) -> str:
    """Sha256 in hex."""
    return hashlib.sha256(given.encode() if isinstance(given, str) else given).hexdigest()


def item_id(source: str, url: str, payload: str) -> str:
    """Number of a version of an item: source, address, hash of what it says."""
    return digest("\n".join((source, url, payload)))[:32]
