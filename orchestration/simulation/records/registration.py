"""C01 registration: base records, changes, persons, shareholders, branches, endings, cluster addresses.

Belongs here: the rows of the eight registration feeds.  Does not belong here: how they are written to files.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from orchestration.simulation import words
from orchestration.simulation.chance import NEVER, by_class, dates, day, numbers, pick, versions, where
from orchestration.simulation.facts import Changes, Part, changes
from orchestration.simulation.stakes import Stakes, stakes
from orchestration.simulation.world import World


def _state(
    world: World,
    rows: np.ndarray,
    held: dict[str, np.ndarray],
    *,
    state: np.ndarray,
    approved: np.ndarray,
    seen: int,
) -> pl.DataFrame:
    """Base records of ``rows`` as they stand."""
    foreign = np.isin(world.entity[rows], ["6100", "5100"])
    currency = where(foreign, "美元", where(rows * 7919 % 10 < 5, "人民币", None))
    term = np.where(rows * 104_729 % 10 < 4, world.established[rows] + 20 * 365 + 5, NEVER)
    parent = world.parent[rows]
    codes = world.industries["code"].gather(world.industry[rows])
    scope = words.join(a=words.choose(words.SCOPES, rows), b="；", c=words.choose(words.SCOPES, rows // 7 + 3), d="。")
    return pl.DataFrame(
        {
            "enterprise_id": world.uscc.gather(rows),
            "enterprise_name": where(held["renamed"][rows], world.former.gather(rows), world.name.gather(rows)),
            "former_names": where(held["renamed"][rows], world.name.gather(rows), None),
            "entity_type": pl.Series(world.entity[rows]),
            "state": pl.Series(state).cast(pl.String),
            "established_on": dates(world.established[rows]),
            "term_from": dates(world.established[rows]),
            "term_to": dates(term),
            "registered_capital": numbers(held["capital"][rows], ~world.branch[rows]),
            "capital_currency": currency,
            "address": world.address(held["home"][rows], world.place[rows]),
            "district_code": words.text(world.places.code[world.place[rows]]),
            "business_scope": scope,
            "industry_section": pl.Series(world.section[rows]),
            "industry_code": codes,
            "legal_rep_id": world.people(held["head"][rows]),
            "parent_id": where(parent >= 0, world.uscc.gather(np.maximum(parent, 0)), None),
            "approved_on": dates(approved),
            "_seen": np.full(len(rows), seen),
        }
    )


def base(world: World, part: Part) -> pl.DataFrame:
    """The register before the first month, then each new state of a record in the month in which it was approved."""
    drawn = changes(world, part)
    held = {
        "head": world.head.astype(float),
        "home": world.home.astype(float),
        "capital": world.capital.copy(),
        "renamed": np.zeros(world.count, dtype=bool),
    }
    past = drawn.day < world.calendar.opening
    approved = world.established.copy()
    approved[drawn.row[past]] = drawn.day[past]
    old = part.rows[(world.born[part.rows] == 0) & (world.ended[part.rows] > world.calendar.start)]
    over = world.ended[old] < world.calendar.opening
    approved[old] = np.where(over, world.ended[old], approved[old])
    state = np.where(over, world.ending[old], 1)
    states = [_state(world, old, _whole(held), state=state, approved=approved[old], seen=0)]
    month_of_change, month_of_end = world.calendar.month_of(drawn.day), world.calendar.month_of(world.ended[part.rows])
    for month in range(1, world.calendar.months + 1):
        now = ~past & (month_of_change == month)
        apply(held, drawn, now)
        approved[drawn.row[now]] = drawn.day[now]
        new = part.rows[world.born[part.rows] == month]
        approved[new] = np.maximum(approved[new], world.established[new])
        gone = part.rows[month_of_end == month]
        approved[gone] = world.ended[gone]
        touched = np.unique(np.concatenate([drawn.row[now], new, gone]))
        ended = world.ended[touched] < world.calendar.end
        over = ended & (world.calendar.month_of(world.ended[touched]) <= month)
        state = np.where(over, world.ending[touched], 1)
        states.append(_state(world, touched, _whole(held), state=state, approved=approved[touched], seen=month))
    return pl.concat(states)


def apply(held: dict[str, np.ndarray], drawn: Changes, now: np.ndarray) -> None:
    """Carry the marked changes into the register; of several the last stands."""
    for item, name in (("03", "head"), ("02", "home"), ("04", "capital")):
        mask = now & (drawn.item == item)
        held[name][drawn.row[mask]] = drawn.after[mask]
    mask = now & (drawn.item == "01")
    held["renamed"][drawn.row[mask]] = drawn.after[mask] > 0


def _whole(held: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return held | {name: held[name].astype(np.int64) for name in ("head", "home")}


def change_log(world: World, part: Part) -> pl.DataFrame:
    """Each change with its content before and after; one row per enterprise, item, day and content."""
    drawn = changes(world, part)
    person, home, money = (drawn.item == item for item in ("03", "02", "04"))
    place = world.place[drawn.row]
    columns = {}
    for name, value in (("value_before", drawn.before), ("value_after", drawn.after)):
        whole = np.where(money, 0, value).astype(np.int64)
        content = where(person, words.person_names(whole), None)
        content = where(home, world.address(whole, place), content)
        amount = pl.Series(value).round(4).cast(pl.String)
        content = where(money, words.join(a=amount, b="万元"), content)
        content = where(
            drawn.item == "05", words.choose(words.SCOPES, drawn.row + drawn.day + (name == "value_after")), content
        )
        content = where(drawn.item == "06", words.person_names(drawn.row * 3 + (name == "value_after")), content)
        names = where(value > 0, world.former.gather(drawn.row), world.name.gather(drawn.row))
        content = where(drawn.item == "01", names, content)
        columns[name] = where(drawn.item == "99", words.join(a="备案", b=words.text(drawn.day)), content)
    frame = pl.DataFrame(
        {"enterprise_id": world.uscc.gather(drawn.row), "change_item": pl.Series(drawn.item)}
        | columns
        | {"changed_on": dates(drawn.day), "_seen": world.calendar.month_of(drawn.day)}
    )
    # what rounding leaves as it was is no change of capital
    frame = frame.filter((pl.col("change_item") != "04") | (pl.col("value_before") != pl.col("value_after")))
    return frame.unique(
        ["enterprise_id", "change_item", "changed_on", "value_after"], keep="first", maintain_order=True
    )


def persons(world: World, part: Part) -> pl.DataFrame:
    """Legal representatives, directors, supervisors and managers in office, and heads who left."""
    rng = part.stream(world, "c01_persons")
    drawn = changes(world, part)
    mask = drawn.item == "03"
    order = np.lexsort((drawn.day[mask], drawn.row[mask]))
    row, day, before, after = (a[mask][order] for a in (drawn.row, drawn.day, drawn.before, drawn.after))
    first = np.ones(len(row), dtype=bool)
    first[1:] = row[1:] != row[:-1]
    last = np.ones(len(row), dtype=bool)
    last[:-1] = first[1:]
    until = np.where(last, NEVER, np.append(day[1:], NEVER)) if len(row) else day
    original = world.head[part.rows].astype(np.int64)
    left = np.full(len(part.rows), NEVER)
    left[row[first] - part.rows[0]] = day[first]
    original[row[first] - part.rows[0]] = before[first].astype(np.int64)
    extra = np.repeat(part.rows, np.where(world.company[part.rows], rng.poisson(1.9, len(part.rows)), 0))
    nth = 10 * world.count + 6 * part.rows[0] + np.arange(len(extra))
    kin = rng.random(len(extra)) < 0.05
    who = np.where(kin, world.head[np.maximum(extra - 2, 0)], nth)
    rows = np.concatenate([part.rows, row, extra])
    person = np.concatenate([original, after.astype(np.int64), who])
    since = np.concatenate([world.established[part.rows], day, world.established[extra]])
    ends = np.concatenate([left, until, np.full(len(extra), NEVER)])
    position = pl.concat(
        [
            pl.Series(["01"]).gather(np.zeros(len(part.rows) + len(row), dtype=np.int64)),
            pick(rng, ["02", "03", "04"], [0.4, 0.35, 0.25], len(extra)),
        ]
    )
    frame = pl.DataFrame(
        {
            "enterprise_id": world.uscc.gather(rows),
            "person_id": world.people(person),
            "person_name": words.person_names(person),
            "position": position,
            "appointed_on": dates(since),
            "left_on": dates(ends),
            "_seen": world.calendar.month_of(since),
        }
    ).unique(["enterprise_id", "person_id", "position", "appointed_on"], keep="first", maintain_order=True)
    return versions(frame, world.calendar, "left_on", {})


def shareholders(world: World, part: Part) -> pl.DataFrame:
    """One to four holders of each company; an owning enterprise holds 26 to 100 per cent; few have many small ones."""
    rng = part.stream(world, "c01_shareholders")
    own = part.rows[world.company[part.rows]]
    owned = world.owner[own] >= 0
    alone = np.isin(world.entity[own], ["1151", "1152", "1110"])
    count = np.where(alone, 1, 1 + np.minimum(rng.poisson(1.2, len(own)), 3))
    rows = np.repeat(own, count)
    nth = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count)
    firm = (nth == 0) & np.repeat(owned, count)
    weight = rng.gamma(1.2, 1.0, len(rows)) + 0.05 + np.where(firm, 2.0, 0)
    share = weight / np.repeat(np.add.reduceat(weight, np.cumsum(count) - count), count) if len(rows) else weight
    person = np.where((nth == 0) & ~firm, world.head[rows], world.holder(rows, nth))
    kin = (nth == 1) & (rng.random(len(rows)) < 0.06)
    person = np.where(kin, world.head[np.maximum(rows - 1, 0)], person)
    since = world.established[rows] + np.where(rng.random(len(rows)) < 0.25, rng.integers(0, 2000, len(rows)), 0)
    since = np.where(since < np.minimum(world.calendar.end, world.ended[rows]), since, world.established[rows])
    left = np.where((rng.random(len(rows)) < 0.06) & (nth > 0), since + rng.integers(200, 3000, len(rows)), NEVER)
    left = np.where(left < world.calendar.end, left, NEVER)
    small = stakes(world)
    share = share * (1 - np.bincount(small.held, small.share, world.count)[rows])
    subscribed = np.round(share * world.capital[rows], 4)
    kinds, until = _subscriptions(world, part, rows, since, firm=firm)
    paid = np.round(subscribed * np.clip(rng.normal(0.6, 0.4, len(rows)), 0, 1), 4)
    frame = pl.DataFrame(
        {
            "enterprise_id": world.uscc.gather(rows),
            "holder_kind": where(firm, "2", "1"),
            "holder_id": where(firm, world.uscc.gather(np.maximum(world.owner[rows], 0)), world.people(person)),
            "subscribed_capital": subscribed,
            "paid_in_capital": numbers(paid, rng.random(len(rows)) < 0.8),
            "share": np.round(share, 4),
            "investor_type": kinds,
            "subscribed_until": until,
            "contributed_on": dates(since),
            "left_on": dates(left),
            "_seen": world.calendar.month_of(since),
        }
    )
    frame = pl.concat([frame, _stakes(world, part, small, frame.columns)])
    frame = frame.unique(["enterprise_id", "holder_id", "contributed_on"], keep="first", maintain_order=True)
    return versions(frame, world.calendar, "left_on", {})


def _stakes(world: World, part: Part, small: Stakes, columns: list[str]) -> pl.DataFrame:
    """Records of the small stakes that enterprises hold, all paid in."""
    here = np.isin(small.held, part.rows)
    held, holder, share = small.held[here], small.holder[here], small.share[here]
    since = np.maximum(world.established[held], world.established[holder]) + 30
    amount = np.round(share * world.capital[held], 4)
    return pl.DataFrame(
        {
            "enterprise_id": world.uscc.gather(held),
            "holder_kind": words.choose(["2"], held),
            "holder_id": world.uscc.gather(holder),
            "subscribed_capital": amount,
            "paid_in_capital": amount,
            "share": share,
            "investor_type": words.choose(["20"], held),
            "subscribed_until": dates(since + 1826),
            "contributed_on": dates(since),
            "left_on": dates(np.full(len(held), NEVER)),
            "_seen": world.calendar.month_of(since),
        }
    ).select(columns)


def _subscriptions(
    world: World, part: Part, rows: np.ndarray, since: np.ndarray, *, firm: np.ndarray
) -> tuple[pl.Series, pl.Series]:
    """What each holder is, a few not told, and the day by which the capital must be paid in.

    Nominees stand before shells and the risky; some foreign firms are held through empty companies overseas. Terms run
    five years since the law limits them, and up to thirty in older articles of association.

    Args:
        world: the province.
        part: the slice.
        rows: the enterprise of each holder.
        since: day on which each took the share.
        firm: whether the holder is an enterprise.
    """
    rng = part.stream(world, "c01_shareholders/subscriptions")
    chance = rng.random((3, len(rows)))
    owner = world.entity[np.maximum(world.owner[rows], 0)]
    state = np.isin(owner, ["1110", "1140", "3100"]) | np.isin(world.entity[rows], ["1110", "1140"])
    foreign = np.isin(world.entity[rows], ["5100", "6100", "6800"])
    nominee = by_class(world.risk[rows], 0.001, 0.005, 0.02, 0.04) * np.where(world.shell[rows], 5, 1)
    kind = np.select(
        [firm & state, firm & (owner == "1210"), firm, foreign & (chance[0] < 0.12), foreign & (chance[0] < 0.8)],
        ["21", "22", "20", "35", "30"],
        np.where(chance[0] < nominee, "36", "10"),
    )
    limited = since >= day("2024-07")
    years = np.where(limited, 1 + 4 * chance[1], np.array([5, 10, 20, 30])[(chance[1] * 4).astype(np.int64)])
    until = since + (years * 365.25).astype(np.int64)
    return where(chance[2] < 0.96, pl.Series(kind), None), dates(until, chance[2] < 0.9)


def branches(world: World, part: Part) -> pl.DataFrame:
    """Branches under their parents; a branch that is deregistered is closed."""
    rows = part.rows[world.branch[part.rows]]
    ended = world.ended[rows]
    frame = pl.DataFrame(
        {
            "enterprise_id": world.uscc.gather(world.parent[rows]),
            "branch_id": world.uscc.gather(rows),
            "branch_name": world.name.gather(rows),
            "opened_on": dates(world.established[rows]),
            "closed_on": dates(np.where(ended < world.calendar.end, ended, NEVER)),
            "_seen": world.born[rows],
        }
    )
    return versions(frame, world.calendar, "closed_on", {})


def _endings(world: World, part: Part, ending: int) -> np.ndarray:
    return part.rows[(world.ending[part.rows] == ending) & (world.ended[part.rows] < world.calendar.end)]


def deregistrations(world: World, part: Part) -> pl.DataFrame:
    """Enterprises that ended by their own decision."""
    rng, rows = part.stream(world, "c01_deregistrations"), _endings(world, part, 3)
    return pl.DataFrame(
        {
            "enterprise_id": world.uscc.gather(rows),
            "deregistered_on": dates(world.ended[rows]),
            "reason": pick(rng, words.REASONS, [6, 1, 2, 1], len(rows)),
            "_seen": world.calendar.month_of(world.ended[rows]),
        }
    )


def revocations(world: World, part: Part) -> pl.DataFrame:
    """Enterprises whose business licence was revoked, with the person who headed them."""
    rows = _endings(world, part, 2)
    return pl.DataFrame(
        {
            "enterprise_id": world.uscc.gather(rows),
            "revoked_on": dates(world.ended[rows]),
            "reason": words.choose(
                ["连续两年未报送年度报告", "成立后无正当理由超过六个月未开业", "提交虚假材料取得登记"], rows
            ),
            "legal_rep_id": world.people(world.head[rows]),
            "_seen": world.calendar.month_of(world.ended[rows]),
        }
    )


def cluster_addresses(world: World, part: Part) -> pl.DataFrame:
    """Addresses approved for many enterprises; each is recorded with the part that holds its first enterprise."""
    homes = world.home[np.flatnonzero(world.cluster)]
    first = np.unique(homes)
    rows = first[(first >= part.rows[0]) & (first <= part.rows[-1])]
    rng = part.stream(world, "c01_cluster_addresses")
    approved = (
        world.calendar.start
        - rng.integers(0, 900, len(rows))
        + ((rng.random(len(rows)) < 0.3) & (np.arange(len(rows)) > 0)) * 1500
    )
    approved = np.minimum(approved, world.calendar.end - 5)
    return pl.DataFrame(
        {
            "address": world.address(world.home[rows], world.place[rows]),
            "district_code": words.text(world.places.code[world.place[rows]]),
            "host_name": words.join(
                a=words.choose(words.BRAND_FIRST, rows), b=words.choose(words.BRAND_SECOND, rows), c="商务秘书有限公司"
            ),
            "approved_on": dates(approved),
            "ended_on": dates(np.full(len(rows), NEVER)),
            "_seen": world.calendar.month_of(approved),
        }
    )
