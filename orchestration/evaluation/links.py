"""How well rows without a code found their enterprise, against what the simulator planted.

Belongs here: precision and recall of the links, by kind of name. Does not belong here: the links (``resolution``).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from orchestration.resolution.links import linked_months, links_of
from orchestration.resolution.records import latest
from orchestration.resolution.review import questions
from orchestration.settings import Settings, SettingsError


@dataclass(frozen=True)
class LinkQuality:
    """Planted rows and what became of them.

    Attributes:
        rows: planted rows that were received.
        linked: accepted ones.
        right: accepted ones whose enterprise is the planted one.
        findable: rows that are about an enterprise of the register.
        asked: findable rows left to a person, with the right enterprise among the candidates shown.
    """

    rows: int
    linked: int
    right: int
    findable: int
    asked: int

    @property
    def precision(self) -> float:
        """Share of the accepted rows that are right."""
        return self.right / self.linked if self.linked else 1.0

    @property
    def recall(self) -> float:
        """Share of the findable rows that were accepted for the right enterprise."""
        return self.right / self.findable if self.findable else 1.0

    @property
    def reach(self) -> float:
        """Share of the findable rows that were accepted rightly or asked with the right candidate."""
        return (self.right + self.asked) / self.findable if self.findable else 1.0


def outcomes(settings: Settings, month: str) -> pl.DataFrame:
    """Planted rows received by a month with their decision: ``kind``, ``band``, ``right``, ``findable``, ``asked``.

    Raises:
        SettingsError: there is no planted truth, because the deliveries were not simulated.
    """
    path = settings.home / "simulation" / "codeless.parquet"
    if not path.is_file():
        raise SettingsError(f"{path} is not there; only links of simulated deliveries can be measured.")
    planted = pl.read_parquet(path).filter(pl.col("month") <= month)
    made = latest([links_of(settings, one).read("links") for one in linked_months(settings, month)])
    asked = questions(settings, month).select("mention_id", "candidates")
    # a delivery sent again or corrected carries a planted row twice; each is one row here
    return (
        made.select("feed", "record_key", "name", "mention_id", "received_month", "band", found="enterprise_id")
        .unique(["mention_id", "received_month"], keep="last", maintain_order=True)
        .join(
            planted.select("feed", "record_key", "name", "kind", planted="enterprise_id", received_month="month"),
            on=["feed", "record_key", "name", "received_month"],
        )
        .join(asked, on="mention_id", how="left")
        .select(
            "kind",
            "name",
            "band",
            findable=pl.col("planted").is_not_null(),
            right=(pl.col("band") == "accept") & pl.col("found").eq_missing(pl.col("planted")),
            asked=(pl.col("band") == "review")
            & pl.col("candidates").str.contains(pl.col("planted"), literal=True).fill_null(value=False),
        )
    )


def measure(rows: pl.DataFrame) -> LinkQuality:
    """Quality of ``outcomes``, or of a part of them."""
    return LinkQuality(
        rows=rows.height,
        linked=rows.filter(pl.col("band") == "accept").height,
        right=int(rows["right"].sum()),
        findable=int(rows["findable"].sum()),
        asked=int(rows["asked"].sum()),
    )


def by_kind(rows: pl.DataFrame) -> dict[str, LinkQuality]:
    """Quality by kind of name."""
    return {str(kind): measure(part) for (kind,), part in sorted(rows.group_by("kind"), key=lambda pair: str(pair[0]))}
