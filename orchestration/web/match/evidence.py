"""Who may be meant by an occurrence, and what speaks for and against each.

Belongs here: candidates of a mention and their findings, in the words of ``resolution.policy``.
Does not belong here: what findings are worth (``resolution.weigh``), the search (``search``).

Occurrences of one spelling in one text are one mention: what speaks for it may stand beside any of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration.resolution.store import Partition
from orchestration.settings import Settings
from orchestration.web.match.automaton import Kept, of_month
from orchestration.web.match.lexicon import Lexicon, places_in
from orchestration.web.match.search import WORD

SHORT = ("core", "place_brand", "brand")
FOUND = ("name", "place", "address", "trade", "told", "standing", "left", "right")
"""Columns of findings that texts give."""


@dataclass(frozen=True)
class Register:
    """The names of a month in the form in which candidates are looked up.

    Attributes:
        kept: the automaton, and who bears each of its spellings.
        enterprises: enterprise_id, name, district_code, region_code, trade, form, street_key, alive, and
            ``unplaced``: its name begins with no place.
    """

    kept: Kept
    enterprises: pl.DataFrame

    @classmethod
    def of_month(cls, settings: Settings, month: str, say: Callable[[str], None]) -> Register:
        """Open what is kept of a month; made where it is not there yet.

        Raises:
            NamesError: the names of the month have not been made.
        """
        kept = of_month(settings, month, say)
        few = ["district_code", "region_code", "trade", "form"]
        enterprises = (
            pl.scan_parquet(Partition(settings, "names", month).folder / "enterprises.parquet")
            .select(
                "enterprise_id",
                "name",
                *(pl.col(name).cast(pl.Categorical) for name in few),
                "street_key",
                "alive",
                unplaced=pl.col("place") == "",
            )
            .collect()
        )
        return cls(kept, enterprises)

    def about(self, bearers: pl.Series, *columns: str) -> pl.DataFrame:
        """Columns of the enterprises in these rows; words as text."""
        rows = self.enterprises.select(columns)[bearers]
        return rows.with_columns(pl.col(pl.Categorical).cast(pl.String))

    def bearers(self, patterns: np.ndarray) -> tuple[np.ndarray, pl.DataFrame]:
        """For these patterns: place in the argument, and ``bearer`` and ``style``, of everybody who bears one."""
        first = self.kept.first
        count = first[patterns + 1] - first[patterns]
        which = np.repeat(np.arange(len(patterns)), count)
        offset = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
        rows = self.kept.bearers[pl.Series(first[patterns][which] + offset)]
        return which, rows.with_columns(pl.col("style").cast(pl.String))


def mentions(occurrences: pl.DataFrame) -> pl.DataFrame:
    """Occurrences of one spelling in one text as one row: place of the first, and ``mention`` as its number."""
    return (
        occurrences.group_by("row", "pattern", maintain_order=True)
        .agg(pl.col("start").first(), pl.col("end").first())
        .with_row_index("mention")
    )


def boundaries(occurrences: pl.DataFrame, known: Lexicon) -> pl.DataFrame:
    """Adds to occurrences with their surroundings what the boundaries show.

    ``beside``: code of a place that ends right before the name; ``loose``: a character stands before it that may belong
    to it; ``longer``: what follows makes it part of a longer name; ``branch``: a branch's form follows; ``after``:
    trade words that follow; ``further``: a character or two and then a trade word follow.
    """
    found = places_in(occurrences["left"], known)
    edge = found.join(
        occurrences.select(row_left=pl.int_range(pl.len(), dtype=pl.UInt32), size=pl.col("left").str.len_chars()),
        left_on="row",
        right_on="row_left",
    ).filter(pl.col("end") == pl.col("size"))
    frame = occurrences.with_row_index("occurrence").join(
        edge.select(occurrence="row", beside="place"), on="occurrence", how="left", maintain_order="left"
    )
    return frame.with_columns(
        loose=pl.col("left").str.contains(WORD)
        & pl.col("beside").is_null()
        & ~pl.col("left").str.contains(known.before),
        longer=pl.col("right").str.contains(known.longer),
        branch=pl.col("right").str.contains(known.branch),
        after=pl.col("right").str.extract(known.trade, 1),
        further=pl.col("right").str.contains(known.further),
    )


def candidates(
    occurrences: pl.DataFrame, told: pl.DataFrame, told_places: pl.DataFrame, register: Register, known: Lexicon
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Candidates of all mentions with their findings.

    Args:
        occurrences: from ``search.surroundings``.
        told: ``row`` and ``bearer``: enterprises that a text names by their code.
        told_places: ``row`` and ``place`` (six digits): where the site itself says that the text belongs.
        register: names of the month.
        known: the lexicon.

    Returns:
        Mentions (``mention``, ``row``, ``pattern``, ``start``, ``end``), and candidates (``mention``, ``row``,
        ``bearer``, columns of ``FOUND``), one row per mention and enterprise.
    """
    seen = boundaries(occurrences, known)
    meant = mentions(seen)
    which, borne = register.bearers(meant["pattern"].to_numpy().astype(np.int64))
    pairs = meant.select("mention", "row", "pattern")[which].hstack(borne)
    about = register.about(
        pairs["bearer"], "district_code", "region_code", "trade", "form", "street_key", "alive", "unplaced"
    )
    pairs = pairs.hstack(about).with_row_index("pair")
    wide = pairs.join(
        seen.select(
            "row", "pattern", "left", "right", "window", "beside", "loose", "longer", "branch", "after", "further"
        ),
        on=["row", "pattern"],
        how="inner",
    )
    short = pl.col("style").is_in(SHORT)
    best = _at_boundaries(wide, known, short)
    placed = _placed(pairs, seen, told_places, known)
    pairs = (
        pairs.drop("trade")
        .join(best, on="pair", how="left", maintain_order="left")
        .join(placed, on="pair", how="left", maintain_order="left")
    )
    found = pairs.with_columns(
        name=pl.col("style"),
        place=pl.when(short | (pl.col("place") != "other")).then("place"),
        standing=pl.when(~pl.col("alive")).then(pl.lit("ended")),
    )
    plain = found.filter((pl.col("name") == "full") & pl.col("left").is_null() & pl.col("right").is_null())
    sure = pl.concat([told, plain.select("row", "bearer")]).unique().with_columns(told=pl.lit("same"))
    found = found.join(sure, on=["row", "bearer"], how="left", maintain_order="left").with_columns(
        told=pl.when(pl.col("name") != "full").then("told")
    )
    return meant, found.select("mention", "row", "bearer", *FOUND)


def _at_boundaries(wide: pl.DataFrame, known: Lexicon, short: pl.Expr) -> pl.DataFrame:
    """Findings of the occurrence with the fewest against a candidate; what speaks for it may stand beside any."""
    beside = pl.col("beside")
    own = (
        (beside == pl.col("district_code"))
        | (beside == pl.col("region_code"))
        | (beside.str.head(4) + "00" == pl.col("region_code"))
        | (beside == known.home + "0000")
    )
    # a name that begins with its place says itself where it is from; before another a foreign place makes it another's
    bare = pl.col("style").is_in(["core", "brand"]) | (~short & pl.col("unplaced"))
    # the candidate's own form behind its short name makes it the name without its place, not a longer one
    longer = pl.col("longer") & ~(pl.col("right").str.starts_with(pl.col("form")) & (pl.col("style") == "core"))
    other_trade = pl.col("after").is_not_null() & ~pl.col("after").str.starts_with(pl.col("trade"))
    by_brand = pl.col("style").is_in(["brand", "place_brand"])
    # 电子 with 商务 behind it is the trade 电子商务
    run = pl.concat_str("trade", "right").str.extract(known.word, 1)
    longer_trade = (pl.col("trade") != "") & (run.str.len_chars() > pl.col("trade").str.len_chars())
    wide = wide.with_columns(
        left=pl.when(bare & ~own).then(pl.lit("foreign")).when(short & pl.col("loose")).then(pl.lit("loose")),
        right=pl.when(short & longer)
        .then(pl.lit("longer"))
        .when(pl.when(by_brand).then(other_trade).otherwise((pl.col("style") == "core") & longer_trade))
        .then(pl.lit("other_trade"))
        .when(by_brand & pl.col("after").is_null() & pl.col("further"))
        .then(pl.lit("longer_brand"))
        .when(pl.col("branch"))
        .then(pl.lit("branch")),
        trade=pl.when(
            by_brand & (pl.col("trade") != "") & pl.col("window").str.contains(pl.col("trade"), literal=True)
        ).then(pl.lit("same")),
        address=pl.when(pl.col("window").str.contains(pl.col("street_key"), literal=True)).then(pl.lit("street")),
    )
    against = pl.col("left").is_not_null().cast(pl.Int8) + pl.col("right").is_not_null().cast(pl.Int8)
    return (
        wide.with_columns(against=against)
        .sort("pair", "against", maintain_order=True)
        .group_by("pair", maintain_order=True)
        .agg(
            pl.col("left").first(),
            pl.col("right").first(),
            pl.col("trade").drop_nulls().first(),
            pl.col("address").drop_nulls().first(),
        )
    )


def _placed(pairs: pl.DataFrame, seen: pl.DataFrame, told_places: pl.DataFrame, known: Lexicon) -> pl.DataFrame:
    """Column ``place`` per pair: county, city or other, from the places around the mention and from the site."""
    near = places_in(seen["window"], known).join(
        seen.select("row", "pattern", at=pl.int_range(pl.len(), dtype=pl.UInt32)), left_on="row", right_on="at"
    )
    around = near.select(row="row_right", pattern="pattern", place="place").unique()
    asked = pairs.select("pair", "row", "pattern", "district_code", "region_code")
    both = pl.concat(
        [
            asked.join(around, on=["row", "pattern"], how="inner").drop("row", "pattern"),
            asked.join(told_places, on="row", how="inner").drop("row", "pattern"),
        ]
    ).filter(pl.col("place") != known.home + "0000")
    own_region = (pl.col("place") == pl.col("region_code")) | (
        pl.col("place").str.head(4) + "00" == pl.col("region_code")
    )
    return both.group_by("pair").agg(
        place=pl.when((pl.col("place") == pl.col("district_code")).any())
        .then(pl.lit("county"))
        .when(own_region.any())
        .then(pl.lit("city"))
        .otherwise(pl.lit("other"))
    )
