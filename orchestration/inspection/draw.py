"""Drawing from a frame: strata, how many of each, in which order, with which probability.

Belongs here: the draw of one region as a pure function of frame, rules and seed.
Does not belong here: where the frame comes from (``frame``), who visits (``assign``), tables (``store``).

1. **Order.** Every enterprise has one number, sha256 of seed and code; all plans of the month use it. So the samples of
   several plans are nested: whoever a small plan draws, a larger one has drawn already, and joint draws of several
   departments fall on the same enterprises and are one visit.
2. **Strata.** Enterprises of one class about which the same plans are, with the same classes in them.
3. **Numbers.** A plan with ratio r a year asks for x = r / 12 x live enterprises of the stratum, at most those that are
   not spared. n = floor(x + u) are drawn; u is uniform, and taken along the strata by the running sum of the largest
   plan, so that E[n] = x exactly, and the visits of every class and of the region differ from their sum by less than
   one.
4. **Probability.** The visits of a stratum are those of its largest plan; each of its eligible enterprises is visited
   with probability max x / eligible, exactly.
5. **Certain visits.** What is due by statute, and what was put off, is visited for sure. Other plans add their items to
   such a visit with share r / visits a year, so that an enterprise that is always spared from the lot is checked by
   them too.

All numbers are whole multiples of 1 / UNIT, so no rounding of floating point decides who is drawn.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

import duckdb
import polars as pl

from orchestration.inspection.model import Policy

RATIO_UNIT = 1_000_000
"""A ratio has 6 decimals at most."""
UNIT = 12 * RATIO_UNIT
"""Expected numbers are whole multiples of 1 / UNIT."""
CARRIED = "put off"
"""Begins the name of a stratum of visits that an earlier draw put off."""


@dataclass(frozen=True)
class Stratum:
    """One stratum of a region.

    Attributes:
        name: class, plans with their classes, and what is certain.
        class_name: general class.
        enterprises: live enterprises with this class and these plans.
        eligible: enterprises among which the places of the order were given.
        expected: plan -> expected number, in 1 / UNIT.
        drawn: plan -> number drawn.
        certain: whether everybody in it is visited for sure.
    """

    name: str
    class_name: str
    enterprises: int
    eligible: int
    expected: dict[str, int]
    drawn: dict[str, int]
    certain: bool

    @property
    def visits(self) -> int:
        """Enterprises visited: those of the largest plan."""
        return max(self.drawn.values(), default=0)

    @property
    def probability(self) -> float | None:
        """Probability that an eligible enterprise is visited; None where nobody is eligible."""
        if not self.eligible:
            return None
        return float(Fraction(max(self.expected.values(), default=0), UNIT * self.eligible))


@dataclass(frozen=True)
class Drawn:
    """What was drawn in one region.

    Attributes:
        strata: one row per stratum: stratum, plans, class, enterprises, eligible, drawn, probability, certain.
        plans: one row per stratum and plan: stratum, plan, drawn (places up to it are the plan's).
        order: one row per enterprise that had a place: enterprise_id, stratum, place, order_hash.
        visits: one row per visit, by kind and order: enterprise_id, class, stratum, plans, check_kind, probability,
            place, order_hash, carried_from, times (how often it was put off).
    """

    strata: pl.DataFrame
    plans: pl.DataFrame
    order: pl.DataFrame
    visits: pl.DataFrame


def number_of(*words: str) -> int:
    """A number from 0 to 2**256 - 1 that the words decide; uniform over seeds."""
    return int(hashlib.sha256("|".join(words).encode()).hexdigest(), 16)


def order_hashes(ids: pl.Series, *words: str) -> pl.Series:
    """sha256 of the words and each id as hexadecimal text, so ``sha256sum`` can check any of them."""
    rows = pl.DataFrame({"id": ids, "row": pl.Series(range(len(ids)), dtype=pl.Int64)})
    with _hasher().cursor() as connection:
        connection.register("hashed", rows.to_arrow())
        return connection.execute(
            "SELECT sha256($words || '|' || id) AS order_hash FROM hashed ORDER BY row", {"words": "|".join(words)}
        ).pl()["order_hash"]


@cache
def _hasher() -> duckdb.DuckDBPyConnection:
    """An empty DuckDB that hashes columns; opening one costs more than a small draw."""
    return duckdb.connect()


def draw_region(frame: pl.DataFrame, policy: Policy, seed: str, region: str) -> Drawn:
    """Draw the visits of one region.

    Args:
        frame: rows of the region, with the columns of ``frame.COLUMNS``; their order does not matter.
        policy: rules in force.
        seed: any text; the same frame, rules and seed give the same rows.
        region: region code; the same seed rounds differently in another region.
    """
    ordered = _with_strata(frame).with_columns(order_hash=order_hashes(frame["enterprise_id"], seed))
    places = ordered.filter("placed").with_columns(
        place=pl.struct("order_hash", "enterprise_id").rank("ordinal").over("stratum").cast(pl.Int64)
    )
    strata = [*_lot_strata(ordered, policy, seed, region), *_certain_strata(ordered, policy, seed, region)]
    plans = _plan_table(strata)
    return Drawn(
        strata=_stratum_table(strata, plans),
        plans=plans,
        order=places.select("enterprise_id", "stratum", "place", "order_hash"),
        visits=_visits(places, strata, plans, policy),
    )


def _with_strata(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with ``stratum`` and ``placed``: whether the enterprise has a place in its order."""
    due, carried = pl.col("due") != "", pl.col("carried").is_not_null()
    group = pl.concat_str(["class", "plans"], separator="|")
    put_off = pl.concat_str([pl.lit(CARRIED), "class", "carried_kind", "carried_plans"], separator="|")
    return frame.with_columns(
        group=group,
        stratum=pl.when(due)
        .then(pl.concat_str([group, "due"], separator="|"))
        .when(carried)
        .then(put_off)
        .otherwise(group),
        certain=due | carried,
        placed=due | carried | pl.col("spared").is_null(),
    )


def _plans_of(text: str) -> dict[str, str]:
    """``plan:class`` joined by ``+`` -> plan: class."""
    return dict(pair.split(":", 1) for pair in text.split("+") if pair)


def _due_of(text: str) -> dict[str, Fraction]:
    """``plan@visits a year`` joined by ``+`` -> plan: visits a year."""
    return {plan: Fraction(visits) for plan, visits in (pair.split("@", 1) for pair in text.split("+") if pair)}


def _ratio(policy: Policy, plan: str, class_name: str) -> int:
    """Ratio a year in 1 / RATIO_UNIT."""
    return int(policy.ratio(plan, class_name) * RATIO_UNIT)


def _lot_strata(frame: pl.DataFrame, policy: Policy, seed: str, region: str) -> list[Stratum]:
    """Strata by lot, rounded along their order so that sums over any run of them are exact to one visit."""
    by_lot = pl.col("placed") & ~pl.col("certain")
    groups = frame.group_by("group").agg(
        pl.col("class").first(), pl.col("plans").first(), enterprises=pl.len(), eligible=by_lot.sum()
    )
    strata = []
    running = number_of(seed, region, "rounding") % UNIT
    for name, class_name, text, enterprises, eligible in groups.sort("class", "group").iter_rows():
        expected = {
            plan: min(_ratio(policy, plan, own) * enterprises, eligible * UNIT) for plan, own in _plans_of(text).items()
        }
        u = running % UNIT
        drawn = {plan: (x + u) // UNIT for plan, x in expected.items()}
        strata.append(Stratum(name, class_name, enterprises, eligible, expected, drawn, certain=False))
        running += max(expected.values(), default=0)
    return strata


def _certain_strata(frame: pl.DataFrame, policy: Policy, seed: str, region: str) -> list[Stratum]:
    """Strata of visits that are due or were put off: everybody, and further plans for a share of them."""
    groups = (
        frame.filter("certain")
        .group_by("stratum")
        .agg(pl.col("class", "plans", "due", "carried_plans").first(), enterprises=pl.len())
    )
    strata = []
    for name, class_name, text, due_text, carried, count in groups.sort("stratum").iter_rows():
        everybody = count * UNIT
        due = _due_of(due_text)
        if not due:
            expected = dict.fromkeys(carried.split("+"), everybody)
        else:
            visits = max(due.values())
            expected = {
                plan: everybody
                if plan in due
                else min(round(Fraction(_ratio(policy, plan, own), RATIO_UNIT) / visits * everybody), everybody)
                for plan, own in _plans_of(text).items()
            }
        u = number_of(seed, region, "rounding", name) % UNIT
        drawn = {plan: (x + u) // UNIT for plan, x in expected.items()}
        strata.append(Stratum(name, class_name, count, count, expected, drawn, certain=True))
    return strata


def _plan_table(strata: Iterable[Stratum]) -> pl.DataFrame:
    rows = [
        (stratum.name, plan, number, stratum.expected[plan] / UNIT)
        for stratum in strata
        for plan, number in sorted(stratum.drawn.items())
    ]
    schema = {"stratum": pl.String, "plan": pl.String, "drawn": pl.Int64, "expected": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _stratum_table(strata: list[Stratum], plans: pl.DataFrame) -> pl.DataFrame:
    schema = {
        "stratum": pl.String, "class": pl.String, "enterprises": pl.Int64, "eligible": pl.Int64, "drawn": pl.Int64,
        "probability": pl.Float64, "certain": pl.Boolean,
    }  # fmt: skip
    rows = [
        (one.name, one.class_name, one.enterprises, one.eligible, one.visits, one.probability, one.certain)
        for one in strata
    ]
    named = plans.group_by("stratum").agg(plans=pl.col("plan").sort())
    return pl.DataFrame(rows, schema=schema, orient="row").join(named, on="stratum", how="left", maintain_order="left")


def _visits(places: pl.DataFrame, strata: list[Stratum], plans: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """One row per enterprise whose place the largest plan of its stratum reaches, with every plan that reaches it."""
    numbers = pl.DataFrame(
        [(one.name, one.visits, one.probability) for one in strata],
        schema={"stratum": pl.String, "last": pl.Int64, "certainty": pl.Float64},
        orient="row",
    )
    kinds = policy.kinds
    chosen = places.join(numbers, on="stratum").filter(pl.col("place") <= pl.col("last"))
    reached = (
        chosen.select("enterprise_id", "stratum", "place")
        .join(plans, on="stratum")
        .filter(pl.col("place") <= pl.col("drawn"))
        .select("enterprise_id", "plan")
    )
    # what was put off keeps its plans, also where something else has become due meanwhile
    kept = chosen.filter(pl.col("carried").is_not_null()).select(
        "enterprise_id", plan=pl.col("carried_plans").str.split("+")
    )
    named = (
        pl.concat([reached, kept.explode("plan")]).group_by("enterprise_id").agg(plans=pl.col("plan").unique().sort())
    )
    put_off = pl.col("carried").is_not_null()
    kept_kind = put_off & (pl.col("due") == "")
    kind = (
        pl.when(pl.col("due") != "")
        .then(pl.lit(kinds.statutory))
        .when(put_off)
        .then("carried_kind")
        .otherwise(pl.lit(kinds.lot))
    )
    return (
        chosen.drop("plans")
        .join(named, on="enterprise_id")
        .select(
            "enterprise_id",
            "class",
            "stratum",
            "plans",
            check_kind=kind,
            # a visit that was put off was drawn with the probability of its first draw
            probability=pl.when(kept_kind).then("carried_probability").otherwise("certainty"),
            place="place",
            order_hash="order_hash",
            carried_from="carried",
            times=pl.col("carried_times").fill_null(0),
        )
        .sort(pl.col("check_kind") != kinds.statutory, pl.col("carried_from").is_null(), "order_hash", "enterprise_id")
    )
