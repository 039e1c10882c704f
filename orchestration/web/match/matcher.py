"""Texts in, weighed candidates out: the whole matching of one table of texts.

Belongs here: the order of search, support and weighing, codes in texts, what the site's own fields say.
Does not belong here: months, partitions, answers of people (``run``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration.resolution.policy import Policy, load_policy
from orchestration.resolution.spelling import name_key
from orchestration.resolution.weigh import ACCEPT, weigh
from orchestration.settings import Settings
from orchestration.web.match import evidence, search
from orchestration.web.match.lexicon import USCC, Lexicon, lexicon, places_in

Say = Callable[[str], None]
FOUND_SCHEMA = {
    "row": pl.UInt32,
    "mention": pl.String,
    "name_kind": pl.String,
    "start": pl.Int32,
    "enterprise_id": pl.String,
    "name": pl.String,
    "district_code": pl.String,
    "confidence": pl.Float64,
    "joint": pl.Float64,
    "rank": pl.Int64,
    "band": pl.String,
    "reasons": pl.String,
}
"""Columns of ``Matcher.match``: one row per mention and candidate."""
_INSIDE = FOUND_SCHEMA | {"bearer": pl.UInt32}
KINDS = {"core": "short", "place_brand": "short", "brand": "short"}
"""Kind of name by style; the others are kinds themselves."""


@dataclass(frozen=True)
class Matcher:
    """What matches texts against the names of one month."""

    settings: Settings
    register: evidence.Register
    lexicon: Lexicon
    policy: Policy

    @classmethod
    def of_month(cls, settings: Settings, month: str, say: Say = lambda _: None) -> Matcher:
        """The matcher of a month whose names have been made; its automaton is built where none is kept.

        Raises:
            NamesError: the names have not been made.
            PolicyError, WordError: data/resolution cannot be used.
        """
        policy = load_policy(settings, month)
        return cls(settings, evidence.Register.of_month(settings, month, say), lexicon(settings), policy)

    def match(self, texts: pl.DataFrame) -> pl.DataFrame:
        """Weighed candidates of all mentions.

        Args:
            texts: ``title``, ``text``, and where sources tell them ``company``, ``code``, ``district``.

        Returns:
            Columns of ``FOUND_SCHEMA``, ordered by row and place; ``row`` is the row in ``texts``, ``start`` the first
            character of the first mention in title + newline + text, null in a field.
        """
        whole = texts.select(
            pl.concat_str(pl.col("title").fill_null(""), pl.lit("\n"), pl.col("text").fill_null(""))
        ).to_series()
        folded = search.folded(whole, self.settings)
        codes = self._codes(folded, self._field(texts, "code"))
        places = self._told_places(self._field(texts, "district"))
        told = codes.select("row", "bearer").unique()
        in_field = self._in_field(self._field(texts, "company"), places)
        plain = in_field.filter((pl.col("band") == ACCEPT) & (pl.col("name_kind") == "full"))
        told = pl.concat([told, plain.select("row", "bearer")]).unique()
        found = pl.concat([self._coded(codes), in_field, self._by_name(folded, whole, told, places)])
        found = found.sort("row", "start", "mention", "rank", nulls_last=False, maintain_order=True)
        return found.select(list(FOUND_SCHEMA))

    def _in_field(self, company: pl.Series, places: pl.DataFrame) -> pl.DataFrame:
        """Mentions in the name that the site gives, with the rows of the texts."""
        rows = pl.Series(np.flatnonzero(company.is_not_null().to_numpy()).astype(np.uint32))
        own = company.gather(rows)
        number = pl.DataFrame({"row": rows, "own": np.arange(rows.len(), dtype=np.uint32)})
        beside = places.join(number, on="row", how="inner").select(row="own", place="place")
        nobody = pl.DataFrame(schema={"row": pl.UInt32, "bearer": pl.UInt32})
        found = self._by_name(search.folded(own, self.settings), own, nobody, beside)
        return found.with_columns(row=rows.gather(found["row"]), start=pl.lit(None, dtype=pl.Int32))

    def _field(self, texts: pl.DataFrame, name: str) -> pl.Series:
        if name in texts.columns:
            return texts[name].cast(pl.String)
        return pl.repeat(None, texts.height, dtype=pl.String, eager=True)

    def _codes(self, folded: pl.Series, given: pl.Series) -> pl.DataFrame:
        """Codes of known enterprises in texts and fields: row, code, start, bearer."""
        likely = folded.str.contains(USCC)
        rows = pl.Series(np.flatnonzero(likely.to_numpy()).astype(np.uint32))
        listed = pl.DataFrame({"row": rows, "text": folded.gather(rows)}).with_columns(
            code=pl.col("text").str.extract_all(r"[0-9A-HJ-NPQRTUWXY]{18}")
        )
        inside = (
            listed.explode("code")
            .drop_nulls("code")
            .with_columns(
                start=pl.col("text")
                .str.splitn(pl.col("code"), 2)
                .struct.field("field_0")
                .str.len_chars()
                .cast(pl.Int32)
            )
            .select("row", "code", "start")
        )
        field = pl.DataFrame({"row": np.arange(given.len(), dtype=np.uint32), "code": name_key(given, self.settings)})
        both = pl.concat([inside, field.drop_nulls().with_columns(start=pl.lit(None, dtype=pl.Int32))])
        ids = self.register.enterprises.select(code="enterprise_id", bearer=pl.int_range(pl.len(), dtype=pl.UInt32))
        return both.unique(["row", "code"], keep="first", maintain_order=True).join(
            ids, on="code", how="inner", maintain_order="left"
        )

    def _coded(self, codes: pl.DataFrame) -> pl.DataFrame:
        """Mentions by code, weighed."""
        rows = codes.rename({"code": "written"}).with_row_index("mention").with_columns(name=pl.lit("code"))
        about = self.register.about(rows["bearer"], "enterprise_id", "alive", "district_code", "name")
        about = about.rename({"name": "registered"})
        rows = rows.hstack(about).with_columns(standing=pl.when(~pl.col("alive")).then(pl.lit("ended")))
        weighed = weigh(rows, self.policy, "mention")
        return _inside(weighed, mention=pl.col("written"), kind=pl.col("name"))

    def _told_places(self, districts: pl.Series) -> pl.DataFrame:
        """Places that the site gives, by code or by name."""
        keys = pl.DataFrame({"row": np.arange(districts.len(), dtype=np.uint32), "text": districts}).drop_nulls()
        coded = keys.filter(pl.col("text").str.contains("^[0-9]{6}")).select("row", place=pl.col("text").str.head(6))
        named = keys.filter(~pl.col("text").str.contains("^[0-9]{6}"))
        found = places_in(named["text"], self.lexicon)
        return pl.concat([coded, found.select(row=named["row"].gather(found["row"]), place="place")])

    def _occurrences(self, folded: pl.Series) -> pl.DataFrame:
        kept = self.register.kept
        return search.occurrences(folded, kept.automaton, kept.hiding)

    def _by_name(
        self, folded: pl.Series, original: pl.Series, told: pl.DataFrame, told_places: pl.DataFrame
    ) -> pl.DataFrame:
        """Mentions by name, weighed."""
        seen = search.surroundings(self._occurrences(folded), folded, self.policy.near)
        meant, pairs = evidence.candidates(seen, told, told_places, self.register, self.lexicon)
        about = self.register.about(pairs["bearer"], "enterprise_id", "district_code", "name")
        about = about.rename({"name": "registered"})
        weighed = weigh(pairs.hstack(about), self.policy, "mention").join(
            meant.select("mention", "start", "end"), on="mention", how="left", maintain_order="left"
        )
        own = weighed.with_columns(own=original.gather(weighed["row"]))
        as_written = pl.col("own").str.slice(pl.col("start"), pl.col("end") - pl.col("start"))
        return _inside(own, mention=as_written, kind=pl.col("name").replace(KINDS))


def _inside(weighed: pl.DataFrame, mention: pl.Expr, kind: pl.Expr) -> pl.DataFrame:
    """Weighed candidates in the columns of ``_INSIDE``, with the name as written and its kind."""
    named = weighed.with_columns(mention=mention, name_kind=kind)
    return named.with_columns(name=pl.col("registered")).select(list(_INSIDE)).cast(_INSIDE)  # type: ignore[arg-type]
