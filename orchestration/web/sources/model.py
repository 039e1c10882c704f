"""The shape of a source and what can be said about it without asking anybody.

Belongs here: the fields of ``web/sources/<name>.yml``, their bounds and their agreement with each other.
Does not belong here: files and code lists (``load``), the language of selectors (``selectors``).
"""

from __future__ import annotations

import codecs
import re
import string
from collections.abc import Callable
from datetime import date, timedelta
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from orchestration.policy import in_force
from orchestration.settings import IDENTIFIER, MONTH
from orchestration.web.sources.addresses import host_check, url_check
from orchestration.web.sources.selectors import query_of, xpath_of

FIELDS = (
    "title", "text", "published_on", "published_by", "resolved_on", "company", "code", "district", "confirmed",
    "case_no", "id", "url",
)  # fmt: skip
"""Names under which a source may give a value; the steps after the crawl know these and no others."""
DATES = ("published_on", "resolved_on")
"""Fields that are days; a day that can be read is kept as YYYY-MM-DD."""
STANDARD_OF_FEED = ("title", "text", "published_on", "published_by", "id", "url")
"""Fields that RSS and Atom define themselves."""
EVERY = {"daily": timedelta(days=1), "weekly": timedelta(days=7), "monthly": timedelta(days=28)}


class Part(BaseModel):
    """A part of a source: nothing unknown in it, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class FieldRule(Part):
    """Where one value stands.

    Attributes:
        at: selector; for JSON a JMESPath.
        pattern: regular expression with one group, which is the value; a text that does not match gives no value.
        values: text as found -> text as kept; another text gives no value and is reported.
    """

    at: str = Field(..., min_length=1, max_length=500)
    pattern: str | None = Field(default=None, max_length=200)
    values: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _short(cls, given: object) -> object:
        return {"at": given} if isinstance(given, str) else given

    @field_validator("pattern")
    @classmethod
    def _pattern(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                groups = re.compile(value).groups
            except re.error as error:
                raise ValueError(f"{value!r} is no regular expression ({error}); correct it") from error
            if groups != 1:
                raise ValueError(f"{value!r} has {groups} groups; put exactly one round the value")
        return value


class Since(Part):
    """Parameter by which a JSON interface tells only what changed after an instant."""

    parameter: str = Field(..., pattern=r"^[A-Za-z0-9_.\-\[\]]+$")
    format: Literal["iso", "date", "epoch"] = "iso"


class Start(Part):
    """Where a crawl begins: HTML lists, RSS or Atom, or a JSON interface."""

    kind: Literal["pages", "feed", "json"]
    urls: tuple[str, ...] = Field(..., min_length=1)


class Listing(Part):
    """How a list page is read.

    Attributes:
        items: selector of the items; a feed has its own.
        link: address of the item's own page, which is then fetched; a feed has its own.
        address: address of an item without a page of its own, made from its fields: ``http://host/list#{id}``.
        next: selector of the address of the next list page.
        page: query parameter that counts list pages from 1, where there is no ``next``.
        since: parameter by which only changes are asked for.
        withdrawn: selector that finds something, or is true, where an item was withdrawn.
        fields: values that stand in the list.
    """

    items: str | None = None
    link: str | None = None
    address: str | None = None
    next: str | None = None
    page: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_.\-\[\]]+$")
    since: Since | None = None
    withdrawn: str | None = None
    fields: dict[str, FieldRule] = Field(default_factory=dict)


class ItemPage(Part):
    """How the page of an item is read; the text itself is found by the next step.

    Attributes:
        withdrawn: selector of a mark that the text was withdrawn.
        content: selector of the one part by which a change is noticed, where the page around it changes by itself.
        fields: values that stand on the page.
        expect: fields without which a page is left out.
    """

    content: str | None = None
    withdrawn: str | None = None
    fields: dict[str, FieldRule] = Field(default_factory=dict)
    expect: tuple[str, ...] = ()


class Expect(Part):
    """What a list must hold; if it does not, the pages have changed shape and the crawl fails.

    Attributes:
        items: fewest items on the first page of each start address.
        fields: fields that every item has.
    """

    items: int = Field(default=1, ge=0)
    fields: tuple[str, ...] = ()


class Pace(Part):
    """How fast a host is asked.

    Attributes:
        delay: seconds between two requests; ``Crawl-delay`` of robots.txt lengthens it.
        parallel: requests under way at once per host.
        retries: further attempts after an answer of 5xx or 429 or none.
        backoff: seconds before the first further attempt; doubled each time, at most a minute.
    """

    delay: float = Field(default=1.0, ge=0, le=60)
    parallel: int = Field(default=1, ge=1, le=8)
    retries: int = Field(default=2, ge=0, le=5)
    backoff: float = Field(default=2.0, ge=0, le=60)


class Limits(Part):
    """Bounds of one crawl: of one month, of one source.

    Attributes:
        pages: list pages.
        items: items taken.
        page_bytes: bytes of one page, also after unpacking.
        bytes: bytes of all pages.
        seconds: seconds for one page, from asking to its last byte.
        minutes: minutes for the whole.
        redirects: redirects followed from one address.
    """

    pages: int = Field(default=200, ge=1, le=100_000)
    items: int = Field(default=20_000, ge=1, le=5_000_000)
    page_bytes: int = Field(default=8_000_000, ge=1_000, le=64_000_000)
    bytes: int = Field(default=2_000_000_000, ge=1_000)
    seconds: float = Field(default=30, gt=0, le=600)
    minutes: float = Field(default=60, gt=0, le=24 * 60)
    redirects: int = Field(default=5, ge=0, le=10)


class Source(Part):
    """One public site, or part of one, that may be read.

    Attributes:
        name: name of the file, of the partition and of the asset.
        owner: who answers for the source in this authority.
        legal_basis: why it may be read.
        topic: code of ``web_topics`` that its texts have until they are judged.
        contact: address told to the site with each request.
        effective_from: first month, YYYY-MM, for which it is crawled; ``effective_to`` the last.
        frequency: how often it is worth asking.
        memento: the site answers as of an earlier instant (RFC 7089), so that past months can be crawled.
        hosts: the only hosts ever asked, also by redirects.
        charset: overrides what pages say about themselves.
        days_back: how many days back the first crawl reads.
        refresh_days: items published within so many days are asked again for changes and withdrawal.
    """

    name: str
    title_zh: str = Field(..., min_length=1)
    title_en: str = Field(..., min_length=1)
    owner: str = Field(..., min_length=1)
    legal_basis: str = Field(..., min_length=1)
    topic: str
    contact: str | None = None
    effective_from: str
    effective_to: str | None = None
    frequency: Literal["daily", "weekly", "monthly"] = "daily"
    memento: bool = False
    start: Start
    hosts: tuple[str, ...] = Field(..., min_length=1)
    charset: str | None = None
    days_back: int = Field(default=62, ge=1, le=3_660)
    refresh_days: int = Field(default=62, ge=0, le=366)
    list: Listing = Listing()
    item: ItemPage | None = None
    expect: Expect = Expect()
    pace: Pace = Pace()
    limits: Limits = Limits()

    @field_validator("name")
    @classmethod
    def _name(cls, value: str) -> str:
        if not IDENTIFIER.match(value):
            raise ValueError(f"{value!r} is no name; use lower-case letters, digits and _, a letter first")
        return value

    @field_validator("effective_from", "effective_to")
    @classmethod
    def _month(cls, value: str | None) -> str | None:
        if value is not None and not MONTH.match(value):
            raise ValueError(f"{value!r} is no month; write YYYY-MM in quotes")
        return value

    @field_validator("charset")
    @classmethod
    def _charset(cls, value: str | None) -> str | None:
        try:
            return None if value is None else codecs.lookup(value).name
        except LookupError as error:
            raise ValueError(f"{value!r} is no charset; write for example gb18030 or utf-8") from error

    @field_validator("hosts")
    @classmethod
    def _hosts(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        for host in hosts:
            host_check(host)
        return hosts

    @model_validator(mode="after")
    def _agree(self) -> Source:
        if self.effective_to is not None and self.effective_to < self.effective_from:
            raise ValueError(f"effective_to {self.effective_to} lies before effective_from {self.effective_from}")
        for url in self.start.urls:
            url_check(url, self.hosts)
        self._check_list()
        self._check_selectors()
        self._check_fields()
        return self

    @property
    def own_pages(self) -> bool:
        """Whether items have pages of their own, which are fetched."""
        return self.item is not None

    @property
    def ports(self) -> frozenset[int]:
        """Ports that may be asked: the usual two and those of the start addresses."""
        return frozenset({80, 443, *(port for url in self.start.urls if (port := urlsplit(url).port))})

    def due(self, last: date | None, today: date) -> bool:
        """Whether it is worth asking again, having asked on ``last``."""
        return last is None or today - last >= EVERY[self.frequency]

    def in_force(self, month: str) -> bool:
        """Whether the source is crawled for a month."""
        return in_force(self, month)

    def _check_list(self) -> None:
        listing, kind = self.list, self.start.kind
        if kind == "feed":
            given = [name for name in ("items", "link", "page", "since", "withdrawn") if getattr(listing, name)]
            if given:
                raise ValueError(f"list.{given[0]}: a feed says this itself; remove it")
        elif not listing.items:
            raise ValueError("list.items: is missing; give the selector of the items on a list page")
        if kind != "feed" and self.own_pages and not listing.link:
            raise ValueError("list.link: is missing, but there is a part 'item'; give the selector of the item's page")
        if kind != "feed" and listing.link and not self.own_pages:
            raise ValueError("item: is missing, but list.link names pages of items; add 'item: {}' at least")
        if self.own_pages and listing.address:
            raise ValueError("list.address: items have pages of their own; remove it")
        if kind != "feed" and not self.own_pages and not listing.address:
            raise ValueError("list.address: is missing; give the address of an item, such as 'http://host/list#{id}'")
        if listing.next and listing.page:
            raise ValueError("list.page: there is list.next already; keep one of them")
        if listing.since and kind != "json":
            raise ValueError("list.since: only a JSON interface has such a parameter; remove it")

    def _check_selectors(self) -> None:
        check = query_of if self.start.kind == "json" else xpath_of
        for name in ("items", "link", "next", "withdrawn"):
            _checked(f"list.{name}", getattr(self.list, name), check)
        for name, rule in self.list.fields.items():
            _checked(f"list.fields.{name}", rule.at, check)
        if self.item is not None:
            _checked("item.content", self.item.content, xpath_of)
            _checked("item.withdrawn", self.item.withdrawn, xpath_of)
            for name, rule in self.item.fields.items():
                _checked(f"item.fields.{name}", rule.at, xpath_of)

    def _check_fields(self) -> None:
        standard = STANDARD_OF_FEED if self.start.kind == "feed" else ()
        known = {*self.list.fields, *standard}
        on_page = set(self.item.fields) if self.item else set()
        for name in (*self.list.fields, *on_page):
            if name not in FIELDS:
                raise ValueError(f"fields.{name}: is no field; use {', '.join(FIELDS)}")
        for place, needed, there in (
            ("expect.fields", self.expect.fields, known),
            ("item.expect", self.item.expect if self.item else (), known | on_page),
        ):
            for name in needed:
                if name not in there:
                    raise ValueError(f"{place}: {name!r} is not among the fields; add a selector for it or remove it")
        if self.list.address:
            self._check_address(self.list.address, known)

    def _check_address(self, address: str, known: set[str]) -> None:
        try:
            names = {name for _, name, _, _ in string.Formatter().parse(address) if name is not None}
        except ValueError as error:
            raise ValueError(f"list.address: {address!r} cannot be read ({error}); write {{id}} for a field") from error
        if not names:
            raise ValueError(
                f"list.address: {address!r} is the same for all items; put a field into it, such as {{id}}"
            )
        if missing := sorted(names - known):
            raise ValueError(f"list.address: {missing[0]!r} is not among list.fields; add a selector for it")
        if not address.startswith("{"):
            url_check(address.replace("{", "").replace("}", ""), self.hosts, "list.address")


def _checked(place: str, selector: str | None, check: Callable[[str], object]) -> None:
    if selector is None:
        return
    try:
        check(selector)
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from error
