"""The names known at the end of a month: registered, former and derived short ones, with what tells namesakes apart.

Belongs here: from raw registrations to the tables ``enterprises`` and ``names`` of one month.
Does not belong here: how a name is read (``spelling``), how it is found in a text (``web.match``).

Only rows received by the end of the month are read, so a past month keeps its names. Enterprises that have ended keep
their names: texts and records still speak of them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from orchestration.feeds.codes import reference
from orchestration.lake import scratch
from orchestration.resolution import spelling
from orchestration.resolution.known import as_known
from orchestration.resolution.policy import Policy, ShortName, ShortNames, load_policy
from orchestration.resolution.store import ENTERPRISES, NAMES, Partition
from orchestration.settings import Settings, month_check, month_shift, region_names

NAME_CHANGE = "01"
"""Code of a change of name in the code list change_items."""
HEAD = "01"
"""Code of the legal representative or head in the code list positions."""
STYLES = ("full", "former", "core", "place_brand", "brand")
"""Strongest first; of several styles of one spelling the strongest counts."""
STREET = r"([^\d\s,;()省市区县镇乡]{2,12}?(?:路|街|大道|巷|胡同|道|弄)\d{1,5}号)"
"""Street and number in a canonical address or text."""
CROWDED = "crowded"
"""Style of a spelling that more enterprises are called by than the policy allows; it means nobody."""
AT_ONCE = 250_000
"""Enterprises whose names are put in order at once: sorting needs several times what is sorted."""
SEPARATORS = "[;；,，、|]"

Say = Callable[[str], None]


class NamesError(ValueError):
    """The names of a month are not there; one sentence says what to run."""


@dataclass(frozen=True)
class Names:
    """The names of one month.

    Attributes:
        month: YYYY-MM.
        enterprises: columns of ``store.ENTERPRISES``.
        names: columns of ``store.NAMES``, without the spellings that too many are called by.
    """

    month: str
    enterprises: pl.DataFrame
    names: pl.DataFrame

    def flat(self) -> pl.DataFrame:
        """One row per enterprise and name, with what tells namesakes apart: names joined to their enterprises."""
        return self.names.join(
            self.enterprises.drop("name", "name_key"), on="enterprise_id", how="inner", maintain_order="left"
        )


@dataclass(frozen=True)
class NamesSummary:
    """What ``build_names`` made: enterprises, living ones, names by style, spellings that several enterprises share."""

    month: str
    enterprises: int
    alive: int
    by_style: dict[str, int]
    shared: int


def enterprise_table(base: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """The table ``enterprises`` from registrations.

    Args:
        base: ``enterprise_id``, ``name``, ``address``, ``district_code``, ``section``, ``person_id``, ``alive``.
        settings: word lists, districts.
    """
    regions = {row["district_code"]: row["region_code"] for row in reference(settings, "districts.csv")}
    regions |= {code: code for code in region_names(settings)}
    parts = spelling.parts(base["name"], settings)
    address = address_keys(base["address"], settings)
    return (
        base.hstack(parts)
        .hstack(address)
        .with_columns(
            name_key=pl.col("key"),
            region_code=pl.col("district_code").replace_strict(regions, default=None, return_dtype=pl.String),
        )
        .select(list(ENTERPRISES))
        .sort("enterprise_id")
        .cast(dict(ENTERPRISES))  # type: ignore[arg-type]
    )


def address_keys(addresses: pl.Series, settings: Settings) -> pl.DataFrame:
    """Columns ``address_key``, the canonical address without its place, and ``street_key``, street and number."""
    key = spelling.name_key(addresses, settings)
    bare = spelling.without_place(key, settings)
    return pl.DataFrame({"address_key": bare}).with_columns(
        address_key=pl.when(pl.col("address_key") != "").then("address_key"),
        street_key=pl.col("address_key").str.extract(STREET),
    )


def name_table(enterprises: pl.DataFrame, former: pl.DataFrame, settings: Settings, policy: Policy) -> pl.DataFrame:
    """The table ``names``: every name by which an enterprise may be meant.

    Args:
        enterprises: columns of ``ENTERPRISES``.
        former: ``enterprise_id`` and ``name``, in any spelling, repeats allowed.
        settings: word lists.
        policy: which short names are used.
    """
    short = policy.short_names
    ordered = enterprises.sort("enterprise_id")
    parts = list(ordered.iter_slices(AT_ONCE)) or [ordered]
    # what is not registered, before the first enterprise or after the last, goes with the nearest
    bounds = ["", *(part["enterprise_id"][0] for part in parts[1:]), chr(sys.maxunicode)]
    borne_by = pl.col("enterprise_id")
    named = pl.concat(
        _named(part, former.filter(borne_by.is_between(pl.lit(begin), pl.lit(end), closed="left")), settings, short)
        for part, (begin, end) in zip(parts, pairwise(bounds), strict=True)
    )
    limits = {style: getattr(short, style).most_shares for style in ("core", "place_brand", "brand")}
    shared = named.with_columns(shares=pl.len().over("name_key").cast(pl.UInt32))
    most = pl.col("style").replace_strict(limits, default=2**31, return_dtype=pl.Int64)
    # what too many are called stays as a spelling that means nobody, or a shorter name would be found in its place
    crowded = (
        shared.filter((pl.col("shares") > most) & pl.col("style").is_in(["core", "place_brand"]))
        .unique("name_key", keep="first", maintain_order=True)
        .with_columns(enterprise_id=pl.lit(None, dtype=pl.String), style=pl.lit(CROWDED))
    )
    taken = shared.filter(pl.col("shares") <= most)
    return pl.concat([taken, crowded.join(taken, on="name_key", how="anti")]).select(list(NAMES))


def _named(enterprises: pl.DataFrame, former: pl.DataFrame, settings: Settings, short: ShortNames) -> pl.DataFrame:
    """The names of some enterprises, each once, in the order of enterprise and name."""
    full = enterprises.select("enterprise_id", "name", "name_key", kind=pl.lit("full"), style=pl.lit("full"))
    earlier = former.with_columns(name_key=spelling.name_key(former["name"], settings)).select(
        "enterprise_id", "name", "name_key", kind=pl.lit("former"), style=pl.lit("former")
    )
    # of a branch only the whole name counts: what is left without its form is its parent's name
    derive = enterprises.filter(~pl.col("branch") & (pl.col("form") != ""))
    cities = {code: name.split(" ")[0].removesuffix("市") for code, name in region_names(settings).items()}
    city = pl.col("region_code").replace_strict(cities, default=None, return_dtype=pl.String)
    pieces = [
        _short(derive, pl.when(pl.col("trade") != "").then("core"), "core", short.core),
        _short(derive, city + pl.col("brand"), "place_brand", short.place_brand),
        _short(derive, city + pl.lit("市") + pl.col("brand"), "place_brand", short.place_brand),
        _short(derive, pl.col("brand"), "brand", short.brand),
    ]
    order = pl.col("style").replace_strict({style: at for at, style in enumerate(STYLES)}, return_dtype=pl.Int8)
    return (
        pl.concat([full, earlier.filter(pl.col("name_key") != ""), *pieces])
        .with_columns(order=order)
        .sort("enterprise_id", "name_key", "order", "name")
        .unique(["enterprise_id", "name_key"], keep="first", maintain_order=True)
    )


def _short(frame: pl.DataFrame, name: pl.Expr, style: str, rule: ShortName) -> pl.DataFrame:
    made = frame.select("enterprise_id", name=name).drop_nulls("name")
    return made.filter(pl.col("name").str.len_chars() >= rule.least_characters).select(
        "enterprise_id", "name", name_key=pl.col("name"), kind=pl.lit("short"), style=pl.lit(style)
    )


def _read(settings: Settings, month: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Registrations and other names borne, as known at the end of the month."""
    end = f"{month_shift(month, 1)}-01"
    with scratch(settings) as connection:
        base = as_known(
            connection,
            settings,
            "c01_base",
            month,
            [
                "enterprise_id", "enterprise_name", "former_names", "state", "established_on", "address",
                "district_code", "industry_section", "legal_rep_id",
            ],
        )  # fmt: skip
        changes = as_known(
            connection,
            settings,
            "c01_changes",
            month,
            ["enterprise_id", "value_before", "value_after"],
            where="change_item = $item AND changed_on < CAST($end AS DATE)",
            item=NAME_CHANGE,
            end=end,
        )
        ended = [
            as_known(connection, settings, feed, month, ["enterprise_id"], where=f"{day} < CAST($end AS DATE)", end=end)
            for feed, day in (("c01_deregistrations", "deregistered_on"), ("c01_revocations", "revoked_on"))
        ]
        heads = as_known(
            connection,
            settings,
            "c01_persons",
            month,
            ["enterprise_id", "person_id", "appointed_on"],
            where="position = $head AND appointed_on < CAST($end AS DATE) "
            "AND (left_on IS NULL OR left_on >= CAST($end AS DATE))",
            head=HEAD,
            end=end,
        )
    gone = pl.concat([one.select("enterprise_id") for one in ended])
    head = (
        heads.sort("enterprise_id", "appointed_on", "person_id")
        .unique("enterprise_id", keep="last", maintain_order=True)
        .select("enterprise_id", head="person_id")
    )
    living = (
        (pl.col("state") == "1") & (pl.col("established_on") < pl.lit(end).str.to_date()) & pl.col("gone").is_null()
    )
    base = base.join(head, on="enterprise_id", how="left").join(
        gone.select("enterprise_id", gone=True).unique(), on="enterprise_id", how="left"
    )
    registered = base.select(
        "enterprise_id",
        "address",
        "district_code",
        "former_names",
        name="enterprise_name",
        section="industry_section",
        person_id=pl.coalesce("legal_rep_id", "head"),
        alive=living.fill_null(False),
    )
    lists = registered.select(
        "enterprise_id", name=pl.col("former_names").str.replace_all(SEPARATORS, ";").str.split(";")
    )
    borne = pl.concat(
        [
            lists.explode("name"),
            changes.select("enterprise_id", name="value_before"),
            changes.select("enterprise_id", name="value_after"),
        ]
    )
    borne = borne.drop_nulls("name").filter(pl.col("enterprise_id").is_in(registered["enterprise_id"].implode()))
    return registered.drop("former_names"), borne


def build_names(settings: Settings, month: str, say: Say = lambda _: None) -> NamesSummary:
    """Make the names of a month from the raw registrations and keep them under ``lake/resolution/names``.

    Args:
        settings: whose lake.
        month: YYYY-MM; nothing received later is read.
        say: takes lines of progress.

    Raises:
        PolicyError, WordError: data/resolution cannot be used.
    """
    policy = load_policy(settings, month_check(month))
    registered, borne = _read(settings, month)
    say(f"{registered.height:,} enterprises and {borne.height:,} other names borne are known at the end of {month}")
    enterprises = enterprise_table(registered, settings)
    names = name_table(enterprises, borne, settings, policy)
    summary = NamesSummary(
        month=month,
        enterprises=enterprises.height,
        alive=int(enterprises["alive"].sum()),
        by_style=dict(sorted(names["style"].value_counts().iter_rows())),
        shared=int(names.filter(pl.col("shares") > 1)["name_key"].n_unique()),
    )
    Partition(settings, "names", month).replace(
        {"enterprises": enterprises, "names": names}, vars(summary) | {"policy": policy.version}
    )
    say(f"{names.height:,} names: {', '.join(f'{style} {count:,}' for style, count in summary.by_style.items())}")
    return summary


def read_names(settings: Settings, month: str) -> Names:
    """The names of a month.

    Raises:
        NamesError: they have not been made.
    """
    kept = Partition(settings, "names", month)
    if not kept.exists():
        raise NamesError(f"The names of {month} are not there ({kept.folder}); run the step names of that month first.")
    return Names(month, kept.read("enterprises"), kept.read("names").drop_nulls("enterprise_id"))
