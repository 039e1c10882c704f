"""The desk behind the pages: what they work with, what is kept and when it is delivered.

Belongs here: the moment and the month of arrival, uploads that wait for a yes, reading a page that was sent.
Does not belong here: routes and answers (``app``), HTML (``templates``).
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from orchestration.feeds.ledger import first_open
from orchestration.form import guard, visit
from orchestration.form.deliver import deliver
from orchestration.form.journal import Journal
from orchestration.form.layout import Arrival, Layout
from orchestration.form.pages import Pages
from orchestration.form.upload import Preview
from orchestration.form.visit import Written
from orchestration.settings import Settings

HELD = 16
"""Uploads that are remembered until they are confirmed; the oldest goes first."""


@dataclass
class Desk:
    """What the pages work with.

    Attributes:
        settings: whose platform.
        layout: contract and plan.
        pages: the templates.
        now: the moment; tests give their own.
        held: uploads that were shown and not confirmed yet, by a number of ours; in memory only.
        alone: whoever keeps something judges and keeps it within this, so that a key is not recorded twice at once.
        failing: since when nothing could be delivered; None while the last delivery went well.
    """

    settings: Settings
    layout: Layout
    pages: Pages
    now: Callable[[], datetime]
    held: dict[str, tuple[str, Preview]] = field(default_factory=dict)
    alone: asyncio.Lock = field(default_factory=asyncio.Lock)
    failing: datetime | None = None

    def hold(self, number: str, owner: str, found: Preview) -> None:
        """Remember an upload until it is confirmed by the browser that sent it."""
        while len(self.held) >= HELD:
            self.held.pop(next(iter(self.held)))
        self.held[number] = (owner, found)

    @property
    def today(self) -> date:
        """The day where the jurisdiction is."""
        return self._there(self.now()).date()

    @property
    def failing_since(self) -> str:
        """Since when nothing could be delivered, by the clock of the jurisdiction; empty while all goes well."""
        return f"{self._there(self.failing):%Y-%m-%d %H:%M}" if self.failing else ""

    def _there(self, moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo(str(self.settings.profile["timezone"])))

    @property
    def month(self) -> str:
        """The month in which what is written now arrives: this one, or the first after it that is open."""
        return first_open(self.settings, self.layout.contract.feed, f"{self.today:%Y-%m}")

    @property
    def arrival(self) -> Arrival:
        """When what is written now arrives."""
        return Arrival(self.month, self.today)

    def keep(self, source: str, rows: list[dict[str, str | None]], **more: Any) -> str:
        """Write rows into the journal, and deliver them if nobody else will; returns the receipt."""
        kept = Journal(self.settings).keep(self.month, source, rows, at=self.now(), **more)
        print(f"{kept.at}  {source} {kept.receipt}: {len(rows):,} rows kept, {kept.refused:,} refused", flush=True)
        if not self.layout.plan.deliver_every_seconds:
            deliver_now(self)
        return kept.receipt

    def kept_before(self, rows: list[dict[str, str | None]]) -> str | None:
        """The receipt under which just these rows were kept before; None if they came in another way."""
        given = tuple({name: text for name, text in row.items() if text is not None} for row in rows)
        submissions, _ = Journal(self.settings).read()
        return next((one.receipt for one in reversed(submissions) if one.rows == given), None)


def plain(desk: Desk, rows: pl.DataFrame) -> list[dict[str, str | None]]:
    """Judged rows as the journal takes them."""
    return list(rows.select(desk.layout.columns).to_dicts())


def written(desk: Desk, form: FormData, *, correction: bool = False) -> Written:
    """The page as it was sent; unknown fields are passed over."""

    def text(name: str) -> str:
        value = form.get(name, "")
        # one line of text, as a cell of a delivery is
        return " ".join(value.split()) if isinstance(value, str) else ""

    sent = {int(name.split(".")[1]) for name in form if name.startswith("item.") and name.split(".")[1].isdecimal()}
    items = [
        {entry.name: text(visit.field_id(entry.name, at)) for entry in desk.layout.item}
        for at in sorted(sent)[: desk.layout.plan.items_at_most]
    ]
    return Written(
        {entry.name: text(visit.field_id(entry.name)) for entry in desk.layout.visit},
        items or [{}],
        text(visit.field_id(desk.layout.plan.correction)) if correction else None,
        frozenset(value for value in form.getlist("confirm") if isinstance(value, str)),
    )


def padded(desk: Desk, page: Written, more: int = 0) -> Written:
    """The page with blank items behind: some at first, or as many more as were asked for."""
    plan = desk.layout.plan
    least = max(plan.items_at_first if not more else 0, len(page.items) + more)
    items = [*page.items, *({} for _ in range(min(least, plan.items_at_most) - len(page.items)))]
    return Written(page.visit, items, page.correction, page.confirmed)


async def deliver_always(desk: Desk) -> None:
    """Deliver what waits, now and then again."""
    await run_in_threadpool(deliver_now, desk, True)
    while True:
        await asyncio.sleep(desk.layout.plan.deliver_every_seconds or 3600)
        await run_in_threadpool(deliver_now, desk)


def deliver_now(desk: Desk, whole: bool = False) -> None:
    """Deliver what waits; whatever goes wrong is told, shown on the pages and tried again the next time."""
    try:
        for made in deliver(desk.settings, desk.layout, whole=whole or desk.failing is not None):
            print(f"{made.rows:,} rows of {made.submissions:,} submissions delivered: {made.path}", flush=True)
    except Exception as error:
        desk.failing = desk.failing or desk.now()
        # an error of the system names a file; any other one may repeat what a person wrote
        why = str(error) if isinstance(error, OSError) else guard.told(error)
        print(f"What was written could not be delivered yet ({why}); it is kept in the journal.", file=sys.stderr)
    else:
        desk.failing = None
