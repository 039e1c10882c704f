"""Why an enterprise was drawn, or was not: the rule of the draw told for one enterprise and month.

Belongs here: the numbers behind it and the sentences.
Does not belong here: the draw (``run``), why a class is what it is (``explanation``).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from orchestration.inspection.frame import DrawError
from orchestration.inspection.package import read_package
from orchestration.inspection.run import Inputs, make, read_inputs
from orchestration.inspection.store import read
from orchestration.inspection.verify import inputs_of
from orchestration.lake import connect
from orchestration.settings import Settings, month_check, region_codes


@dataclass(frozen=True)
class Why:
    """One enterprise in the draw of one month.

    Attributes:
        month, region_code, draw_id, seed: the draw.
        enterprise_id, class_name: the enterprise and its general class.
        plans: plans about it, each with the class it has there.
        due: plans whose statutory visit falls in the month, with visits a year.
        spared: why it is not drawn by lot; None where it is eligible.
        stratum: its stratum.
        enterprises: N, live enterprises of the stratum.
        eligible: of these, with a place in the order.
        drawn: n, visits of the stratum.
        probability: of being visited; None where it has no place.
        place: place in the order; the first n are visited. None where it has no place.
        order_hash: sha256 of seed and code, by which the order goes.
        visit_id: its visit; None where it was not drawn.
        check_kind: why the visit is made.
        put_off: why nobody goes this month, if so.
    """

    month: str
    region_code: str
    draw_id: str
    seed: str
    enterprise_id: str
    class_name: str
    plans: tuple[str, ...]
    due: tuple[str, ...]
    spared: str | None
    stratum: str
    enterprises: int
    eligible: int
    drawn: int
    probability: float | None
    place: int | None
    order_hash: str | None
    visit_id: str | None
    check_kind: str | None
    put_off: str | None


def why(settings: Settings, enterprise: str, month: str) -> Why:
    """Why ``enterprise`` was drawn or not in the draw of ``month``.

    Raises:
        DrawError: the month is not drawn where the enterprise is, or the enterprise is not in the frame.
    """
    month_check(month)
    with connect(settings, read_only=True, views=False) as connection:
        records = {
            row["region_code"]: row
            for row in read(connection, "inspection_record", month, region_codes(settings)).to_dicts()
        }
        home = (
            connection.execute(
                "SELECT region_code FROM lake.scores.enterprise WHERE month = $month AND enterprise_id = $enterprise",
                {"month": month, "enterprise": enterprise},
            ).fetchone()
            if records
            else None
        )
        if home is None:
            reason = f"{enterprise} was not live at the end of {month}" if records else f"{month} is not drawn"
            raise DrawError(f"{reason}; choose another month or code.")
        region = str(home[0])
        if region not in records:
            raise DrawError(f"{month} is not drawn for {region}, where {enterprise} is; run make draw M={month} first.")
        package = read_package(settings, month, region)
        if package is None:
            inputs: Inputs | None = read_inputs(connection, settings, month, [region])[region]
        else:
            inputs = None if package.changed() else inputs_of(package)
    if inputs is None:
        raise DrawError(f"the package of {month} for {region} is not whole; run make verify-draw M={month}.")
    made = make(inputs, month, region, records[region]["seed"])
    frame = inputs.frame.filter(pl.col("enterprise_id") == enterprise)
    if frame.is_empty():
        raise DrawError(f"{enterprise} is not in the frame of {month}; choose another month or code.")
    row = frame.row(0, named=True)
    place = _one(made.drawn.order, enterprise)
    visit = _one(made.tables["inspection_draw"], enterprise)
    stratum = place["stratum"] if place else f"{row['class']}|{row['plans']}"
    numbers = made.drawn.strata.filter(pl.col("stratum") == stratum).row(0, named=True)
    return Why(
        month=month,
        region_code=region,
        draw_id=made.tables["inspection_record"]["draw_id"][0],
        seed=records[region]["seed"],
        enterprise_id=enterprise,
        class_name=row["class"],
        plans=tuple(row["plans"].split("+")),
        due=tuple(part for part in row["due"].split("+") if part),
        spared=row["spared"],
        stratum=stratum,
        enterprises=numbers["enterprises"],
        eligible=numbers["eligible"],
        drawn=numbers["drawn"],
        probability=visit["probability"] if visit else numbers["probability"] if place else None,
        place=place["place"] if place else None,
        order_hash=place["order_hash"] if place else None,
        visit_id=visit["visit_id"] if visit else None,
        check_kind=visit["check_kind"] if visit else None,
        put_off=visit["put_off"] if visit else None,
    )


def _one(rows: pl.DataFrame, enterprise: str) -> dict | None:
    found = rows.filter(pl.col("enterprise_id") == enterprise)
    return found.row(0, named=True) if len(found) else None


def told(found: Why) -> str:
    """The answer in words, Chinese and English."""
    lines = [
        f"{found.enterprise_id}  {found.month}  {found.region_code}  class {found.class_name}",
        f"draw 抽取编号 {found.draw_id}, seed 种子 {found.seed}",
        f"stratum 层 {found.stratum}: N = {found.enterprises}, eligible 可抽 {found.eligible}, n = {found.drawn}",
    ]
    if found.due:
        lines.append(f"法定检查到期 statutory visit due: {', '.join(found.due)} visits a year")
    if found.place is None:
        lines.append(f"本期不参加随机抽取 not drawn by lot this month: {found.spared}")
        return "\n".join(lines)
    lines.append(
        f"次序 place {found.place} of {found.eligible}, by sha256(seed|code) = {found.order_hash}; "
        f"概率 probability {found.probability:.6f}"
    )
    if found.visit_id is None:
        lines.append(f"未抽中 not drawn: places 1 to {found.drawn} are visited")
    else:
        lines.append(f"抽中 drawn: visit {found.visit_id}, kind {found.check_kind}")
    if found.put_off:
        lines.append(f"顺延 put off: {found.put_off}")
    return "\n".join(lines)
