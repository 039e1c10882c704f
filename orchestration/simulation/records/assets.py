"""C02 licences, C14 intellectual property and honours, C15 specialised registers.

Belongs here: what an enterprise holds and runs.  Does not belong here: what was found wrong with it (``compliance``).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from orchestration.simulation import departments, words
from orchestration.simulation.bursts import mark_portfolios, patent_portfolios
from orchestration.simulation.chance import NEVER, by_class, dates, happen, pick, versions, where
from orchestration.simulation.facts import Licences, Part, licences
from orchestration.simulation.world import CATERING, FOOD_PRODUCTION, World

LICENCE_NAMES = {
    "FOOD": "食品经营许可证",
    "DRUG": "药品经营许可证",
    "DEVICE": "医疗器械经营许可证",
    "COSM": "化妆品生产许可证",
    "SPEC": "特种设备生产许可证",
    "INDP": "全国工业产品生产许可证",
    "HAZ": "危险化学品经营许可证",
    "TRAN": "道路运输经营许可证",
    "PUBL": "公共场所卫生许可证",
    "OTH": "其他许可证件",
}


def licence_register(world: World, part: Part) -> pl.DataFrame:
    """Licences of all kinds; one that lapsed keeps its state until its department writes it off."""
    rng = part.stream(world, "c02_licences")
    held = licences(world, part)
    count = len(held.row)
    written_off = np.where((held.end < world.calendar.end) & (rng.random(count) < 0.3), held.end + 60, NEVER)
    written_off = np.where(written_off < world.calendar.end, written_off, NEVER)
    named = held.item.replace_strict(departments.LICENCE_ITEMS, default=departments.MARKET, return_dtype=pl.String)
    # a licence and its renewals come from one department: what decides is drawn for the enterprise, not for the term
    section = pl.Series(world.section[part.rows], dtype=pl.String)
    drawn = departments.draw(part.stream(world, "c02_departments"), section, departments.OTHER_LICENCES)
    other = drawn.gather(held.row - part.rows[0])
    frame = pl.DataFrame(
        {
            "enterprise_id": world.uscc.gather(held.row),
            "licence_no": held.number,
            "licence_name": held.item.replace_strict(LICENCE_NAMES),
            "licence_item": held.item,
            "required_for_business": (held.item != "OTH"),
            "authority_code": where((held.item == "OTH").to_numpy(), other, named),
            "valid_from": dates(held.start),
            "valid_to": dates(held.end),
            "licence_state": where(written_off < NEVER, "5", "1"),
            "_off": dates(written_off),
            "_seen": world.calendar.month_of(held.start),
        }
    )
    return versions(frame, world.calendar, "_off", {"licence_state": "1"}).drop("_off")


def _held(world: World, part: Part, items: list[str]) -> Licences:
    held = licences(world, part)
    mask = held.item.is_in(items)
    rows = mask.to_numpy()
    return Licences(held.row[rows], held.item.filter(mask), held.number.filter(mask), held.start[rows], held.end[rows])


def _register(world: World, held: Licences, number: str, columns: dict[str, pl.Series]) -> pl.DataFrame:
    """A register keyed by licence number: a renewed licence is sent again with its new term."""
    frame = pl.DataFrame(
        {"enterprise_id": world.uscc.gather(held.row), number: held.number}
        | columns
        | {"valid_from": dates(held.start), "valid_to": dates(held.end), "_seen": world.calendar.month_of(held.start)}
    )
    return frame.unique([number, "_seen"], keep="last", maintain_order=True)


def food_operators(world: World, part: Part) -> pl.DataFrame:
    """Food licences with kind of business and the field's own risk grade."""
    rng, held = part.stream(world, "c15_food_operators"), _held(world, part, ["FOOD"])
    grade = np.searchsorted([0.25, 0.55, 0.8], world.risk[held.row] + 0.15 * rng.normal(0, 1, len(held.row)))
    food = world.food[held.row]
    kind = where(food == FOOD_PRODUCTION, "1", where(food == CATERING, "3", "2"))
    return _register(
        world, held, "licence_no", {"operation_kind": kind, "risk_grade": pl.Series(["A", "B", "C", "D"]).gather(grade)}
    )


def drug_device_cosmetic(world: World, part: Part) -> pl.DataFrame:
    """Licences for drugs, devices and cosmetics."""
    held = _held(world, part, ["DRUG", "DEVICE", "COSM"])
    kind = where(world.section[held.row] == "C", "生产", words.choose(["零售", "零售", "批发"], held.row))
    return _register(world, held, "licence_no", {"product_field": held.item, "operation_kind": kind})


def industrial_permits(world: World, part: Part) -> pl.DataFrame:
    """Production permits for industrial products."""
    held = _held(world, part, ["INDP"])
    return _register(
        world, held, "permit_no", {"product_class": words.choose(["BUILD", "ELEC", "CHEM", "AGRI", "VEH"], held.row)}
    )


def _equipment(world: World, part: Part) -> tuple[np.ndarray, pl.Series, np.ndarray]:
    """Equipment in use: row, number, day of registration."""
    rng = part.stream(world, "equipment")
    rows = part.rows
    chance = np.where(world.hazard[rows], 0.22, 0.025) * (world.established[rows] < world.calendar.end - 40)
    count = (rng.random(len(rows)) < chance) * (1 + rng.poisson(np.clip(world.staff[rows] / 12, 0.2, 6)))
    row = np.repeat(rows, count)
    age = np.minimum(world.calendar.end - world.established[row] - 10, 8 * 365)
    on = world.calendar.end - 1 - (rng.random(len(row)) * age).astype(np.int64)
    on = np.minimum(on, world.alive_to(row) - 1)
    keep = on >= world.established[row]
    row, on = row[keep], on[keep]
    serial = 10_000_000 * (part.number + 1) + np.arange(len(row))
    return row, words.join(a="31", b=words.text(serial)), on


def _inspections(world: World, part: Part) -> tuple[np.ndarray, np.ndarray]:
    """Inspections about once a year: place in the list of equipment and day; the risky skip some."""
    rng = part.stream(world, "c15_equipment_inspections/days")
    row, _, on = _equipment(world, part)
    yearly = by_class(world.risk[row], 1.0, 0.9, 0.7, 0.5)
    return happen(rng, yearly, np.maximum(on, world.calendar.start), world.alive_to(row))


def special_equipment(world: World, part: Part) -> pl.DataFrame:
    """Registered equipment; the day of the next inspection moves with each inspection."""
    rng = part.stream(world, "c15_special_equipment")
    row, number, on = _equipment(world, part)
    kind = pick(
        rng, ["1000", "2000", "3000", "4000", "5000", "6000", "8000", "9000"], [8, 30, 18, 14, 22, 2, 5, 1], len(row)
    )
    state = pick(rng, ["1", "2", "3"], [88, 9, 3], len(row))
    place, day = _inspections(world, part)
    last = np.array(on)
    old = day < world.calendar.opening
    np.maximum.at(last, place[old], day[old])

    def rows(mask: np.ndarray, inspected: np.ndarray, seen: np.ndarray) -> pl.DataFrame:
        return pl.DataFrame(
            {
                "enterprise_id": world.uscc.gather(row[mask]),
                "equipment_no": number.gather(mask),
                "equipment_kind": kind.gather(mask),
                "registered_on": dates(on[mask]),
                "state": state.gather(mask),
                "next_inspection_on": dates(inspected + 365),
                "_seen": seen,
            }
        )

    first = rows(np.arange(len(row)), last, world.calendar.month_of(on))
    later = rows(place[~old], day[~old], world.calendar.month_of(day[~old]))
    both = pl.concat([first, later]).sort("next_inspection_on", maintain_order=True)
    return both.unique(["equipment_no", "_seen"], keep="last", maintain_order=True)


def equipment_inspections(world: World, part: Part) -> pl.DataFrame:
    """Inspections of equipment with their conclusions."""
    rng = part.stream(world, "c15_equipment_inspections")
    row, number, _ = _equipment(world, part)
    place, day = _inspections(world, part)
    failed = rng.random(len(place)) < by_class(world.risk[row[place]], 0.02, 0.07, 0.18, 0.35)
    frame = pl.DataFrame(
        {
            "enterprise_id": world.uscc.gather(row[place]),
            "equipment_no": number.gather(place),
            "inspected_on": dates(day),
            "conclusion": where(failed, pick(rng, ["3", "2", "4"], [6, 2, 2], len(place)), "1"),
            "_seen": world.calendar.seen(day, rng, 0.03),
        }
    )
    return frame.unique(["equipment_no", "inspected_on"], keep="first", maintain_order=True)


def patents(world: World, part: Part) -> pl.DataFrame:
    """Patents, mostly of technical firms, a few of which hold many; they end when fees are not paid."""
    rng = part.stream(world, "c14_patents")
    able = np.where(np.isin(world.section[part.rows], ["C", "I", "M"]), 1.0, 0.08) * np.clip(
        world.staff[part.rows] / 10, 0.1, 12
    )
    row, day = part.events(world, rng, part.rate(world, 0.09, 0.07, 0.03, 0.01) * able)
    row, day = (np.concatenate(both) for both in zip((row, day), patent_portfolios(world, part), strict=True))
    end = day + 200 + rng.exponential(1500, len(row)).astype(np.int64)
    frame = pl.DataFrame(
        {
            "enterprise_id": world.uscc.gather(row),
            "patent_no": words.join(a="ZL", b=words.text(1_000_000_000 * (part.number + 1) + np.arange(len(row)))),
            "patent_kind": pick(rng, ["1", "2", "3"], [20, 60, 20], len(row)),
            "granted_on": dates(day),
            "ended_on": dates(np.where(end < world.calendar.end, end, NEVER)),
            "_seen": world.calendar.seen(day, rng),
        }
    )
    return versions(frame, world.calendar, "ended_on", {})


def trademarks(world: World, part: Part) -> pl.DataFrame:
    """Trade marks, ten years each; a few brands hold many."""
    rng = part.stream(world, "c14_trademarks")
    row, day = part.events(world, rng, part.rate(world, 0.12, 0.10, 0.07, 0.05))
    row, day = (np.concatenate(both) for both in zip((row, day), mark_portfolios(world, part), strict=True))
    return pl.DataFrame(
        {
            "enterprise_id": world.uscc.gather(row),
            "mark_no": words.text(10_000_000 * (part.number + 1) + np.arange(len(row))),
            "nice_class": rng.integers(1, 46, len(row)),
            "registered_on": dates(day),
            "valid_to": dates(day + 3652),
            "_seen": world.calendar.seen(day, rng),
        }
    )


def certificates(world: World, part: Part) -> pl.DataFrame:
    """Certificates and honours, three years each; of food firms mostly for the management of food safety."""
    rng = part.stream(world, "c14_certificates")
    row, day = part.events(world, rng, part.rate(world, 0.06, 0.04, 0.02, 0.01))
    kind = rng.integers(0, 50, len(row))
    food_safety = words.choose(words.FOOD_CERTIFICATES, kind)
    return pl.DataFrame(
        {
            "enterprise_id": world.uscc.gather(row),
            "certificate_no": words.join(a="ZS", b=words.text(10_000_000 * (part.number + 1) + np.arange(len(row)))),
            "certificate_kind": where(
                (world.food[row] > 0) & (kind % 5 > 1), food_safety, words.choose(words.CERTIFICATES, kind)
            ),
            "issued_on": dates(day),
            "valid_to": dates(day + 1095),
            "_seen": world.calendar.seen(day, rng),
        }
    )
