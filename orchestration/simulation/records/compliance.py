"""C04-C08: abnormal list, serious lists, repairs, penalties, spot checks, product sampling, recalls.

Belongs here: what regulators recorded against enterprises, and what their inspectors found.
Does not belong here: courts, complaints and the web (``public``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration.simulation import departments, tails, words
from orchestration.simulation.chance import NEVER, by_class, dates, numbers, pick, stream, versions, where
from orchestration.simulation.facts import Part, filings
from orchestration.simulation.inspectors import inspectors
from orchestration.simulation.repeats import repeated
from orchestration.simulation.world import FOOD_SALE, World

FIND_RATES = np.array([0.01, 0.40, 0.57, 0.85])
"""Share of checked enterprises with problems by latent class, after Henan's results of 2021 (0, 39.6, 56.5, 85.0 %)."""


def _removal(
    world: World, rng: np.random.Generator, day: np.ndarray, mean: float, chance: np.ndarray | float
) -> np.ndarray:
    """Day of removal: with the given chance, after a waiting time; NEVER beyond the simulation."""
    removed = day + 20 + rng.exponential(mean, len(day)).astype(np.int64)
    there = (rng.random(len(day)) < chance) & (removed < world.calendar.end)
    return np.where(there, removed, NEVER)


def abnormal_list(world: World, part: Part) -> pl.DataFrame:
    """Listings for reports not filed (in July and August), for unreachable addresses and for false information."""
    rng = part.stream(world, "c04_abnormal_list")
    rows, days, grounds, ends = [], [], [], []
    for filing in filings(world, part):
        missed = (filing.filed > filing.deadline) & (rng.random(len(filing.rows)) < 0.26)
        row = filing.rows[missed]
        day = filing.deadline + 2 + rng.integers(0, 45, len(row))
        filed = filing.filed[missed]
        keep = (day < np.minimum(filed, world.calendar.end)) & (day < world.ended[row])
        filed = np.where(filed < NEVER, filed + rng.integers(3, 30, len(row)), NEVER)
        rows.append(row[keep])
        days.append(day[keep])
        ends.append(filed[keep])
        grounds.append(np.full(int(keep.sum()), "1"))
    for code, rate in (
        ("2", (0.0002, 0.002, 0.01, 0.02)),
        ("3", (0.0001, 0.001, 0.008, 0.03)),
        ("4", (0.0008, 0.009, 0.05, 0.16)),
    ):
        row, day = part.events(world, rng, part.rate(world, *rate))
        rows.append(row)
        days.append(day)
        ends.append(_removal(world, rng, day, 220, by_class(world.risk[row], 0.85, 0.7, 0.5, 0.25)))
        grounds.append(np.full(len(row), code))
    row, day = _raids(world, part)
    rows.append(row)
    days.append(day)
    ends.append(np.full(len(row), NEVER))
    grounds.append(np.full(len(row), "4"))
    row, day, end, ground = (np.concatenate(found) for found in (rows, days, ends, grounds))
    end = np.where(end < world.calendar.end, end, NEVER)
    frame = pl.DataFrame(
        {
            "enterprise_id": world.uscc.gather(row),
            "ground": pl.Series(ground),
            "listed_on": dates(day),
            "listed_by": words.join(a=world.places.text.gather(world.place[row]), b="市场监督管理局"),
            "removed_on": dates(end),
            "removal_reason": where(end < NEVER, pick(rng, ["1", "2", "3"], [90, 3, 7], len(row)), None),
            "_seen": world.calendar.seen(day, rng, 0.02),
        }
    ).unique(["enterprise_id", "listed_on", "ground"], keep="first", maintain_order=True)
    return versions(frame, world.calendar, "removed_on", {"removal_reason": None})


def _raids(world: World, part: Part) -> tuple[np.ndarray, np.ndarray]:
    """Shell groups none of whose members an inspection found at their address: rows and days."""
    rng = stream(world.seed, "raids")
    heads = np.unique(world.head[world.shell])
    raided = tails.choose(rng, np.ones(len(heads)), max(tails.RAIDED, 1 / max(len(heads), 1)))
    found = np.full(world.count, NEVER)
    found[heads[raided]] = world.calendar.opening - rng.integers(30, 700, len(raided))
    rows = part.rows[world.shell[part.rows]]
    day = found[world.head[rows]]
    there = (world.established[rows] < day) & (day < world.alive_to(rows))
    return rows[there], day[there]


def serious_lists(world: World, part: Part) -> pl.DataFrame:
    """Serious-dishonesty lists of market regulation and of other departments; three years, sooner after repair."""
    rng = part.stream(world, "c05_serious_lists")
    row, day = part.events(world, rng, part.rate(world, 0.00005, 0.0006, 0.012, 0.17))
    fields = ["FOOD", "DRUG", "SPEC", "PROD", "CONS", "COMP", "REGF", "OTH", "TAX", "WAGE", "SAFE"]
    field = rng.choice(len(fields), len(row), p=np.array([12, 4, 4, 14, 10, 5, 12, 6, 18, 10, 5]) / 100)
    several = repeated(world, part.number, part.rows, "other_lists")
    row, day = np.concatenate([row, several.row]), np.concatenate([day, several.day])
    field = np.concatenate([field, fields.index("TAX") + several.nth % 3])
    kind = words.choose(fields, field)
    end = _removal(world, rng, day + 365, 500, 0.35)
    frame = pl.DataFrame(
        {
            "enterprise_id": world.uscc.gather(row),
            "list_field": kind,
            "reason": words.choose(words.VIOLATIONS, rng.integers(0, 100, len(row))),
            "listed_on": dates(day),
            "listed_by": kind.replace_strict(
                departments.LIST_FIELDS, default=departments.MARKET, return_dtype=pl.String
            ),
            "removed_on": dates(end),
            "legal_rep_id": world.people(world.head[row]),
            "_seen": world.calendar.seen(day, rng, 0.03),
        }
    ).unique(["enterprise_id", "list_field", "listed_on"], keep="first", maintain_order=True)
    return versions(frame, world.calendar, "removed_on", {})


def penalties(world: World, part: Part) -> pl.DataFrame:
    """Penalties of all departments; kind and amount grow with risk; small cases in the summary procedure."""
    rng = part.stream(world, "c06_penalties")
    exposed = np.where(world.food[part.rows] > 0, 1.6, 1.0) * np.where(world.section[part.rows] == "E", 1.3, 1.0)
    row, day = part.events(world, rng, part.rate(world, 0.004, 0.035, 0.17, 0.52) * exposed)
    several = repeated(world, part.number, part.rows, "penalties")
    shell, raided = _raids(world, part)
    fined_on = raided + 25
    there = fined_on < world.alive_to(shell)
    row = np.concatenate([row, several.row, shell[there]])
    day = np.concatenate([day, several.day, fined_on[there]])
    raid = np.arange(len(row)) >= len(row) - int(there.sum())  # fined for false papers
    risk, count = world.risk[row], len(row)
    severe = np.where(raid, 0.5, rng.random(count) + 0.25 * risk)
    kind = pl.Series(["1", "2", "3", "9", "4", "5"]).gather(np.searchsorted([0.18, 0.80, 0.93, 0.97, 1.08], severe))
    summary = (severe < 0.3) & (rng.random(count) < 0.6)
    fine = np.round(np.exp(-0.6 + 2.2 * risk + 1.3 * rng.normal(0, 1, count)), 4)
    fined = (kind != "1").to_numpy() & ((kind == "2").to_numpy() | (rng.random(count) < 0.6))
    taken = (kind == "3").to_numpy() | (rng.random(count) < 0.1)
    fields = np.where((world.food[row] > 0) & (rng.random(count) < 0.5), 0, rng.integers(1, 14, count))
    # what market regulation finds at a firm of a key field is mostly of that field
    own = np.select([world.drug[row], (world.section[row] == "C") & (row % 2 == 0), world.hazard[row]], [1, 3, 2], 0)
    fields = np.where((own > 0) & (fields >= 4) & (fields <= 7), own, fields)
    names = list(departments.PENALTY_FIELDS)
    field = words.choose(names, np.where(raid, names.index("REG"), fields))
    owner = departments.draw(part.stream(world, "c06_departments"), field, departments.PENALTY_FIELDS)
    year = (day.astype("M8[D]").astype("M8[Y]").astype(np.int64) + 1970).astype(np.int64)
    return pl.DataFrame(
        {
            "subject_kind": words.choose(["1"], row),
            "enterprise_id": world.uscc.gather(row),
            "subject_name": world.name.gather(row),
            "legal_rep_id": world.people(world.head[row]),
            "document_no": words.join(
                a="豫市监罚〔",
                b=words.text(year),
                c="〕",
                d=words.text(1_000_000 * part.number + np.arange(count) + 1),
                e="号",
            ),
            "violation": words.choose(words.VIOLATIONS, rng.integers(0, 100, count)),
            "legal_basis": words.choose(words.LAWS, rng.integers(0, 60, count)),
            "penalty_kind": kind,
            "fine": numbers(fine, fined),
            "confiscation": numbers(np.round(fine * 0.4, 4), taken),
            "summary_procedure": summary,
            "field": field,
            "decided_on": dates(day),
            "publicity_ends_on": dates(day + np.where(summary, 92, 1096)),
            "authority_code": owner,
            "_seen": world.calendar.seen(day, rng),
        }
    )


def repairs(world: World, part: Part) -> pl.DataFrame:
    """Decisions on credit repair: penalties after 6 months (12 in food, drugs, special equipment), lists on removal."""
    rng = part.stream(world, "c05_repairs")
    fined = penalties(world, part).filter(pl.col("penalty_kind") != "1")
    wait = pl.when(pl.col("field").is_in(["FOOD", "DRUG", "SPEC"])).then(366).otherwise(184)
    fined = fined.with_columns(
        day=pl.col("decided_on").cast(pl.Int32) + wait + pl.Series(rng.integers(0, 300, len(fined)))
    )
    fined = fined.filter(pl.Series(rng.random(len(fined)) < 0.22)).select(
        "enterprise_id", repaired_feed=pl.lit("c06_penalties"), repaired_ref="document_no", day="day"
    )
    lists = []
    for feed, records, share in (
        ("c04_abnormal_list", abnormal_list(world, part).filter(pl.col("removal_reason") == "1"), 0.9),
        ("c05_serious_lists", serious_lists(world, part), 0.6),
    ):
        ended = records.filter(pl.col("removed_on").is_not_null())
        ended = ended.unique(["enterprise_id", "listed_on"], keep="first", maintain_order=True)
        ended = ended.filter(pl.Series(rng.random(len(ended)) < share))
        lists.append(
            ended.select(
                "enterprise_id",
                repaired_feed=pl.lit(feed),
                repaired_ref=pl.col("listed_on").cast(pl.String),
                day=pl.col("removed_on").cast(pl.Int32),
            )
        )
    frame = pl.concat([fined.cast({"day": pl.Int64}), *[found.cast({"day": pl.Int64}) for found in lists]])
    day = frame["day"].to_numpy()
    frame = frame.with_columns(applied_on=dates(day - 15), decided_on=dates(day), _seen=world.calendar.month_of(day))
    frame = frame.drop("day").filter(pl.Series(day < world.calendar.end, dtype=pl.Boolean))
    return frame.unique(["enterprise_id", "repaired_feed", "repaired_ref"], keep="first", maintain_order=True)


def spot_checks(world: World, part: Part) -> pl.DataFrame:
    """Random checks, 3-5 % of enterprises a year and more of the risky; problems at Henan's rates by latent class."""
    rng = part.stream(world, "c07_spot_checks")
    row, day = part.events(world, rng, part.rate(world, 0.035, 0.045, 0.09, 0.20))
    again = repeated(world, part.number, part.rows, "findings")
    row, day = np.concatenate([row, again.row]), np.concatenate([day, again.day])
    noted = np.arange(len(row)) >= len(row) - len(again.row)
    authority = pick(
        part.stream(world, "c07_spot_checks/authorities"),
        ["market_regulation", "human_resources", "ecology", "emergency"],
        [85, 5, 5, 5],
        len(row),
    )
    team = _team(world, part, row, authority)
    found = noted | (rng.random(len(row)) < FIND_RATES[world.latent_class[row]] * team.strictness)
    items = rng.integers(1, 4, len(row))
    task = np.repeat(np.arange(len(row)), items)
    nth = np.arange(len(task)) - np.repeat(np.cumsum(items) - items, items)
    bad = found[task] & ((nth == 0) | (rng.random(len(task)) < 0.25))
    grave = np.repeat(rng.random(len(row)) < by_class(world.risk[row], 0, 0.01, 0.05, 0.15), items)
    problem = where(grave & (nth == 0), "6", pick(rng, ["5", "2", "3", "4", "8"], [58, 12, 5, 8, 17], len(task)))
    problem = where(noted[task] & (nth == 0), "5", problem)
    clean = pick(rng, ["1", "7"], [94, 6], len(task))
    result = where(bad, problem, clean)
    pending = (result == "8").to_numpy()
    closed = day[task] + 20 + rng.exponential(120, len(task)).astype(np.int64)
    closed = np.where(pending & (closed < world.calendar.end), closed, NEVER)
    year = words.text(day.astype("M8[D]").astype("M8[Y]").astype(np.int64) + 1970)
    start = rng.integers(0, 7, len(row))
    item = words.choose(words.CHECK_ITEMS, start[task] + nth)
    frame = pl.DataFrame(
        {
            "enterprise_id": world.uscc.gather(row[task]),
            "plan_id": words.join(a=year, b="年度双随机计划", c=words.text(rng.integers(1, 40, len(row)))).gather(task),
            "task_id": words.join(a="RW", b=words.text(10_000_000 * (part.number + 1) + np.arange(len(row)))).gather(
                task
            ),
            "item": where(world.drug[row[task]] & (item == words.FOOD_ITEM).to_numpy(), words.DRUG_ITEM, item),
            "authority_code": authority.gather(task),
            "checked_on": dates(day[task]),
            "result": result,
            "result_code": result.replace_strict(
                dict(zip("12345678", ["01", "02", "03", "04", "05", "09", "07", "06"], strict=True))
            ),
            "closed_on": dates(closed),
            "check_kind": team.kind.gather(task),
            "lead_inspector_id": team.lead.gather(task),
            "second_inspector_id": team.second.gather(task),
            "_seen": world.calendar.seen(day, rng, 0.03)[task],
        }
    )
    return versions(frame, world.calendar, "closed_on", {})


@dataclass(frozen=True)
class _Team:
    """Who made each visit and why; ``strictness`` is the factor on what the lead finds, 1 on average."""

    kind: pl.Series
    lead: pl.Series
    second: pl.Series
    strictness: np.ndarray


def _team(world: World, part: Part, row: np.ndarray, authority: pl.Series) -> _Team:
    """Kinds of checks and inspectors from the pool; visits of before the platform answer none of its draws."""
    rng = part.stream(world, "c07_spot_checks/teams")
    staff = inspectors(world)
    region = pl.Series(world.places.region).gather(world.place[row])
    lead, second = staff.pick(rng, region, authority)
    named = (lead >= 0) & (rng.random(len(row)) < 0.97)
    return _Team(
        kind=pick(rng, ["1", "2", "3", "4", "5", None], [76, 12, 4, 3, 1, 4], len(row)),
        lead=where(named, world.people(staff.person[lead]), None),
        second=where(named, world.people(staff.person[second]), None),
        strictness=np.where(lead >= 0, 1 + staff.strictness[lead], 1.0),
    )


def sampling(world: World, part: Part) -> pl.DataFrame:
    """Product samples of makers and sellers; failures rise with risk and differ by class of product."""
    rng = part.stream(world, "c08_sampling")
    rows = part.rows
    makes = np.where(
        (world.food[rows] > 0) & (world.food[rows] != FOOD_SALE),
        0.5,
        np.where(np.isin(world.section[rows], ["C", "F"]), 0.16, 0.0),
    )
    row, day = part.events(world, rng, makes * part.rate(world, 0.9, 1.0, 1.3, 1.6))
    bad = repeated(world, part.number, rows, "failed_samples", makes > 0)
    row, day = np.concatenate([row, bad.row]), np.concatenate([day, bad.day])
    count = len(row)
    known = np.arange(count) >= count - len(bad.row)
    classes = ["FOOD", "ELEC", "TEXT", "BUILD", "TOY", "CHEM", "AGRI", "VEH", "OTH"]
    number = np.where(world.food[row] > 0, 0, 1 + (row + rng.integers(0, 2, count)) % 8)
    hardness = np.array([0.7, 1.6, 1.2, 1.4, 1.8, 1.0, 1.1, 2.0, 1.0])[number]
    failed = known | (rng.random(count) < by_class(world.risk[row], 0.012, 0.05, 0.15, 0.32) * hardness)
    again = failed & (rng.random(count) < 0.12) & ~known
    return pl.DataFrame(
        {
            "enterprise_id": world.uscc.gather(row),
            "party_name": world.name.gather(row),
            "party_address": world.address(world.home[row], world.place[row]),
            "sample_no": words.join(a="CY", b=words.text(10_000_000 * (part.number + 1) + np.arange(count))),
            "product_name": words.choose(words.PRODUCTS, rng.integers(0, 60, count)),
            "product_class": words.choose(classes, number),
            "batch_no": words.join(a="B", b=words.text(rng.integers(10_000, 99_999, count))),
            "sampled_on": dates(day),
            "result": where(failed, "2", pick(rng, ["1", "3"], [98, 2], count)),
            "recheck_result": where(again, pick(rng, ["1", "2"], [2, 8], count), None),
            "disposal": where(failed, words.choose(words.DISPOSALS, row), None),
            "_seen": world.calendar.seen(day, rng),
        }
    )


def recalls(world: World, part: Part) -> pl.DataFrame:
    """Recalls of defective products by makers, ordered ones mostly of the risky."""
    rng = part.stream(world, "c08_recalls")
    row, day = part.events(world, rng, part.rate(world, 0.006, 0.012, 0.03, 0.06) * (world.section[part.rows] == "C"))
    ordered = rng.random(len(row)) < by_class(world.risk[row], 0.1, 0.3, 0.6, 0.8)
    done = _removal(world, rng, day, 90, by_class(world.risk[row], 0.95, 0.9, 0.7, 0.5))
    frame = pl.DataFrame(
        {
            "enterprise_id": world.uscc.gather(row),
            "recall_no": words.join(a="ZH", b=words.text(100_000 * (part.number + 1) + np.arange(len(row)))),
            "product_name": words.choose(words.PRODUCTS, row),
            "recall_kind": where(ordered, "2", "1"),
            "announced_on": dates(day),
            "completed_on": dates(done),
            "_seen": world.calendar.seen(day, rng),
        }
    )
    return versions(frame, world.calendar, "completed_on", {})
