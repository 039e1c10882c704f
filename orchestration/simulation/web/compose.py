"""Texts of the small web: frames chosen and slots filled, for whole columns at once.

Belongs here: from topic, polarity, names and places to title and paragraphs.
Does not belong here: the frames themselves (``frames/*.csv``), which enterprise a text is about (``plan``).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import polars as pl

from orchestration.simulation import words
from orchestration.simulation.web.vocabulary import (
    AWARDS,
    JOBS,
    PARTS,
    POLARITIES,
    SPLITS,
    TOPICS,
    frames,
    goods,
    openers,
)

IT = ("该公司", "该企业", "这家企业", "涉事单位", "当事方", "该单位")
DETAILS = 5
"""Most sentences between the first and the last."""
PLACELESS = {"city": "当地", "district": "", "dept": "有关部门", "road": "园区路"}
"""What stands where a text must not say where the enterprise is."""


@cache
def _cells() -> tuple[pl.Series, dict[tuple[str, str, str, str], np.ndarray]]:
    """All texts of frames and, for each topic, polarity, part and split, the places of its frames."""
    known = frames().with_row_index("place")
    cells = {}
    for topic in TOPICS:
        for polarity in POLARITIES:
            for part in PARTS:
                own = known.filter(topic=topic, polarity=polarity, part=part)
                for split in SPLITS:
                    chosen = own if split == "all" else own.filter(split=split)
                    cells[topic, polarity, part, split] = chosen["place"].to_numpy()
    return known["text"], cells


def _draw(rng: np.random.Generator, keys: Sequence[tuple[str, str, str]], part: str, times: int) -> np.ndarray:
    """Places of ``times`` different frames of a part, a row per key (topic, polarity, split); -1: none is left."""
    _, cells = _cells()
    known = sorted(set(keys))
    number = {key: place for place, key in enumerate(known)}
    own = np.array([number[key] for key in keys])
    drawn = np.full((len(keys), times), -1)
    for key, place in number.items():
        choices = cells[key[0], key[1], part, key[2]]
        rows = np.flatnonzero(own == place)
        order = rng.random((len(rows), len(choices))).argsort(axis=1)[:, :times]
        drawn[rows, : order.shape[1]] = choices[order]
    return drawn


def _opener(rng: np.random.Generator, topic: pl.Series, supported: pl.Series) -> pl.Series:
    """An opener for each row; one that names a place only where the text may."""
    known = openers().group_by("topic", "supported", maintain_order=True).agg("text")
    asked = pl.DataFrame({"topic": topic, "supported": supported.cast(pl.Int8).cast(pl.String)})
    choices = asked.join(known, on=["topic", "supported"], how="left", maintain_order="left")
    number = pl.Series(rng.integers(0, 2**31, len(topic)))
    return choices.select(pl.col("text").list.get(number % pl.col("text").list.len())).to_series()


def slots(rng: np.random.Generator, day: np.ndarray, section: np.ndarray | None, count: int) -> dict[str, pl.Series]:
    """Numbers, dates, persons, goods and other words to fill in, one column per slot.

    Args:
        rng: the stream of these texts.
        day: day of publication of each, as a number; dates in the text lie shortly before it.
        section: section of industry of each, by which goods are chosen; None: words that fit everyone.
        count: number of texts.
    """

    def pick(choices: list[str]) -> pl.Series:
        return words.choose(choices, rng.integers(0, 2**31, count))

    def whole(low: int, high: int) -> pl.Series:
        return words.text(rng.integers(low, high, count))

    earlier = (np.asarray(day) - rng.integers(0, 12, count)).astype("M8[D]")
    month = earlier.astype("M8[M]").astype(np.int64) % 12 + 1
    in_month = (earlier - earlier.astype("M8[M]").astype("M8[D]")).astype(np.int64) + 1
    year = np.asarray(day).astype("M8[D]").astype("M8[Y]").astype(np.int64) + 1970
    kinds = np.full(count, "?") if section is None else section
    number, product = rng.integers(0, 2**31, count), np.empty(count, dtype=object)
    for letter in np.unique(kinds):
        rows = np.flatnonzero(kinds == letter)
        choices = np.array(goods().get(str(letter), goods()["?"]), dtype=object)
        product[rows] = choices[number[rows] % len(choices)]
    tenths = rng.integers(3, 60, count) * 10 ** rng.integers(0, 3, count)
    titles = ["先生", "女士", "某", "师傅", "某某"]
    return {
        "date": words.join(a=words.text(month), b="月", c=words.text(in_month), d="日"),
        "year": words.text(year - rng.integers(0, 4, count)),
        "n": whole(2, 10),
        "n2": whole(11, 390),
        "money": words.join(a=words.text(tenths // 10), b=".", c=words.text(tenths % 10)),
        "pct": whole(3, 61),
        "pct2": whole(90, 100),
        "product": pl.Series(product.astype(str)),
        "person": words.join(a=pick(words.SURNAMES), b=pick(titles)),
        "person2": words.join(a=pick(words.SURNAMES), b=pick(titles)),
        "job": pick(JOBS),
        "award": pick(AWARDS),
        "cause": pick(words.CAUSES),
        "it": pick(list(IT)),
    }


def _filled(text: pl.Series, filling: dict[str, pl.Series]) -> pl.Series:
    """Every slot of the texts filled from the column of its name."""
    frame = pl.DataFrame({"_text": text} | filling)
    for name in filling:
        mark = "{" + name + "}"
        frame = frame.with_columns(
            pl.when(pl.col("_text").str.contains(mark, literal=True))
            .then(pl.col("_text").str.replace_all(mark, pl.col(name), literal=True))
            .otherwise("_text")
            .alias("_text")
        )
    return frame["_text"]


def compose(
    rng: np.random.Generator,
    about: pl.DataFrame,
    filling: dict[str, pl.Series],
) -> pl.DataFrame:
    """Write one text per row.

    Args:
        rng: the stream of these texts.
        about: columns topic, polarity, split (train, test or all), supported (the text says where the enterprise is),
            firm (its name as the text has it), city, district, dept, road.
        filling: columns of ``slots``.

    Returns:
        title, paragraphs (list of sentences or groups of them, none empty), in the order of ``about``.
    """
    texts, _ = _cells()
    keys = list(zip(about["topic"].to_list(), about["polarity"].to_list(), about["split"].to_list(), strict=True))
    place = {
        name: pl.DataFrame({"v": about[name], "k": about["supported"]}).select(
            pl.when("k").then("v").otherwise(pl.lit(other))
        )["v"]
        for name, other in PLACELESS.items()
    }
    opener = _opener(rng, about["topic"], about["supported"])
    # the opener first, since it has slots of its own
    known = {"opener": opener, "firm": about["firm"], **place, **filling}
    details = _draw(rng, keys, "detail", DETAILS)
    details[np.arange(DETAILS) >= rng.integers(2, DETAILS + 1, about.height)[:, None]] = -1
    columns = {
        "title": _draw(rng, keys, "title", 1)[:, 0],
        "lead": _draw(rng, keys, "lead", 1)[:, 0],
        **{f"detail_{k}": details[:, k] for k in range(DETAILS)},
        "end": _draw(rng, keys, "end", 1)[:, 0],
    }
    made = {
        name: _filled(texts.gather(np.maximum(places, 0)), known)
        .to_frame("t")
        .select(pl.when(pl.Series(places >= 0)).then("t").otherwise(pl.lit("")))["t"]
        for name, places in columns.items()
    }
    grouped = [pl.concat_str(f"detail_{k}", f"detail_{k + 1}") for k in range(0, DETAILS - 1, 2)]
    paragraphs = pl.concat_list("lead", *grouped, pl.concat_str(f"detail_{DETAILS - 1}", "end"))
    paragraphs = paragraphs.list.eval(pl.element().filter(pl.element() != ""))
    return pl.DataFrame(made).select("title", paragraphs=paragraphs)


def body(paragraphs: pl.Expr) -> pl.Expr:
    """Paragraphs as one text, a line each."""
    return paragraphs.list.join("\n")
