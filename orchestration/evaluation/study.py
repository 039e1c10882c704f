"""A study: past outcomes of a jurisdiction beside the classes of the month before.

Belongs here: the shape of the ``study`` section of ``jurisdiction.yml``, reading outcomes, joining classes, measuring.
Does not belong here: the formulas (``measures``), layout of the report (``report``).

An outcome of a day in month M is set beside the class of month M-1: what was known when the visits of M were planned.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
from pydantic import BaseModel, ConfigDict, ValidationError

from orchestration.evaluation.measures import Estimate, auc, days_earlier, riskier_half, wilson
from orchestration.lake import connect
from orchestration.settings import Settings

TRUE, FALSE = ("1", "true", "t", "yes"), ("0", "false", "f", "no")


class StudyError(ValueError):
    """The study cannot be made; the message says what, where and how to mend it."""


class Columns(BaseModel):
    """Headers of the file of outcomes.

    Attributes:
        id: number of the inspection.
        enterprise_id: the enterprise as the lake knows it.
        date: day of the inspection, YYYY-MM-DD.
        outcome: whether it found what the study looks for; 1 or 0, true or false.
        is_test: whether the row belongs to the test; the others are those that points may have been set on.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    enterprise_id: str
    date: str
    outcome: str
    is_test: str


class Published(BaseModel):
    """Figures of others on the same rows; None where a figure was not published or does not apply."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    label: str
    auc: float | None = None
    half: float | None = None
    days_earlier: float | None = None


class Definition(BaseModel):
    """The ``study`` section of ``jurisdiction.yml``.

    Attributes:
        title: heading of the report.
        file: name of the file of outcomes in the folder given on the command line.
        columns: its headers.
        published: figures to print beside ours.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    title: str
    file: str
    columns: Columns
    published: tuple[Published, ...] = ()


@dataclass(frozen=True)
class ClassRow:
    """Inspections of one class: how many, how many found something, and the rate with its interval."""

    name: str
    visits: int
    share: float
    found: int
    rate: Estimate


@dataclass(frozen=True)
class Group:
    """Measures of one group of inspections.

    Attributes:
        rows: inspections in the group.
        found: how many of them found something.
        first, last: days of the first and the last.
        without_class: inspections whose enterprise had no class in the month before; they are in no measure below.
        found_without_class: how many of those found something.
        classes: one row a class, best first.
        auc: of the score, with interval.
        half: share of the positives in the half of the visits with the highest scores.
        half_as_made: the same share for the visits in the order in which they were made.
        days_earlier: mean days by which a positive comes earlier in order of score.
    """

    rows: int
    found: int
    first: date
    last: date
    without_class: int
    found_without_class: int
    classes: list[ClassRow]
    auc: Estimate
    half: float
    half_as_made: float
    days_earlier: float


@dataclass(frozen=True)
class Study:
    """Result: definition, test rows, earlier rows (None where these show one outcome only), and the rows themselves."""

    definition: Definition
    test: Group
    before: Group | None
    rows: pl.DataFrame


def definition(settings: Settings) -> Definition:
    """The study of this jurisdiction.

    Raises:
        StudyError: it has none, or it is malformed.
    """
    place = settings.definition / "jurisdiction.yml"
    content = settings.profile.get("study")
    if content is None:
        raise StudyError(f"{place}: has no section 'study'; choose a jurisdiction with one by ECR_JURISDICTION.")
    try:
        return Definition.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        raise StudyError(
            f"{place}: study.{'.'.join(map(str, first['loc']))}: {first['msg']}; mend the file."
        ) from error


def read_outcomes(path: Path, columns: Columns) -> pl.DataFrame:
    """Inspections with columns id, enterprise_id, date, outcome, is_test and month (the one before), in file order.

    Raises:
        StudyError: the file or a column is missing, or a value is not what it should be; names the line.
    """
    if not path.is_file():
        raise StudyError(f"{path}: there is no such file of outcomes; give the folder that holds it.")
    names = columns.model_dump()
    text = pl.read_csv(path, infer_schema=False)
    missing = [header for header in names.values() if header not in text.columns]
    if missing:
        raise StudyError(f"{path}: has no column {missing[0]!r}; mend study.columns in jurisdiction.yml.")
    text = text.select(pl.col(header).str.strip_chars().alias(name) for name, header in names.items())
    rows = text.with_columns(
        pl.col("date").str.to_date("%Y-%m-%d", strict=False),
        *(
            pl.when(pl.col(name).str.to_lowercase().is_in(TRUE))
            .then(True)
            .when(pl.col(name).str.to_lowercase().is_in(FALSE))
            .then(False)
            .alias(name)
            for name in ("outcome", "is_test")
        ),
    )
    bad = rows.with_row_index("line", offset=2).filter(pl.any_horizontal(pl.col(names).is_null()))
    if bad.height:
        line = int(bad["line"][0])
        raise StudyError(
            f"{path}:{line}: a value is missing or malformed ({', '.join(str(v) for v in text.row(line - 2))}); "
            "days are YYYY-MM-DD, outcomes 1 or 0."
        )
    return rows.with_columns(pl.col("date").dt.offset_by("-1mo").dt.strftime("%Y-%m").alias("month"))


def join_classes(settings: Settings, outcomes: pl.DataFrame) -> pl.DataFrame:
    """``outcomes`` with score and class of the month before; null where the enterprise had none.

    Raises:
        StudyError: nothing was classified in any month before a test row.
    """
    needed = sorted(outcomes.filter("is_test")["month"].unique())
    try:
        with connect(settings, read_only=True) as connection:
            classes = connection.execute(
                "SELECT month, enterprise_id, CAST(score AS DOUBLE) AS score, class FROM lake.main.risk_class "
                "WHERE list_contains(?, month)",
                [sorted(outcomes["month"].unique())],
            ).pl()
    except duckdb.Error as error:
        raise StudyError(
            f"The lake in {settings.home} has no classes that can be read ({str(error).strip().splitlines()[0]}); "
            f"classify {', '.join(needed)} first."
        ) from error
    absent = [month for month in needed if month not in set(classes["month"])]
    if absent or not needed:
        raise StudyError(
            f"The lake in {settings.home} holds no classes of {', '.join(absent)}; classify these months first."
        )
    return outcomes.join(classes, on=["month", "enterprise_id"], how="left", maintain_order="left")


def measure(rows: pl.DataFrame) -> Group:
    """Measures of ``rows`` (columns date, outcome, score, class; the last two null without a class).

    Raises:
        MeasureError: the rows with a class all have the same outcome.
    """
    known = rows.filter(pl.col("class").is_not_null())
    counts = known.group_by("class").agg(pl.len().alias("visits"), pl.col("outcome").sum().alias("found")).sort("class")
    # In the order in which visits were made: the earlier, the "riskier".
    as_made = known.with_columns((-pl.col("date").to_physical().cast(pl.Float64)).alias("score"))
    return Group(
        rows=rows.height,
        found=int(rows["outcome"].sum()),
        first=rows["date"].min(),  # type: ignore[arg-type]
        last=rows["date"].max(),  # type: ignore[arg-type]
        without_class=rows.height - known.height,
        found_without_class=int(rows["outcome"].sum()) - int(known["outcome"].sum()),
        classes=[
            ClassRow(name, visits, visits / known.height, found, wilson(found, visits))
            for name, visits, found in counts.iter_rows()
        ],
        auc=auc(known),
        half=riskier_half(known),
        half_as_made=riskier_half(as_made),
        days_earlier=days_earlier(known),
    )


def run_study(settings: Settings, folder: Path) -> Study:
    """Make the study of this jurisdiction with the outcomes in ``folder`` and the classes in the lake.

    Raises:
        StudyError: it has no study, the outcomes cannot be read, or their months were not classified.
    """
    what = definition(settings)
    rows = join_classes(settings, read_outcomes(folder / what.file, what.columns))
    classified = rows.filter(pl.col("class").is_not_null())
    # Earlier rows only of months that were classified at all: the others say nothing about classes.
    before = rows.filter(~pl.col("is_test") & pl.col("month").is_in(classified["month"].unique().implode()))
    both = before.filter(pl.col("class").is_not_null())["outcome"].n_unique() == 2
    return Study(what, measure(rows.filter("is_test")), measure(before) if both else None, rows)
