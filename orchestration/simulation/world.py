"""The invented province: enterprises with a latent risk, and who owns, heads and houses them.

Belongs here: what is true of an enterprise before any department records it.
Does not belong here: records (``records``), their files (``files``).

Everything is a column of numbers; nothing here depends on feeds, so a change of one feed leaves the province alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from orchestration.settings import Settings
from orchestration.simulation import identifiers, tails, words
from orchestration.simulation.chance import NEVER, Calendar, by_class, class_number, day, stream
from orchestration.simulation.places import Places, load_industries, load_places

TYPE_WEIGHTS = {
    "1130": 42.0,
    "1151": 18.0,
    "1100": 8.0,
    "1152": 4.0,
    "1220": 0.8,
    "1210": 0.06,
    "1110": 0.5,
    "1140": 0.9,
    "3100": 0.3,
    "3200": 0.4,
    "4530": 1.8,
    "4540": 4.0,
    "2100": 4.1,
    "2200": 0.4,
    "4550": 0.3,
    "6800": 0.1,
    "5100": 0.3,
    "6100": 0.5,
    "9100": 3.5,
    "9600": 10.0,
}
"""Shares of legal forms, per cent; individual businesses are few because the classed population is enterprises."""
SUFFIXES = {
    "1210": "股份有限公司",
    "1220": "股份有限公司",
    "4530": "合伙企业(有限合伙)",
    "4540": "厂",
    "3100": "总公司",
    "3200": "集体企业",
    "9100": "专业合作社",
    "9600": "经营部",
    "2100": "有限公司分公司",
    "2200": "股份有限公司分公司",
    "4550": "办事处",
    "6800": "分公司",
}
BRANCH_TYPES = ("2100", "2200", "4550", "6800")
FOOD_PRODUCTION, FOOD_SALE, CATERING = 1, 2, 3


@dataclass(frozen=True)
class World:
    """One column per fact; row k is enterprise k.

    Attributes:
        risk: latent risk 0..1 on the scale of the published classes (A below 0.2, D from 0.75).
        place: row of ``places``.  industry: row of ``industries``.
        entity: legal form.  capital: 万元, 0 for branches.  staff: number of staff.
        established, ended: days; ``ended`` is NEVER for the living.  ending: 0 alive, 2 revoked, 3 deregistered.
        head: number of the legal representative.  home: number of the address.  cluster: address is an approved one.
        shell: member of a shell group (same person, same unapproved address).
        parent: row of a branch's parent or -1.  owner: row of the enterprise that holds it or -1; few own in rings.
        food: 0 none, else production, sale, catering.  drug: sells or makes drugs.  hazard: special equipment likely.
        pilot: code fails its check digit and is legal.
    """

    seed: int
    calendar: Calendar
    places: Places
    industries: pl.DataFrame
    risk: np.ndarray
    place: np.ndarray
    industry: np.ndarray
    section: np.ndarray
    entity: np.ndarray
    capital: np.ndarray
    staff: np.ndarray
    established: np.ndarray
    ended: np.ndarray
    ending: np.ndarray
    head: np.ndarray
    home: np.ndarray
    cluster: np.ndarray
    shell: np.ndarray
    parent: np.ndarray
    owner: np.ndarray
    food: np.ndarray
    drug: np.ndarray
    hazard: np.ndarray
    pilot: np.ndarray
    uscc: pl.Series
    name: pl.Series
    former: pl.Series

    @property
    def count(self) -> int:
        """Number of enterprises."""
        return len(self.risk)

    @cached_property
    def latent_class(self) -> np.ndarray:
        """Latent class 0 (A) to 3 (D)."""
        return class_number(self.risk)

    @cached_property
    def branch(self) -> np.ndarray:
        """Whether each is a branch."""
        return self.parent >= 0

    @cached_property
    def company(self) -> np.ndarray:
        """Whether each has shareholders: not a branch, individual business, sole proprietorship or cooperative."""
        return ~np.isin(self.entity, [*BRANCH_TYPES, "9600", "4540", "9100", "3100"])

    @cached_property
    def born(self) -> np.ndarray:
        """Delivery month of the first record of each."""
        return self.calendar.month_of(self.established)

    def people(self, number: np.ndarray) -> pl.Series:
        """Identity numbers of persons."""
        return identifiers.identity_numbers(number, self.places.code)

    def holder(self, rows: np.ndarray, nth: np.ndarray | int) -> np.ndarray:
        """Number of the person who is the shareholder with the given place (0 to 3) of each, the head aside."""
        return 20 * self.count + 4 * rows + nth

    def address(self, home: np.ndarray, place: np.ndarray) -> pl.Series:
        """Addresses as text."""
        return words.addresses(home, self.places.text.gather(place))

    def alive_from(self, rows: np.ndarray) -> np.ndarray:
        """First day in history on which each of the rows exists."""
        return np.maximum(self.established[rows], self.calendar.start)

    def alive_to(self, rows: np.ndarray) -> np.ndarray:
        """Day after the last on which each of the rows exists in the simulation."""
        return np.minimum(self.ended[rows], self.calendar.end)


def _draw(rng: np.random.Generator, weight: np.ndarray, count: int) -> np.ndarray:
    bounds = np.cumsum(weight)
    return np.minimum(np.searchsorted(bounds / bounds[-1], rng.random(count), side="right"), len(weight) - 1)


def _risk(rng: np.random.Generator, count: int) -> np.ndarray:
    """Few bad ones: 63 % A, 29 % B, 5.5 % C, 2.5 % D."""
    return np.interp(rng.random(count), [0, 0.63, 0.92, 0.975, 1], [0.01, 0.2, 0.5, 0.75, 1])


def _lives(rng: np.random.Generator, calendar: Calendar, risk: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    count = len(risk)
    age = rng.gamma(1.6, 4.6, count) * 365.25 * (1.1 - 0.45 * risk)
    established = np.maximum(calendar.opening - 1 - age.astype(np.int64), day("1980-01"))
    new = rng.random(count) < 0.006 * calendar.months
    established = np.where(
        new, rng.integers(calendar.opening, max(calendar.end, calendar.opening + 1), count), established
    )
    rate = np.stack([0.028 + 0 * risk, by_class(risk, 0.001, 0.006, 0.03, 0.08)])
    wait = rng.exponential(1.0, (2, count)) / rate * 365.25
    ended = np.maximum(established, calendar.start) + 20 + wait.min(axis=0).astype(np.int64)
    ending = np.where(wait.argmin(axis=0) == 0, 3, 2)
    dead = ended < calendar.end
    return established, np.where(dead, ended, NEVER), np.where(dead, ending, 0)


def _same_person(rng: np.random.Generator, risk: np.ndarray, place: np.ndarray) -> tuple[np.ndarray, ...]:
    """Heads and homes: most alone, some persons with several firms, shell groups that share both."""
    count = len(risk)
    head, home = np.arange(count), np.arange(count)
    sharing = np.flatnonzero((rng.random(count) < 0.09) & (np.arange(count) > 0))
    head[sharing] = np.maximum(sharing - rng.integers(1, 4, len(sharing)), 0)
    neighbours = np.flatnonzero((rng.random(count) < 0.10) & (np.arange(count) > 0))
    home[neighbours] = neighbours - 1
    place[neighbours] = place[neighbours - 1]
    order = np.flatnonzero((risk > 0.38) & (rng.random(count) < 0.07))
    order = order[: len(order) // 14 * 14] if len(order) >= 14 else order
    leader = order[np.arange(len(order)) // 14 * 14]
    head[order], home[order], place[order] = leader, leader, place[leader]
    shell = np.zeros(count, dtype=bool)
    shell[order] = True
    hosted = np.flatnonzero((rng.random(count) < 0.02) & ~shell)
    hosts = max(len(hosted) // 60, 1)
    seat = hosted[rng.integers(0, hosts, len(hosted)) * (len(hosted) // hosts)] if len(hosted) else hosted
    home[hosted], place[hosted] = seat, place[seat]
    cluster = np.zeros(count, dtype=bool)
    cluster[hosted] = True
    return head, home, shell, cluster


def _plant_tails(
    rng: np.random.Generator,
    calendar: Calendar,
    *,
    risk: np.ndarray,
    entity: np.ndarray,
    established: np.ndarray,
    ending: np.ndarray,
    staff: np.ndarray,
    place: np.ndarray,
    shell: np.ndarray,
    head: np.ndarray,
    home: np.ndarray,
    parent: np.ndarray,
) -> None:
    """Gather branches into chains, firms under one person or at one address, in place; the latent risk stays."""
    living = (ending == 0) & (established < calendar.opening)
    elders = living & np.isin(entity, ["1130", "1151", "1100", "1152"]) & (established < calendar.start - 700)
    members, parents = tails.chains(rng, np.flatnonzero(living & (parent >= 0)), np.flatnonzero(elders), staff)
    parent[members] = parents
    able = living & (parent < 0) & ~shell & (head == np.arange(len(head))) & (risk > 0.2) & (risk < 0.45)
    firms, person = tails.heads(rng, np.flatnonzero(able), place, len(risk))
    head[firms] = person
    alone = living & (parent < 0) & ~shell & (np.bincount(home, minlength=len(home))[home] == 1)
    firms, host = tails.houses(rng, np.flatnonzero(alone & (risk > 0.1) & (risk < 0.6)), place, len(risk))
    home[firms], place[firms] = home[host], place[host]


def _plant_holdings(
    rng: np.random.Generator,
    *,
    able: np.ndarray,
    entity: np.ndarray,
    owner: np.ndarray,
) -> None:
    """Let enterprises own each other in pyramids of several levels and in rings, in place.

    A ring of enterprises with one holder (法人独资) has nobody above it; limited companies have persons beside it.
    """
    count = len(owner)
    held, above = tails.pyramids(rng, np.flatnonzero(able & (entity != "1152")), count)
    owner[held] = above
    free = able.copy()
    free[held], free[above] = False, False
    for sole in (True, False):
        held, above = tails.rings(rng, np.flatnonzero(free & ((entity == "1152") == sole)), count)
        owner[held] = above


def build_world(settings: Settings, enterprises: int, seed: int, calendar: Calendar) -> World:
    """Plant a province.

    Args:
        settings: reference data of the jurisdiction.
        enterprises: number of enterprises over the whole simulation, those that end or begin in it included.
        seed: the same seed gives the same province.
        calendar: the months.
    """
    rng = stream(seed, "world")
    places, industries = load_places(settings), load_industries(settings)
    risk = _risk(rng, enterprises)
    place = _draw(rng, places.weight, enterprises)
    industry = _draw(rng, industries["weight"].to_numpy(), enterprises)
    forms = np.array(list(TYPE_WEIGHTS))
    entity = forms[_draw(rng, np.array(list(TYPE_WEIGHTS.values())), enterprises)]
    established, ended, ending = _lives(rng, calendar, risk)
    head, home, shell, cluster = _same_person(rng, risk, place)
    partners = head != np.arange(enterprises)
    risk = np.where(partners & ~shell, 0.55 * risk + 0.45 * risk[head], risk)

    branch = np.isin(entity, BRANCH_TYPES)
    seniors = np.flatnonzero(~branch & (established < calendar.start - 700) & (ending == 0))
    elder = seniors[rng.integers(0, len(seniors), enterprises)]
    parent = np.where(branch, elder, -1)
    owned = np.isin(entity, ["1152", "1110", "1140", "1100", "1130"]) & (
        rng.random(enterprises) < np.where(entity == "1152", 1, 0.1)
    )
    wider = seniors[rng.integers(0, len(seniors), enterprises)]
    owner = np.where(owned & (wider < np.arange(enterprises)), wider, -1)
    risk = np.where(owner >= 0, 0.6 * risk + 0.4 * risk[owner], np.where(branch, 0.5 * risk + 0.5 * risk[elder], risk))

    large = np.select(
        [
            np.isin(entity, ["1210", "1220"]),
            np.isin(entity, ["1110", "1140", "3100", "6100", "5100"]),
            np.isin(entity, ["9600", "4540"]),
        ],
        [3.2, 1.8, -2.4],
        0.0,
    )
    size = rng.normal(0, 1, enterprises)
    capital = np.exp(4.9 + large + 1.3 * size + 0.3 * rng.normal(0, 1, enterprises))
    step = 10.0 ** np.floor(np.log10(np.maximum(capital, 1)))
    capital = np.where(branch, 0.0, np.maximum(np.round(capital / step), 1) * step)
    staff = np.exp(1.35 + 0.35 * large + 0.75 * size + 0.6 * rng.normal(0, 1, enterprises)).astype(np.int64)

    _plant_tails(
        stream(seed, "tails"),
        calendar,
        risk=risk,
        entity=entity,
        established=established,
        ending=ending,
        staff=staff,
        place=place,
        shell=shell,
        head=head,
        home=home,
        parent=parent,
    )

    ownable = np.isin(entity, ["1152", "1140", "1100", "1130"]) & (established < calendar.start) & (ending == 0)
    _plant_holdings(stream(seed, "holdings"), able=ownable, entity=entity, owner=owner)

    code, section = (
        industries["code"].to_numpy()[industry].astype("U4"),
        industries["section"].to_numpy()[industry].astype("U1"),
    )
    two, three = code.astype("U2"), code.astype("U3")
    food = np.select(
        [
            np.isin(two, ["13", "14", "15"]),
            (three == "522") | (three == "512") | np.isin(code, ["5211", "5212", "5213"]),
            two == "62",
        ],
        [FOOD_PRODUCTION, FOOD_SALE, CATERING],
        0,
    )
    pilot = np.zeros(enterprises, dtype=bool)
    pilot[rng.integers(0, enterprises, 1 + enterprises // 20_000)] = True
    kind = np.select([entity == "9600", entity == "9100"], [ord("2"), ord("3")], ord("1"))
    codes = identifiers.uscc(np.arange(enterprises) + seed % 1000 * 31**4 // 7, kind, places.code[place])
    spoiled = np.flatnonzero(pilot)
    codes = codes.scatter(spoiled, identifiers.wrong_check(codes.gather(spoiled)))
    name, former = words.company_names(
        stream(seed, "names"), places.city.gather(place), section, _suffix(forms, entity)
    )
    return World(
        seed=seed,
        calendar=calendar,
        places=places,
        industries=industries,
        risk=risk,
        place=place,
        industry=industry,
        section=section,
        entity=entity,
        capital=capital,
        staff=staff,
        established=established,
        ended=ended,
        ending=ending,
        head=head,
        home=home,
        cluster=cluster,
        shell=shell,
        parent=parent,
        owner=owner,
        food=food,
        drug=(two == "27") | (three == "525") | (three == "515"),
        hazard=np.isin(section, ["B", "C", "D"]) | np.isin(two, ["61", "70", "84"]),
        pilot=pilot,
        uscc=codes,
        name=name,
        former=former,
    )


def _suffix(forms: np.ndarray, entity: np.ndarray) -> pl.Series:
    """Legal form at the end of the name."""
    order = np.argsort(forms)
    place = order[np.searchsorted(forms[order], entity)]
    return pl.Series([SUFFIXES.get(str(form), "有限公司") for form in forms]).gather(place)
