"""Rows without a usable code: departments that know a party by its name only, as they really write it.

Belongs here: which rows lose their code, how their names are written, the planted truth about them.
Does not belong here: how the platform finds the enterprise (``resolution``), other dirt (``defects``).

Kinds: ``missing``, ``masked``, ``malformed`` code beside the whole name; ``misspelt`` brand; ``short`` of city or legal
form; ``former`` name; ``bracketed`` city; ``namesake`` without its city, although a firm of another city is called the
same. Added beside the true rows: firms of other provinces (``elsewhere``) and such as stand in no register,
half of them called much like others (``stranger``); their true enterprise is null.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import polars as pl

from orchestration.feeds.contract import Contract
from orchestration.simulation import words
from orchestration.simulation.chance import stream
from orchestration.simulation.facts import Part, changes
from orchestration.simulation.world import World

RATE = 0.02
"""Share of the rows of a feed that lose their code."""
THIN = 0.4
"""Share of these rows that say nothing of the party but its name."""
KINDS = {
    "missing": 40, "masked": 14, "malformed": 6, "misspelt": 10, "short": 10, "former": 6, "bracketed": 4,
    "elsewhere": 6, "stranger": 4,
}  # fmt: skip
"""Shares of the kinds, per cent."""
ADDED = ("elsewhere", "stranger")
SOUNDS = {
    "源": "原", "盛": "胜", "丰": "风", "泰": "太", "和": "合", "兴": "新", "康": "慷", "辉": "晖", "腾": "滕",
    "图": "途", "融": "荣", "汇": "惠", "联": "连", "诚": "成", "信": "欣", "义": "谊", "智": "志", "嘉": "佳",
    "佳": "嘉", "园": "元", "林": "琳", "森": "申", "鑫": "金", "航": "杭", "宇": "宁", "光": "广", "瑞": "锐",
    "祥": "翔", "达": "大",
}  # fmt: skip
"""Character of a brand -> one that sounds or looks like it; one without loses its place."""
CITIES = ["济南", "武汉", "西安", "石家庄", "太原", "合肥", "徐州", "襄阳", "邯郸", "阜阳"]
STRANGE = list("曌喆赟犇骉翀淼燚璟琰")
TRUTH = {
    "feed": pl.String, "month": pl.String, "record_key": pl.String, "name": pl.String, "kind": pl.String,
    "enterprise_id": pl.String,
}  # fmt: skip
"""Planted truth: month in whose delivery the row stands, key as in staging, name as delivered, true enterprise."""


def often(share: float) -> float:
    """How much more often a row loses its code where the enterprise changed its name or shares it.

    Such enterprises are few in a small province, and chosen four times as often, so that both occur. In a large one
    names run out and a third and more share theirs: then less often, so that no feed loses more than twice ``RATE``.
    """
    return min(4.0, 1 + 1 / share) if share else 4.0


@dataclass
class Codeless:
    """Plants rows without code and keeps the truth about them.

    Attributes:
        world: the province.
        parts: its slices.
        planted: truth of each table touched.
    """

    world: World
    parts: list[Part]
    planted: list[pl.DataFrame] = field(default_factory=list)

    @cached_property
    def names(self) -> pl.DataFrame:
        """Row of the world, delivery month of each change of name, whether the other name stands after it."""
        drawn = [changes(self.world, part) for part in self.parts]
        chosen = [one.item == "01" for one in drawn]
        row = np.concatenate([one.row[mask] for one, mask in zip(drawn, chosen, strict=True)])
        day = np.concatenate([one.day[mask] for one, mask in zip(drawn, chosen, strict=True)])
        after = np.concatenate([one.after[mask] for one, mask in zip(drawn, chosen, strict=True)])
        frame = pl.DataFrame({"row": row, "day": day, "other": after > 0}).sort("day")
        past = (frame["day"] < self.world.calendar.opening).to_numpy()
        month = np.where(past, 0, self.world.calendar.month_of(frame["day"].to_numpy()))
        return frame.select("row", "other", month=pl.Series(month))

    @cached_property
    def rows(self) -> pl.DataFrame:
        """Code -> row of the world."""
        return pl.DataFrame({"enterprise_id": self.world.uscc, "_row": np.arange(self.world.count)})

    def former(self, month: int) -> pl.Series:
        """Name that each enterprise bore before its present one; null for those that never changed it."""
        last = self.names.filter(pl.col("month") <= month).unique("row", keep="last", maintain_order=True)
        old = (
            pl.when("other").then(self.world.name.gather(last["row"])).otherwise(self.world.former.gather(last["row"]))
        )
        known = last.select("row", old=old)
        every = pl.DataFrame({"row": np.arange(self.world.count)})
        return every.join(known, on="row", how="left", maintain_order="left")["old"]

    @cached_property
    def shared(self) -> pl.Series:
        """Whether another enterprise has the same name but for its city."""
        city = self.world.places.city.gather(self.world.place)
        frame = pl.DataFrame({"name": self.world.name, "city": city})
        rest = frame.select(pl.col("name").str.slice(pl.col("city").str.len_chars())).to_series()
        return rest.is_duplicated()

    def plant(self, contract: Contract, frame: pl.DataFrame, month: int, part: int = 0) -> pl.DataFrame:
        """The table with some rows without code; a feed that is not resolved, and an empty table, stay as they are."""
        if contract.resolve is None or not frame.height:
            return frame
        rng = stream(self.world.seed, f"codeless/{contract.feed}/{month}", part)
        name, order = contract.resolve.name, pl.int_range(pl.len())
        known = frame.with_row_index("_place").join(self.rows, on="enterprise_id", how="inner").sort("_place")
        old = self.former(month)
        special = old.is_not_null() | self.shared
        times = often(float(special.sum()) / special.len())
        rate = np.where(special.gather(known["_row"]).to_numpy(), times * RATE, RATE)
        drawn = known.filter(pl.Series(rng.random(len(known)) < rate))
        kind = rng.choice(list(KINDS), len(drawn), p=np.array(list(KINDS.values())) / 100)
        again = rng.random(len(drawn)) < 0.6
        changed = old.gather(drawn["_row"]).is_not_null().to_numpy()
        kind = np.where(self.shared.gather(drawn["_row"]).to_numpy() & again, "namesake", kind)
        kind = np.where(changed & again, "former", kind)
        kind = np.where((kind == "former") & ~changed, "missing", kind)
        drawn = drawn.with_columns(kind=pl.Series(kind, dtype=pl.String), true=pl.col("enterprise_id"))
        drawn = drawn.with_columns(
            self._name(drawn, name, old, rng).alias(name),
            enterprise_id=pl.when(pl.col("kind") == "masked")
            .then(pl.col("true").str.head(6) + "********" + pl.col("true").str.tail(4))
            .when(pl.col("kind") == "malformed")
            .then(pl.col("true").str.head(11)),
        )
        drawn = self._thinned(contract, drawn, rng)
        added = self._other(
            contract, drawn.filter(pl.col("kind").is_in(ADDED)).with_columns(true=pl.lit(None, pl.String))
        )
        for column in contract.key:
            if contract.column(column).type == "text":
                added = added.with_columns(pl.concat_str(pl.col(column), pl.lit("-wm"), order.cast(pl.String)))
        kept = drawn.filter(~pl.col("kind").is_in(ADDED))
        self._note(contract, month, name, pl.concat([kept, added]))
        left = frame.with_row_index("_place").join(kept.select("_place"), on="_place", how="anti")
        whole = pl.concat([left, kept.select(left.columns)]).sort("_place")
        return pl.concat([whole.select(frame.columns), added.select(frame.columns)])

    def _thinned(self, contract: Contract, drawn: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
        """The same rows, some without address, head and court."""
        thin = pl.Series(rng.random(drawn.height) < THIN)
        roles = contract.resolve.roles if contract.resolve else {}
        columns = {column for role, column in roles.items() if role != "name"}
        return drawn.with_columns(pl.when(~thin).then(pl.col(column)).alias(column) for column in sorted(columns))

    def _other(self, contract: Contract, added: pl.DataFrame) -> pl.DataFrame:
        """The same rows as of other parties: where they tell of a head and an address, these are others."""
        roles = contract.resolve.roles if contract.resolve else {}
        row, serial = added["_row"].to_numpy(), 70 * self.world.count + np.arange(added.height)
        if "person" in roles:
            told = pl.col(roles["person"]).is_not_null()
            added = added.with_columns(pl.when(told).then(self.world.people(serial)).alias(roles["person"]))
        if "address" in roles:
            told, other = pl.col(roles["address"]).is_not_null(), self.world.address(serial, self.world.place[row])
            added = added.with_columns(pl.when(told).then(other).alias(roles["address"]))
        return added

    def _name(self, drawn: pl.DataFrame, name: str, old: pl.Series, rng: np.random.Generator) -> pl.Expr:
        """Names as departments write them, by kind."""
        place = self.world.place[drawn["_row"].to_numpy()]
        city, number = self.world.places.city.gather(place), rng.integers(0, 1000, len(drawn))
        frame = drawn.select(
            whole=name,
            city=city,
            former=old.gather(drawn["_row"]),
            far=words.choose(CITIES, number),
            strange=words.join(a=words.choose(STRANGE, number), b=words.choose(STRANGE, number // 11 + 3)),
            usual=words.join(
                a=words.choose(words.BRAND_FIRST, number), b=words.choose(words.BRAND_SECOND, number // 3)
            ),
        )
        rest = pl.col("whole").str.slice(pl.col("city").str.len_chars())
        brand, tail = rest.str.slice(1, 1), rest.str.slice(2)
        head = pl.col("city") + rest.str.head(1)
        bare = pl.col("whole").str.replace("(股份)?(有限)?(责任)?公司$", "")
        even = pl.Series(number % 2 == 0)
        texts = frame.select(
            misspelt=head + brand.replace_strict(list(SOUNDS), list(SOUNDS.values()), default="") + tail,
            # a name with another legal form has no 公司 to leave out
            short=pl.when(even | (bare == pl.col("whole"))).then(rest).otherwise(bare),
            former="former",
            bracketed=pl.concat_str(rest.str.head(2), pl.lit("（"), pl.col("city"), pl.lit("）"), tail),
            elsewhere=pl.col("far") + rest,
            namesake=rest,
            stranger=pl.col("city") + pl.when(even).then("strange").otherwise("usual") + tail,
        )
        choice: pl.Expr = pl.col(name)
        for kind in texts.columns:
            choice = pl.when(pl.col("kind") == kind).then(texts[kind]).otherwise(choice)
        return choice

    def _note(self, contract: Contract, month: int, name: str, rows: pl.DataFrame) -> None:
        parts = [pl.col(column).cast(pl.String) for column in contract.record_key]
        self.planted.append(
            rows.select(
                feed=pl.lit(contract.feed),
                month=pl.lit(self.world.calendar.received[month]),
                record_key=pl.concat_str(parts, separator="|", ignore_nulls=True),
                name=name,
                kind="kind",
                enterprise_id="true",
            )
        )

    def truth(self) -> pl.DataFrame:
        """Everything planted, columns of ``TRUTH``."""
        return pl.concat([pl.DataFrame(schema=TRUTH), *self.planted])
