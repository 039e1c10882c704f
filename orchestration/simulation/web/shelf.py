"""The items of the small web as of an instant: which exist, which are listed, in what state.

Belongs here: time.  Does not belong here: what pages look like (``sites``), HTTP (``serve``).
"""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import polars as pl

from orchestration.settings import Settings
from orchestration.simulation.chance import SimulationError
from orchestration.simulation.web.store import HOSTS, folder

REMEMBERED = 64
"""Lists kept, one per site and instant; the least recently used goes first."""


@dataclass(frozen=True)
class Item:
    """An item as it stands at an instant; the columns of ``store.STORED`` in ``row``.

    Attributes:
        row: what is stored of it.
        changed: whether its change has happened.
        place: place among all items of its site, by publication.
    """

    row: dict[str, Any]
    changed: bool
    place: int

    @property
    def change(self) -> str | None:
        """The change that has happened; None while none has."""
        return self.row["change"] if self.changed else None

    @property
    def updated(self) -> datetime:
        """Moment of publication or of the change."""
        moment: datetime = self.row["changed"] if self.changed else self.row["published"]
        return moment


class Shelf:
    """All items of one site, in the order of publication."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self._rows = rows
        self._places = {row["path"]: place for place, row in enumerate(rows)}
        self._lists: OrderedDict[datetime, list[Item]] = OrderedDict()

    @cached_property
    def titles(self) -> list[str]:
        """Titles of all items, in the order of publication."""
        return [row["title"] for row in self._rows]

    def find(self, path: str, at: datetime) -> Item | None:
        """The item at a path as of an instant; None before it is published, and where there never is one."""
        place = self._places.get(path)
        if place is None or self._rows[place]["published"] > at:
            return None
        return self._item(place, at)

    def listed(self, at: datetime) -> list[Item]:
        """Items that lists show as of an instant, newest first: published, and not gone."""
        if at not in self._lists:
            shown = [self._item(place, at) for place, row in enumerate(self._rows) if row["published"] <= at]
            self._lists[at] = [item for item in reversed(shown) if item.change != "gone"]
        self._lists.move_to_end(at)
        while len(self._lists) > REMEMBERED:
            self._lists.popitem(last=False)
        return self._lists[at]

    def before(self, item: Item, count: int) -> list[str]:
        """Titles of the items just before one; always the same, so that a page does not change with its neighbours."""
        return self.titles[max(item.place - count, 0) : item.place]

    def _item(self, place: int, at: datetime) -> Item:
        row = self._rows[place]
        return Item(row, row["changed"] is not None and row["changed"] <= at, place)


def load(settings: Settings) -> tuple[dict[str, Shelf], datetime]:
    """The shelf of each host, and the end of the simulated time.

    Raises:
        SimulationError: no small web has been written.
    """
    path = folder(settings) / "items.parquet"
    if not path.is_file():
        raise SimulationError(
            f"there is no small web at {path}; write one with: python -m orchestration.simulation --web pages."
        )
    items = pl.read_parquet(path).partition_by("host", as_dict=True, maintain_order=True)
    about = json.loads((folder(settings) / "about.json").read_text(encoding="utf-8"))
    shelves = {host: Shelf(items[host,].to_dicts() if (host,) in items else []) for host in HOSTS.values()}
    return shelves, datetime.fromisoformat(about["end"])
