"""Labelled texts of the invented web, to train and to measure the judge of topic and polarity.

Belongs here: texts with their labels, composed from frames of one side of the split.
Does not belong here: pages (``plan``), the model (``orchestration.web.judge``).

The enterprises in these texts are invented for them and are not those of a simulated province.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from orchestration.simulation import words
from orchestration.simulation.chance import SimulationError, stream
from orchestration.simulation.web.compose import body, compose, slots
from orchestration.simulation.web.vocabulary import ELSEWHERE, POLARITIES, SPLITS, TOPICS

CITIES = ["郑州", "开封", "洛阳", "南阳", "新乡", "商丘", "信阳", "周口", "焦作", "许昌", *ELSEWHERE]
DISTRICTS = ["城关区", "高新区", "东城区", "西湖区", "新华区", "开发区", "金水区", "龙安区"]
SUFFIXES = ["有限公司", "有限公司", "股份有限公司", "经营部", "厂", ""]
FIRST_DAY, DAYS = 18_262, 2_300
"""Texts are dated within these days, from 2020-01-01 on."""


def labelled_texts(seed: int, count: int, split: str) -> pl.DataFrame:
    """Texts with what they are about and how they speak.

    Args:
        seed: the same seed, count and split give the same rows.
        count: number of texts, at least 1; topics and polarities are drawn evenly.
        split: ``train`` or ``test``, whose frames of sentences are different ones, or ``all``.

    Returns:
        text (title, line feed, paragraphs), topic (code of ``web_topics``), polarity (-1, 0, 1).

    Raises:
        SimulationError: no such split, or no text asked for.
    """
    if split not in SPLITS or count < 1:
        raise SimulationError(
            f"labelled_texts(count={count}, split={split!r}) cannot be made; ask for at least 1 text of one of "
            f"{', '.join(SPLITS)}."
        )
    rng = stream(seed, f"web/labelled/{split}")
    section = np.array(list(words.TRADES))[rng.integers(0, len(words.TRADES), count)]
    city = words.choose(CITIES, rng.integers(0, 2**31, count))
    suffix = words.choose(SUFFIXES, rng.integers(0, 2**31, count))
    names, _ = words.company_names(rng, city, section, suffix)
    placed = pl.Series(rng.random(count) < 0.7)
    short = pl.DataFrame({"n": names, "c": city}).select(pl.col("n").str.strip_prefix(pl.col("c")))["n"]
    about = pl.DataFrame(
        {
            "topic": words.choose(list(TOPICS), rng.integers(0, 2**31, count)),
            "polarity": words.choose(list(POLARITIES), rng.integers(0, 2**31, count)),
            "supported": rng.random(count) < 0.6,
            "city": city,
            "district": words.choose(DISTRICTS, rng.integers(0, 2**31, count)),
            "dept": words.join(a=city, b="市市场监督管理局"),
            "road": words.choose(words.ROADS, rng.integers(0, 2**31, count)),
            "firm": pl.DataFrame({"p": placed, "n": names, "s": short}).select(
                pl.when("p").then("n").otherwise("s").alias("n")
            )["n"],
        }
    ).with_columns(split=pl.lit(split))
    day = FIRST_DAY + rng.integers(0, DAYS, count)
    made = compose(rng, about, slots(rng, day, section, count))
    return pl.DataFrame(
        {
            "text": made.select(pl.concat_str("title", pl.lit("\n"), body(pl.col("paragraphs")))).to_series(),
            "topic": about["topic"],
            "polarity": about["polarity"],
        }
    )
