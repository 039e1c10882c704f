"""Reading a list page: HTML, RSS or Atom, JSON.

Belongs here: the items of a list, what it says of them, where the next page is, whether its shape is as expected.
Does not belong here: which items are fetched or kept (``spider``).
"""

from __future__ import annotations

import email.utils
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any
from urllib.parse import parse_qsl, urldefrag, urlencode, urljoin, urlsplit, urlunsplit

from lxml import etree
from parsel import Selector

from orchestration.web.sources.model import DATES, FieldRule, Listing, Source
from orchestration.web.sources.selectors import find, query_of, text_at, value_at

_DAY = re.compile(r"([12][0-9]{3})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})")
_MISSING_SHARE = 0.5
"""Share of a page's items that may lack a field before it is the page that is wrong and not the items."""


class ShapeError(ValueError):
    """A page is not as the source's file says; one sentence with selector and address."""


@dataclass(frozen=True)
class Entry:
    """One item of a list.

    Attributes:
        address: of the item's own page, or made of its fields; None if there is none.
        fields: what the list says of it.
        withdrawn: the list says that it was withdrawn.
        missing: fields that should be there and are not.
        odd: sentences on values that could not be used.
    """

    address: str | None
    fields: dict[str, str]
    withdrawn: bool = False
    missing: tuple[str, ...] = ()
    odd: tuple[str, ...] = ()


@dataclass(frozen=True)
class ListPage:
    """What stands on a list page.

    Attributes:
        next: address of the next page, None on the last.
        newest: newest day of publication on the page, None where no item has one.
    """

    entries: list[Entry] = field(default_factory=list)
    next: str | None = None
    newest: str | None = None


def read_list(source: Source, url: str, text: str, body: bytes, zone: tzinfo, *, first: bool) -> ListPage:
    """Read a list page.

    Args:
        source: whose page it is.
        url: address of the page.
        text: body as text; for XML the body itself is read, which names its own charset.
        body: body as it came, unpacked.
        zone: time zone in which a day is a day.
        first: it is the first page of a start address, which must hold as many items as ``expect`` says.

    Raises:
        ShapeError: the page is not as the source's file says.
    """
    match source.start.kind:
        case "pages":
            found, following = _html(source, url, text)
        case "feed":
            found, following = _feed(source, url, body)
        case _:
            found, following = _json(source, url, text)
    if first and len(found) < source.expect.items:
        what = "the feed's entries" if source.start.kind == "feed" else f"list.items {source.list.items!r}"
        raise ShapeError(
            f"{url}: {what} finds {len(found)} items, {source.expect.items} at least are expected; the page has "
            f"changed shape or is empty. Look at it and mend {source.name}.yml."
        )
    entries = [_entry(source, url, one, zone) for one in found]
    _check_share(source, url, entries)
    days = [day for entry in entries if _DAY.fullmatch(day := entry.fields.get("published_on", ""))]
    return ListPage(entries, following, max(days, default=None))


def day_of(text: str, zone: tzinfo) -> str | None:
    """A day as YYYY-MM-DD from ISO 8601, RFC 822, Unix time or Chinese writing; None if it cannot be read."""
    text = text.strip()
    try:
        moment = datetime.fromisoformat(text)
        return (moment.astimezone(zone) if moment.tzinfo else moment).date().isoformat()
    except ValueError:
        pass
    if found := _DAY.search(text):
        try:
            return date(*map(int, found.groups())).isoformat()
        except ValueError:
            return None
    try:
        if re.fullmatch(r"[0-9]{10}([0-9]{3})?", text):
            return datetime.fromtimestamp(int(text[:10]), zone).date().isoformat()
        return email.utils.parsedate_to_datetime(text).astimezone(zone).date().isoformat()
    except (ValueError, OverflowError):
        return None


def settle(
    rules: Mapping[str, FieldRule], raw: Mapping[str, str | None], zone: tzinfo
) -> tuple[dict[str, str], list[str]]:
    """Values as they are kept, and a sentence for each that could not be used as it should."""
    kept: dict[str, str] = {}
    odd: list[str] = []
    for name, given in raw.items():
        value = given
        rule = rules.get(name)
        if value and rule and rule.pattern:
            matched = re.search(rule.pattern, value)
            value = matched.group(1) if matched else None
        if value and rule and rule.values:
            if value not in rule.values:
                odd.append(f"{name} says {value[:40]!r}, for which fields.{name}.values has nothing; add it")
            value = rule.values.get(value)
        if value and name in DATES:
            day = day_of(value, zone)
            if day is None:
                odd.append(f"{name} says {value[:40]!r}, which is no day; mend fields.{name}")
            value = day or value
        if value:
            kept[name] = value
    return kept, odd


def with_parameter(url: str, name: str, value: str) -> str:
    """An address with one query parameter set."""
    parts = urlsplit(url)
    query = [(key, old) for key, old in parse_qsl(parts.query, keep_blank_values=True) if key != name]
    return urlunsplit(parts._replace(query=urlencode([*query, (name, value)])))


_Found = tuple[str | None, dict[str, str | None], bool]


def _html(source: Source, url: str, text: str) -> tuple[list[_Found], str | None]:
    listing = source.list
    root = Selector(text=text or "<html/>", type="html")
    found: list[_Found] = []
    for part in find(root, listing.items or ""):
        link = text_at(part, listing.link) if listing.link else None
        raw = {name: text_at(part, rule.at) for name, rule in listing.fields.items()}
        found.append((link, raw, bool(listing.withdrawn and find(part, listing.withdrawn))))
    return found, _following(listing, url, text_at(root, listing.next) if listing.next else None, bool(found))


def _json(source: Source, url: str, text: str) -> tuple[list[_Found], str | None]:
    listing = source.list
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ShapeError(f"{url}: is no JSON ({error}); look at it and mend {source.name}.yml.") from error
    entries = query_of(listing.items or "").search(given)
    if not isinstance(entries, list):
        raise ShapeError(
            f"{url}: list.items {listing.items!r} finds no list; the interface has changed shape. Look at it and mend "
            f"{source.name}.yml."
        )
    found: list[_Found] = []
    for entry in entries:
        link = value_at(entry, listing.link) if listing.link else None
        raw = {name: value_at(entry, rule.at) for name, rule in listing.fields.items()}
        found.append((link, raw, bool(listing.withdrawn and query_of(listing.withdrawn).search(entry))))
    return found, _following(listing, url, value_at(given, listing.next) if listing.next else None, bool(found))


def _feed(source: Source, url: str, body: bytes) -> tuple[list[_Found], str | None]:
    # Entities are not resolved and nothing is loaded, so that a feed cannot read files or grow while being read.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        tree = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise ShapeError(f"{url}: is no XML ({error}); look at it and mend {source.name}.yml.") from error
    for element in tree.iter(etree.Element):
        element.tag = etree.QName(element).localname
    root = Selector(root=tree, type="xml")
    found: list[_Found] = []
    for part in find(root, "(//item | //entry)"):
        link = text_at(part, "./link[not(@rel) or @rel='alternate']/@href") or text_at(part, "./link/text()")
        raw: dict[str, str | None] = {
            "title": text_at(part, "./title"),
            "text": _first(part, ("./encoded", "./content", "./description", "./summary")),
            "published_on": _first(part, ("./published", "./pubDate", "./date", "./updated")),
            "published_by": _first(part, ("./author/name", "./creator", "./author", "./source")),
            "id": _first(part, ("./id", "./guid")),
            "url": urljoin(url, link) if link else None,
        }
        raw |= {name: text_at(part, rule.at) for name, rule in source.list.fields.items()}
        if source.own_pages:
            raw.pop("text")
        found.append((link, raw, False))
    following = source.list.next or "(/feed | /rss/channel | /RDF/channel)/link[@rel='next']/@href"
    return found, _following(source.list, url, text_at(root, following), bool(found))


def _first(part: Selector, selectors: Iterable[str]) -> str | None:
    return next((value for selector in selectors if (value := text_at(part, selector))), None)


def _following(listing: Listing, url: str, given: str | None, filled: bool) -> str | None:
    """Address of the next page; a page without items is the last, whatever it points to."""
    if not filled:
        return None
    if listing.page:
        number = dict(parse_qsl(urlsplit(url).query)).get(listing.page, "1")
        return with_parameter(url, listing.page, str(int(number) + 1)) if number.isdigit() else None
    return urldefrag(urljoin(url, given))[0] if given else None


def _entry(source: Source, url: str, found: _Found, zone: tzinfo) -> Entry:
    link, raw, withdrawn = found
    fields, odd = settle(source.list.fields, raw, zone)
    missing = [name for name in source.expect.fields if name not in fields]
    address: str | None = None
    if source.own_pages or not source.list.address:
        address = urldefrag(urljoin(url, link))[0] if link else None
        if address is None:
            missing.append("link")
    else:
        try:
            address = urljoin(url, source.list.address.format_map(fields))
        except KeyError as error:
            missing.append(str(error.args[0]))
    return Entry(address, fields, withdrawn, tuple(dict.fromkeys(missing)), tuple(odd))


def _check_share(source: Source, url: str, entries: list[Entry]) -> None:
    lacking: dict[str, int] = {}
    for entry in entries:
        for name in entry.missing:
            lacking[name] = lacking.get(name, 0) + 1
    for name, count in lacking.items():
        if count > _MISSING_SHARE * len(entries):
            rule: Any = source.list.link if name == "link" else getattr(source.list.fields.get(name), "at", None)
            place = "list.link" if name == "link" else f"list.fields.{name}"
            raise ShapeError(
                f"{url}: {place} {rule!r} finds nothing in {count} of {len(entries)} items; the page has changed "
                f"shape. Look at it and mend {source.name}.yml."
            )
