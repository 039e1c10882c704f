"""What speaks for and against each enterprise that a departmental row may mean.

Belongs here: candidates of names, findings about them by the columns that a row has.
Does not belong here: what findings are worth (``policy``, ``weigh``), evidence in texts (``web.match``).

A name finds candidates by its whole spelling and by its core, brand and trade; only a name that finds none by these is
looked for by likeness. The place in a name weighs more than the place of the row: a firm is sued elsewhere, but is not
called after another city.
"""

from __future__ import annotations

import polars as pl

from orchestration.resolution import spelling
from orchestration.resolution.names import Names, address_keys
from orchestration.settings import Settings, region_codes

STRONGEST = ("full", "former", "core", "place_brand", "close", "brand", "distant")
"""Findings about the name, the strongest first; of several about one candidate it counts."""
MOST = 50
"""Candidates of one core; a name so common that more remain after its place says nothing by its core."""


def read_mentions(rows: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Mentions with the parts of their names and the place and address of their rows.

    Args:
        rows: ``mention_id``, ``name``, ``address``, ``person_id``, ``district``; one row per mention.
        settings: word lists.

    Returns:
        The rows with the columns of ``spelling.parts``, ``address_key`` and ``street_key``; ``seat``, the code of the
        place of the row, and ``home``, whether it is that of the party itself and not of a court.
    """
    parts = spelling.parts(rows["name"], settings)
    told = rows.select("district").unique().drop_nulls()
    places = spelling.parts(told["district"], settings)["place_code"]
    seats = told.with_columns(
        seat=pl.when(pl.col("district").str.contains("^[0-9]{6}$")).then("district").otherwise(places)
    )
    return (
        rows.hstack(parts)
        .hstack(address_keys(rows["address"], settings))
        .join(seats, on="district", how="left", maintain_order="left")
        .with_columns(
            home=pl.col("district").str.contains("^[0-9]{6}$") | pl.col("district").eq_missing(pl.col("address"))
        )
    )


def by_name(mentions: pl.DataFrame, names: Names) -> pl.DataFrame:
    """Candidates by whole spelling and by core: ``mention_id``, ``enterprise_id``, ``name_found``."""
    asked = mentions.select("mention_id", "key", "core", "branch", city=pl.col("place_code").str.head(4))
    whole = asked.join(names.names, left_on="key", right_on="name_key").select(
        "mention_id", "enterprise_id", name_found="style"
    )
    known = names.enterprises.filter(pl.col("core").str.len_chars() >= 3).select(
        "enterprise_id", "core", "branch", at=pl.col("region_code").str.head(4)
    )
    core = (
        asked.join(known, on=["core", "branch"])
        .filter(pl.col("city").is_null() | pl.col("city").str.ends_with("00") | (pl.col("city") == pl.col("at")))
        .filter(pl.len().over("mention_id") <= MOST)
        .select("mention_id", "enterprise_id", name_found=pl.lit("core"))
    )
    return strongest(pl.concat([whole, core]))


def strongest(candidates: pl.DataFrame) -> pl.DataFrame:
    """One row per mention and enterprise, with the strongest finding about the name."""
    order = {found: place for place, found in enumerate(STRONGEST)}
    return (
        candidates.with_columns(order=pl.col("name_found").replace_strict(order, return_dtype=pl.Int8))
        .sort("mention_id", "enterprise_id", "order")
        .unique(["mention_id", "enterprise_id"], keep="first", maintain_order=True)
        .drop("order")
    )


def findings(candidates: pl.DataFrame, mentions: pl.DataFrame, names: Names, settings: Settings) -> pl.DataFrame:
    """What is found about each candidate, in the columns of the policy's weights.

    Returns:
        ``mention_id``, ``enterprise_id``, ``known_name``, ``district_code``, and the findings ``name``, ``place``,
        ``address``, ``person``, ``standing``, ``left``, ``right``; null where nothing can be said.
    """
    asked = mentions.rename({"name": "written", "branch": "asked_branch", "person_id": "asked_person"}).select(
        "mention_id", "written", "place_code", "seat", "home", "address_key", "street_key", "asked_branch",
        "asked_person",
    )  # fmt: skip
    known = names.enterprises.select(
        "enterprise_id", "name", "district_code", "branch", "person_id", "alive",
        known_address="address_key", known_street="street_key",
    )  # fmt: skip
    frame = (
        candidates.join(asked, on="mention_id")
        .join(known, on="enterprise_id")
        .with_columns(
            named=_place("place_code", settings),
            seated=pl.when("home")
            .then(_place("seat", settings))
            # a court elsewhere says nothing against a firm
            .otherwise(_place("seat", settings).replace(["other", "foreign"], None)),
        )
    )
    whole = pl.col("name_found").is_in(["full", "former", "place_brand"])
    agrees = pl.col("named").is_in(["county", "city"])
    place = (
        pl.when(whole | pl.col("named").is_null())
        .then("seated")
        .when(agrees & (pl.col("seated") == "county"))
        .then(pl.lit("county"))
        .otherwise("named")
        .replace("foreign", "other")
    )
    street = (pl.col("street_key") == pl.col("known_street")) & pl.col("seated").is_in(["county", "city"])
    return frame.select(
        "mention_id",
        "enterprise_id",
        "district_code",
        name="name_found",
        known_name="name",
        place=place,
        address=pl.when(pl.col("address_key") == pl.col("known_address"))
        .then(pl.when(pl.col("seated") == "other").then(None).otherwise(pl.lit("same")))
        .when(street)
        .then(pl.lit("street"))
        .when(pl.col("address_key").is_not_null() & pl.col("known_address").is_not_null())
        .then(pl.lit("other")),
        person=pl.when(pl.col("asked_person").is_not_null() & pl.col("person_id").is_not_null()).then(
            pl.when(pl.col("asked_person") == pl.col("person_id")).then(pl.lit("same")).otherwise(pl.lit("other"))
        ),
        standing=pl.when(~pl.col("alive")).then(pl.lit("ended")),
        left=pl.when(~whole & (pl.col("named") == "foreign")).then(pl.lit("foreign")),
        right=pl.when(~whole & (pl.col("asked_branch") != pl.col("branch"))).then(pl.lit("branch")),
    )


def _place(code: str, settings: Settings) -> pl.Expr:
    """How a place agrees with the district of an enterprise: county, city, other, foreign; null if it says nothing.

    A prefecture ends in 00 and a province in 0000; a city under the province (4190) has no counties.
    """
    home = next((one[:2] for one in region_codes(settings) if one.isdigit()), "")
    asked, own = pl.col(code), pl.col("district_code")
    direct = asked.str.head(4).str.ends_with("90")
    return (
        pl.when(asked.is_null() | own.is_null() | (asked == home + "0000"))
        .then(None)
        .when(asked == own)
        .then(pl.lit("county"))
        .when((asked.str.head(4) == own.str.head(4)) & ~direct)
        .then(pl.lit("city"))
        .when(asked.str.head(2) != home)
        .then(pl.lit("foreign"))
        .otherwise(pl.lit("other"))
    )
