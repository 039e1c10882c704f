"""Texts by the million for the bench: quickly put together, with names of given enterprises in most of them.

Belongs here: texts for measuring speed and memory.  Does not belong here: the pages of the small web (``plan``).

Sentences are composed once into a pool of beginnings and endings; a text is a gather and a concatenation of them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from orchestration.simulation import words
from orchestration.simulation.chance import SimulationError, stream
from orchestration.simulation.web.compose import body, compose, slots
from orchestration.simulation.web.labelled import FIRST_DAY
from orchestration.simulation.web.vocabulary import ELSEWHERE, POLARITIES, TOPICS

POOL = 30_000
"""Composed texts whose pieces are combined anew."""
MENTIONING = 0.6
"""Share of texts that mention one of the given names."""
MARK = "\x01"


def _pool(rng: np.random.Generator) -> pl.DataFrame:
    """Pieces: title and first paragraph before and after the name, the paragraphs behind it."""
    about = pl.DataFrame(
        {
            "topic": words.choose(list(TOPICS), rng.integers(0, 2**31, POOL)),
            "polarity": words.choose(list(POLARITIES), rng.integers(0, 2**31, POOL)),
        }
    ).with_columns(pl.lit("").alias(name) for name in ("city", "district", "dept", "road"))
    about = about.with_columns(split=pl.lit("all"), firm=pl.lit(MARK), supported=pl.lit(value=False))
    made = compose(rng, about, slots(rng, FIRST_DAY + rng.integers(0, 2_000, POOL), None, POOL))
    first, rest = pl.col("paragraphs").list.first(), body(pl.col("paragraphs").list.slice(1))
    return made.select(
        title=pl.col("title").str.split_exact(MARK, 1),
        lead=first.str.split_exact(MARK, 1),
        rest=pl.concat_str(pl.lit("\n"), rest),
    )


def _strangers(rng: np.random.Generator) -> pl.Series:
    """Names of enterprises of other provinces, full and short."""
    city = words.choose(ELSEWHERE, rng.integers(0, 2**31, POOL))
    section = np.array(list(words.TRADES))[rng.integers(0, len(words.TRADES), POOL)]
    return words.company_names(rng, city, section, words.choose(["有限公司", ""], rng.integers(0, 2**31, POOL)))[0]


def texts(names: pl.DataFrame, count: int, seed: int, chunk: int = 100_000) -> Iterator[pl.DataFrame]:
    """Texts, about six in ten of which mention one of the names.

    Args:
        names: enterprise_id, name, name_kind (full, former, short): one row per name that a text may use; every row
            is equally likely, so the mix of kinds is the caller's. With a column place (null or, for example,
            洛阳市涧西区) the text says where the enterprise is.
        count: number of texts.
        seed: the same names, count, seed and chunk give the same rows.
        chunk: texts made at a time.

    Yields:
        text_id, title, text, true_enterprise_id and name_kind (both null where none of the names is meant).

    Raises:
        SimulationError: no names, no texts or no chunk.
    """
    if not names.height or count < 1 or chunk < 1:
        raise SimulationError(
            f"texts(names of {names.height} rows, count={count}, chunk={chunk}) cannot be made; give at least one name "
            "and ask for at least one text."
        )
    rng = stream(seed, "web/many")
    pool, strangers = _pool(rng), _strangers(rng)
    title, lead = pool["title"].struct.unnest(), pool["lead"].struct.unnest()
    known = pl.concat([names["name"], strangers]).rechunk()
    given = pl.concat_str(pl.lit("在"), "place", pl.lit("，")) if "place" in names.columns else pl.lit("")
    place = names.with_columns(place=given)["place"]
    for first in range(0, count, chunk):
        size = min(chunk, count - first)
        mentions = rng.random(size) < MENTIONING
        row = rng.integers(0, names.height, size)
        name = known.gather(np.where(mentions, row, names.height + rng.integers(0, POOL, size)))
        ours = pl.Series(np.where(mentions, row, -1)).replace(-1, None)
        one, two, three = rng.integers(0, POOL, (3, size))
        yield pl.DataFrame(
            {
                "text_id": first + np.arange(size),
                "title": words.join(a=title["field_0"].gather(one), b=name, c=title["field_1"].gather(one)),
                "text": words.join(
                    p=place.gather(ours).fill_null(""),
                    a=lead["field_0"].gather(two),
                    b=name,
                    c=lead["field_1"].gather(two),
                    d=pool["rest"].gather(three),
                ),
                "true_enterprise_id": names["enterprise_id"].gather(ours),
                "name_kind": names["name_kind"].gather(ours),
            }
        ).with_columns(pl.col("text_id").cast(pl.String))
