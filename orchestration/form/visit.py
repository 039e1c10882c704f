"""The results of one visit as the page holds them: one visit, many items.

Belongs here: rows from what was written, faults back to the fields, what a draw or an earlier result fills in.
Does not belong here: HTTP (``app``), HTML (``templates``), judging (``judge``, ``rules``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from orchestration.feeds.persons import seal_hashes
from orchestration.form import draws, rules
from orchestration.form.judge import PLACE, Fault, Judged, joined, judge, told
from orchestration.form.layout import Arrival, Layout
from orchestration.form.recorded import with_keys
from orchestration.settings import Settings


@dataclass(frozen=True)
class Written:
    """What stands on the page.

    Attributes:
        visit: column -> text, of the fields asked once.
        items: the same for each item; blank items stand on the page and are no rows.
        correction: reason, on the page of a correction.
        confirmed: doubts that the person has looked at.
    """

    visit: dict[str, str]
    items: list[dict[str, str]]
    correction: str | None = None
    confirmed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Shown:
    """What the page says about what was written.

    Attributes:
        faults: field id -> fault.
        doubts: field id, mark to confirm it by, doubt; those not confirmed yet.
    """

    faults: dict[str, Fault] = field(default_factory=dict)
    doubts: list[tuple[str, str, Fault]] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether the results can be kept."""
        return not self.faults and not self.doubts

    def unchanged(self, rows: int) -> bool:
        """Whether all that is wrong is that each of so many rows is recorded already, exactly so."""
        return len(self.faults) == rows and all(one.reason == "unchanged" for one in self.faults.values())


def field_id(column: str, item: int | None = None) -> str:
    """Name and id of a field: of the visit, or of an item by its place on the page."""
    return f"visit.{column}" if item is None else f"item.{item}.{column}"


def filled(written: Written) -> list[int]:
    """Places of the items that are not blank; the first one where all are, so that what is missing is said."""
    return [at for at, item in enumerate(written.items) if any(item.values())] or [0]


def rows_of(layout: Layout, written: Written, carried: Mapping[str, str]) -> list[dict[str, str]]:
    """One row of the contract for each item that is not blank.

    Args:
        layout: contract and plan.
        written: the page.
        carried: columns that the page leaves empty and somebody else knows: persons of a draw or of an earlier result.
    """
    once = {name: text for name, text in written.visit.items() if text}
    reason = {layout.plan.correction: written.correction} if written.correction else {}
    rows = []
    for at in filled(written):
        own = {name: text for name, text in written.items[at].items() if text} if written.items else {}
        rows.append({**carried, **once, **own, **reason})
    return rows


def check(
    settings: Settings, layout: Layout, arrival: Arrival, written: Written, carried: Mapping[str, str]
) -> tuple[Judged, Shown]:
    """Judge what was written by all rules of the page.

    Args:
        settings: reference data, identity key, records.
        layout: contract and plan.
        arrival: when; no day may be later.
        written: the page.
        carried: as for ``rows_of``.
    """
    judged = judge(settings, layout, arrival.month, rows_of(layout, written, carried))
    numbers = judged.rows[layout.plan.visit_number].drop_nulls().unique().to_list()
    drawn = draws.enterprises(settings, numbers)
    faults = joined(
        judged.faults,
        # who corrects a department's row may not know what the page demands of those who were there
        rules.demanded(layout, judged) if written.correction is None else rules.none(),
        rules.row_faults(settings, layout, judged, arrival.today),
        rules.of_drawn(layout, judged, drawn),
        rules.repeated(layout, judged),
        rules.against_recorded(layout, judged, with_keys(settings, layout, judged.rows)),
    )
    # a doubt about what must be mended anyway would be noise
    doubts = rules.doubts(settings, layout, judged, drawn).join(faults, on=[PLACE, "column"], how="anti")
    places = filled(written)
    found: dict[str, Fault] = {}
    for one in told(settings, layout.contract, faults):
        found.setdefault(_at(layout, written, places, one), one)
    order = {name: place for place, name in enumerate(_fields(layout, written))}
    shown = Shown(dict(sorted(found.items(), key=lambda item: order.get(item[0], len(order)))))
    seen: set[str] = set()
    for one in told(settings, layout.contract, doubts):
        mark = f"{one.reason} {one.column} {one.detail}"
        if mark not in seen and mark not in written.confirmed:
            shown.doubts.append((_at(layout, written, places, one), mark, one))
        seen.add(mark)
    return judged, shown


def _fields(layout: Layout, written: Written) -> list[str]:
    """Ids of all fields in the order of the page."""
    once = [field_id(entry.name) for entry in layout.visit]
    items = [field_id(entry.name, at) for at in range(len(written.items)) for entry in layout.item]
    return [*once, *items, field_id(layout.plan.correction)]


def _at(layout: Layout, written: Written, places: Sequence[int], fault: Fault) -> str:
    """The field at which a fault is shown: the visit's where it was asked once, else the item's."""
    item = places[fault.place]
    column = fault.column or layout.contract.key[-1]
    once = column in {entry.name for entry in layout.visit}
    own = bool(written.items and written.items[item].get(column))
    if column == layout.plan.correction:
        return field_id(column) if written.correction is not None else field_id(layout.contract.key[-1], item)
    return field_id(column) if once and not (own and column in layout.plan.also_item) else field_id(column, item)


def from_draw(settings: Settings, layout: Layout, number: str) -> tuple[Written, dict[str, str]] | None:
    """The page of a visit of a published draw, and the inspectors who were assigned; None if there is no such visit.

    The inspectors come as sealed hashes by column, the first two columns of persons: they stand where the page leaves
    these empty.
    """
    drawn = draws.find(settings, number) if number else None
    if drawn is None:
        return None
    item, authority = layout.contract.key[-1], next(iter(layout.plan.also_item), "")
    known = {
        layout.plan.visit_number: drawn.visit,
        layout.contract.record_key[0]: drawn.visit,
        "enterprise_id": drawn.enterprise,
        "check_kind": drawn.kind,
        "plan_id": "、".join(drawn.plans),
        authority: drawn.department,
    }
    asked = {entry.name for entry in layout.visit}
    items = [
        {item: text} | ({authority: department} if department and department != drawn.department else {})
        for text, department in drawn.items
    ]
    roles = dict(zip(layout.persons, (draws.LEAD, draws.SECOND), strict=False))
    persons = {column: drawn.inspectors[role] for column, role in roles.items() if drawn.inspectors.get(role)}
    page = Written({name: text for name, text in known.items() if text and name in asked}, items or [{}])
    return page, seal(settings, persons)


def seal(settings: Settings, hashes: Mapping[str, str]) -> dict[str, str]:
    """Hashes of persons in the form in which a delivery of the platform's own may carry them."""
    return dict(zip(hashes, filter(None, seal_hashes(settings, list(hashes.values()))), strict=True)) if hashes else {}


def from_result(layout: Layout, result: Mapping[str, str | None]) -> tuple[Written, dict[str, str]]:
    """The page that corrects a recorded result, and the persons that it keeps where none are written."""
    texts = {name: text for name, text in result.items() if text is not None and name in layout.columns}
    carried = {name: texts[name] for name in layout.persons if name in texts}
    shown = {name: text for name, text in texts.items() if name not in layout.persons}
    once = {entry.name for entry in layout.visit}
    visit = {name: text for name, text in shown.items() if name in once}
    item = {entry.name: shown[entry.name] for entry in layout.item if entry.name in shown and entry.name not in once}
    return Written(visit, [item], correction=""), carried
