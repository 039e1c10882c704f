"""What a text says of each of the enterprises that it names.

Belongs here: sentences, whom they name, the passage of each enterprise.
Does not belong here: whom a text names (``match``), how a passage speaks (``model``).

A report that accuses one firm and mentions another is no evidence against the second. So where a text names several,
each is judged on its own passage:

- a sentence belongs to the enterprises that it names, by the mention or by another name of theirs;
- one that names none goes on about those named last before it in its paragraph (该公司, 其);
- what stands before the first name of a paragraph belongs to those whom the text names first, in its title if there:
  a report comes back to its subject with a new paragraph;
- an enterprise that only a field of the page names (投诉对象) is what the whole page is about: its passage is all of
  it, and what stands before the first name of a paragraph is not another's.
"""

from __future__ import annotations

import polars as pl

from orchestration.resolution import store as resolution
from orchestration.resolution.spelling import normalise
from orchestration.settings import Settings

STANDING = ("accept", "review")
"""Bands of mentions that may become a signal."""
STYLES = ("full", "former", "core", "place_brand")
"""Names by which a firm that is known to be in a text is found again in it; a brand alone may be a word."""
_END = "\x1f"
_SENTENCE = r"([。！？；!?;]+[”’」』）)]*|\n)"


def shared(mentions: pl.DataFrame) -> pl.DataFrame:
    """Mentions, accepted or waiting for a person, in texts that name several enterprises."""
    standing = mentions.filter(pl.col("band").is_in(STANDING) & pl.col("enterprise_id").is_not_null())
    return standing.filter(pl.col("enterprise_id").n_unique().over("text_id") > 1)


def spellings(mentions: pl.DataFrame, settings: Settings, month: str) -> pl.DataFrame:
    """How the enterprises of these mentions may be written: text_id, enterprise_id, key (canonical spelling).

    The mention stands for all names of its enterprise in a text (``MENTIONS``), so its other names of the month are
    looked for as well, unless the text means another one by them.
    """
    path = resolution.Partition(settings, "names", month).folder / "names.parquet"
    wanted = mentions["enterprise_id"].unique()
    names = pl.scan_parquet(path) if path.is_file() else pl.LazyFrame(schema=dict(resolution.NAMES))
    others = names.filter(pl.col("enterprise_id").is_in(wanted.implode()) & pl.col("style").is_in(STYLES))
    own = mentions.select("text_id", "enterprise_id", key=normalise(pl.col("mention"), settings))
    known = mentions.select("text_id", "enterprise_id").join(
        others.select("enterprise_id", key="name_key").collect(), on="enterprise_id"
    )
    known = known.join(own, on=["text_id", "key"], how="anti", maintain_order="left")
    return pl.concat([own, known]).filter(pl.col("key") != "").unique(maintain_order=True)


def passages(texts: pl.DataFrame, spelt: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """The passage of each enterprise in each text.

    Args:
        texts: ``text_id``, ``title``, ``text``.
        spelt: from ``spellings``; its enterprises are those that the texts name.
        settings: whose canonical spelling.

    Returns:
        text_id, enterprise_id, passage (title and sentences in their order, as written); a row per text and enterprise
        of ``spelt``, in its order.
    """
    whole = pl.concat_str(pl.col("title").fill_null(""), pl.lit("\n"), pl.col("text").fill_null(""))
    texts = texts.select("text_id", whole=whole.str.strip_chars_start("\n"))
    firms = spelt.select("text_id", "enterprise_id").unique(maintain_order=True).join(
        texts, on="text_id", maintain_order="left"
    )  # fmt: skip
    last = pl.col("line").str.ends_with("\n").cast(pl.Int32)
    lines = (
        texts.join(firms, on="text_id", how="semi", maintain_order="left")
        .select("text_id", line=pl.col("whole").str.replace_all(_SENTENCE, "${1}" + _END).str.split(_END))
        .explode("line")
        .with_row_index("at")
        # a line feed belongs to the paragraph that it ends
        .with_columns(paragraph=last.cum_sum().over("text_id") - last)
    )
    named = _named(lines, spelt, settings)
    by_field = firms.join(named, on=["text_id", "enterprise_id"], how="anti").select("text_id").unique()
    about = lines.join(named.group_by("at").agg("enterprise_id"), on="at", how="left", maintain_order="left")
    first = (
        about.drop_nulls("enterprise_id")
        .unique("text_id", keep="first", maintain_order=True)
        .join(by_field, on="text_id", how="anti")
    )
    own = (
        about.with_columns(pl.col("enterprise_id").forward_fill().over("text_id", "paragraph"))
        .join(first.select("text_id", first="enterprise_id"), on="text_id", how="left", maintain_order="left")
        .with_columns(pl.coalesce("enterprise_id", "first"))
        .explode("enterprise_id")
        .drop_nulls("enterprise_id")
        .group_by("text_id", "enterprise_id", maintain_order=True)
        .agg(passage=pl.col("line").str.join(""))
    )
    joined = firms.join(own, on=["text_id", "enterprise_id"], how="left", maintain_order="left")
    return joined.select("text_id", "enterprise_id", passage=pl.coalesce("passage", "whole"))


def _named(lines: pl.DataFrame, spelt: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Whom each line names: at, text_id, enterprise_id. A name inside a longer one of another firm does not count."""
    keys = spelt["key"].unique().sort()
    found = (
        lines.select(
            "at",
            "text_id",
            key=normalise(pl.col("line"), settings).str.extract_many(keys.implode(), overlapping=True),
        )
        .explode("key")
        .drop_nulls("key")
        .unique(maintain_order=True)
        .join(spelt, on=["text_id", "key"], maintain_order="left")
    )
    longer = found.join(found.select("at", longer="key", other="enterprise_id"), on="at").filter(
        (pl.col("other") != pl.col("enterprise_id"))
        & (pl.col("longer").str.len_chars() > pl.col("key").str.len_chars())
        & pl.col("longer").str.contains(pl.col("key"), literal=True)
    )
    left = found.join(longer, on=["at", "key", "enterprise_id"], how="anti", maintain_order="left")
    return left.select("at", "text_id", "enterprise_id").unique(maintain_order=True)
