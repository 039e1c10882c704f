"""What is different from the month before, indicator by indicator.

Belongs here: the comparison. Does not belong here: reading (``read``); the same for everybody is the view
``risk_factor_change``.
"""

from __future__ import annotations

from collections.abc import Iterable

from orchestration.catalogue.model import Catalogue
from orchestration.explanation.model import Changes, Factor, FactorChange, Record, Text
from orchestration.explanation.points import Value, band_of
from orchestration.explanation.read import Rows


def changes_since(month: str, catalogue: Catalogue, earlier: Rows, factors: Iterable[Factor]) -> Changes:
    """Indicators whose band, points or records differ; a value that moves inside its band changes nothing.

    Args:
        month: the month before.
        catalogue: version by which that month was decided; an indicator it lacks was not in force then.
        earlier: rows of that month.
        factors: factors of the month explained.
    """
    now = {factor.code: factor for factor in factors}
    found = []
    for code in sorted(now.keys() | set(catalogue.codes)):
        change = _change(code, catalogue, earlier, now.get(code))
        if change:
            found.append(change)
    return Changes(
        month=month,
        class_before=earlier.classed["class"],
        score_before=earlier.classed["score"],
        version_before=earlier.classed["catalogue_version"],
        factors=tuple(found),
    )


def _change(code: str, catalogue: Catalogue, earlier: Rows, now: Factor | None) -> FactorChange | None:
    indicator = catalogue.by_code.get(code)
    value_before: Value = earlier.scored.get(f"v_{code.lower()}") if indicator else None
    band = band_of(catalogue, indicator, value_before) if indicator else None
    points_before = earlier.scored.get(f"p_{code.lower()}") if indicator else None
    before, after = earlier.records.get(code, []) if indicator else [], list(now.records) if now else []
    came, left = _only_in(after, before), _only_in(before, after)
    label_before = Text(band.label_zh, band.label_en) if band else None
    same = now is not None and (label_before, points_before) == (now.label, now.points)
    if same and not came and not left:
        return None
    name = now.name if now else Text(indicator.name_zh, indicator.name_en) if indicator else Text(code, code)
    return FactorChange(
        code=code,
        name=name,
        value_before=value_before,
        value=now.value if now else None,
        label_before=label_before,
        label=now.label if now else None,
        points_before=points_before,
        points=now.points if now else None,
        came=came,
        left=left,
    )


def _only_in(these: Iterable[Record], those: Iterable[Record]) -> tuple[Record, ...]:
    known = {record.identity for record in those}
    return tuple(record for record in these if record.identity not in known)
