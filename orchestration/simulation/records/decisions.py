"""Decisions about records and classes: cases of false registration, objections (S01), overrides (S01).

Belongs here: what an authority decided afterwards about what stands in another feed, or about a class.
Does not belong here: the records themselves, and credit repair, which stands with the lists it ends (``compliance``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration.simulation import words
from orchestration.simulation.chance import NEVER, by_class, class_number, dates, day, pick, versions, where
from orchestration.simulation.facts import Part
from orchestration.simulation.records import compliance, finance, public
from orchestration.simulation.world import World


def false_registrations(world: World, part: Part) -> pl.DataFrame:
    """Cases of registrations got with false papers: rare, mostly shells and risky firms; two in three are revoked."""
    rng, rows = part.stream(world, "c01_false_registrations"), part.rows
    rate = part.rate(world, 0.0002, 0.0010, 0.006, 0.02) * np.where(world.shell[rows], 4, 1)
    row, opened = part.events(world, rng, rate)
    decided = opened + 45 + rng.exponential(90, len(row)).astype(np.int64)
    decided = np.where((rng.random(len(row)) < 0.9) & (decided < world.calendar.end), decided, NEVER)
    state = where(decided < NEVER, pick(rng, ["2", "3"], [65, 35], len(row)), "1")
    frame = pl.DataFrame(
        {
            "enterprise_id": world.uscc.gather(row),
            "case_no": words.join(a="XJ", b=words.text(10_000_000 * (part.number + 1) + np.arange(len(row)))),
            "registered_item": words.choose(words.REGISTERED_ITEMS, rng.integers(0, 60, len(row))),
            "opened_on": dates(opened),
            "state": state,
            "decided_on": dates(decided),
            "_seen": world.calendar.seen(opened, rng, 0.05),
        }
    )
    return versions(frame, world.calendar, "decided_on", {"state": "1"})


@dataclass(frozen=True)
class Disputed:
    """A feed whose records are objected to.

    Attributes:
        key: columns that name a record of an enterprise; the contract's key without the enterprise.
        happened: column with the day from which an enterprise may object.
        share: share of the records objected to.
        where: records worth an objection.
    """

    key: tuple[str, ...]
    happened: str
    share: float
    where: pl.Expr


EVERY = pl.lit(value=True)
OWN = pl.col("subject_kind") == "1"
DISPUTED = {
    "c04_abnormal_list": Disputed(("listed_on", "ground"), "listed_on", 0.03, EVERY),
    "c05_serious_lists": Disputed(("list_field", "listed_on"), "listed_on", 0.08, EVERY),
    "c06_penalties": Disputed(("document_no",), "decided_on", 0.04, EVERY),
    "c07_spot_checks": Disputed(("task_id", "item"), "checked_on", 0.04, ~pl.col("result").is_in(["1", "7"])),
    "c08_sampling": Disputed(("sample_no",), "sampled_on", 0.10, pl.col("result") == "2"),
    "c09_complaints": Disputed(("complaint_no",), "received_on", 0.004, EVERY),
    "c10_defaulters": Disputed(("case_no", "subject_kind", "person_id"), "published_on", 0.04, OWN),
    "c12_arrears": Disputed(("tax_kind", "announced_on"), "announced_on", 0.02, EVERY),
}
"""Feeds in which the province's enterprises object; the lists and penalties most, as they hurt most."""

_SOURCES = {
    "c04_abnormal_list": compliance.abnormal_list,
    "c05_serious_lists": compliance.serious_lists,
    "c06_penalties": compliance.penalties,
    "c07_spot_checks": compliance.spot_checks,
    "c08_sampling": compliance.sampling,
    "c09_complaints": public.complaints,
    "c10_defaulters": public.defaulters,
    "c12_arrears": finance.arrears,
}


def _records(world: World, part: Part, rng: np.random.Generator, feed: str) -> pl.DataFrame:
    """The records of one feed that are objected to: enterprise, key as text, day, month in which each was delivered."""
    rule = DISPUTED[feed]
    key = pl.concat_str([pl.col(name).cast(pl.String) for name in rule.key], separator="|", ignore_nulls=True)
    found = (
        _SOURCES[feed](world, part)
        .filter(rule.where & (pl.col("_seen") <= world.calendar.months))
        .select(
            "enterprise_id",
            "_seen",
            feed=pl.lit(feed),
            record_key=key,
            happened=pl.col(rule.happened).cast(pl.Int32).cast(pl.Int64),
        )
    )
    found = found.unique(["enterprise_id", "record_key"], keep="first", maintain_order=True)
    return found.filter(pl.Series(rng.random(len(found)) < rule.share, dtype=pl.Boolean))


def objections(world: World, part: Part) -> pl.DataFrame:
    """Objections to a few records, under review for weeks; a third are upheld, in a later row of the same number."""
    rng = part.stream(world, "s01_objections")
    found = pl.concat([_records(world, part, rng, feed) for feed in DISPUTED])
    delivered = np.array([day(month) for month in world.calendar.received])
    seen = found["_seen"].to_numpy().clip(0)
    # nobody objects to what has not been entered yet
    known = np.where(seen > 0, delivered[seen], 0)
    filed = np.maximum(found["happened"].to_numpy() + 3, known) + rng.exponential(40, len(found)).astype(np.int64)
    decided = filed + 8 + rng.exponential(25, len(found)).astype(np.int64)
    decided = np.where(decided < world.calendar.end, decided, NEVER)
    outcome = pick(rng, ["2", "3"], [1, 2], len(found))
    frame = found.select("enterprise_id", "feed", "record_key").with_columns(
        objection_no=words.join(a="YY", b=words.text(10_000_000 * (part.number + 1) + np.arange(len(found)))),
        ground=words.choose(words.OBJECTIONS, rng.integers(0, 60, len(found))),
        filed_on=dates(filed),
        state=where(decided < NEVER, outcome, "1"),
        decided_on=dates(decided),
        _seen=world.calendar.seen(filed, rng, 0.02),
    )
    frame = frame.filter(pl.Series(filed < world.calendar.end, dtype=pl.Boolean))
    return versions(frame, world.calendar, "decided_on", {"state": "1"})


def match_answers(world: World, part: Part) -> pl.DataFrame:
    """No answers: which names come up for review is known only once the platform has asked."""
    texts = dict.fromkeys(("mention_id", "decision", "enterprise_id", "desk"), pl.String)
    return pl.DataFrame(schema=texts | {"answered_on": pl.Date, "_seen": pl.Int64})


TERMS = np.array([91, 182, 273, 364, 540])
"""Days for which an override holds; the last is longer than the catalogue allows."""


def overrides(world: World, part: Part) -> pl.DataFrame:
    """Few decisions that set a class by hand, of the last year and a half: up on a tip, down on better knowledge.

    Most are made by offices of counties and prefectures, for 3 to 12 months; one in ten is withdrawn.
    """
    rng = part.stream(world, "s01_overrides")
    row, decided = part.events(world, rng, part.rate(world, 0.0012, 0.003, 0.010, 0.03))
    lately = decided >= world.calendar.opening - 400
    row, decided = row[lately], decided[lately]
    count, latent = len(row), class_number(world.risk[row])
    raised = rng.random(count) < by_class(world.risk[row], 1.0, 0.7, 0.4, 0.0)
    step = np.where(raised, 1 + (rng.random(count) < 0.3), -1)
    chosen = np.clip(latent + step, 0, 3)
    expires = decided + TERMS[np.searchsorted([0.25, 0.60, 0.75, 0.94], rng.random(count))]
    withdrawn = decided + 15 + rng.integers(0, 120, count)
    kept = (rng.random(count) >= 0.1) | (withdrawn >= np.minimum(expires, world.calendar.end))
    frame = pl.DataFrame(
        {
            "override_no": words.join(a="TZ", b=words.text(10_000_000 * (part.number + 1) + np.arange(count))),
            "enterprise_id": world.uscc.gather(row),
            "override_class": pl.Series(list("ABCD")).gather(chosen),
            "reason": where(
                chosen > latent,
                words.choose(words.RAISED, rng.integers(0, 60, count)),
                words.choose(words.LOWERED, rng.integers(0, 60, count)),
            ),
            "decider_rank": pick(rng, ["1", "2", "3"], [45, 35, 20], count),
            "decider_id": world.people(50 * world.count + rng.integers(0, 40, count)),
            "decided_on": dates(decided),
            "expires_on": dates(expires),
            "withdrawn_on": dates(np.where(kept, NEVER, withdrawn)),
            "_seen": world.calendar.seen(decided, rng, 0.04),
        }
    )
    return versions(frame, world.calendar, "withdrawn_on", {})
