"""Reading outcomes, measuring groups, and the report, without a lake."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from orchestration.evaluation.report import text, write
from orchestration.evaluation.study import (
    Columns,
    Definition,
    Published,
    Study,
    StudyError,
    definition,
    measure,
    read_outcomes,
)
from orchestration.settings import Settings

COLUMNS = Columns(id="No", enterprise_id="Firm", date="Day", outcome="Found", is_test="Test")
HEADER = "No,Firm,Day,Found,Test\n"


def outcomes(folder: Path, *lines: str) -> Path:
    path = folder / "outcomes.csv"
    path.write_text(HEADER + "".join(line + "\n" for line in lines), encoding="utf-8")
    return path


def test_outcomes_are_typed_and_get_the_month_before(tmp_path: Path) -> None:
    rows = read_outcomes(outcomes(tmp_path, "1,007,2014-01-31,1,TRUE", "2, 8 ,2014-10-31,0,false"), COLUMNS)
    assert rows.select("enterprise_id", "date", "outcome", "is_test", "month").rows() == [
        ("007", date(2014, 1, 31), True, True, "2013-12"),
        ("8", date(2014, 10, 31), False, False, "2014-09"),
    ]


@pytest.mark.parametrize("line", ["2,8,31.10.2014,0,false", "2,8,2014-10-31,maybe,false", "2,,2014-10-31,0,false"])
def test_a_malformed_outcome_is_refused_with_its_line(tmp_path: Path, line: str) -> None:
    with pytest.raises(StudyError, match=r"outcomes\.csv:3: a value is missing or malformed"):
        read_outcomes(outcomes(tmp_path, "1,7,2014-01-31,1,true", line), COLUMNS)


def test_a_missing_column_or_file_is_refused_with_a_cure(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"no column 'Found'; mend study\.columns"):
        path = tmp_path / "other.csv"
        path.write_text("No,Firm,Day,Test\n1,7,2014-01-31,true\n", encoding="utf-8")
        read_outcomes(path, COLUMNS)
    with pytest.raises(StudyError, match="there is no such file"):
        read_outcomes(tmp_path / "absent.csv", COLUMNS)


def joined() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "date": [date(2014, 9, day) for day in (1, 2, 3, 4, 5)],
            "outcome": [False, True, False, True, True],
            "score": [10.0, 300.0, 20.0, 500.0, None],
            "class": ["A", "B", "A", "C", None],
        }
    )


def test_rows_without_a_class_are_counted_and_left_out() -> None:
    group = measure(joined())
    assert (group.rows, group.found, group.without_class, group.found_without_class) == (5, 3, 1, 1)
    assert [(row.name, row.visits, row.found, row.share) for row in group.classes] == [
        ("A", 2, 0, 0.5),
        ("B", 1, 1, 0.25),
        ("C", 1, 1, 0.25),
    ]
    assert group.auc.value == 1.0
    assert group.half == 1.0
    # Visited on the 2nd and 4th of four days: one of two positives in the first half, and by score on the 2nd and 1st.
    assert group.half_as_made == 0.5
    assert group.days_earlier == 1.5


def test_report_prints_measures_beside_published_figures_and_writes_files(tmp_path: Path) -> None:
    what = Definition(
        title="A study",
        file="x.csv",
        columns=COLUMNS,
        published=(Published(label="others", auc=0.6, days_earlier=7.5),),
    )
    study = Study(what, measure(joined()), None, joined())
    lines = text(study).splitlines()
    assert any(line.split() == ["B", "1", "25.0", "%", "1", "100.0", "%", "20.7", "-", "100.0", "%"] for line in lines)
    assert any(line.split()[-3:] == ["0.600", "-", "+7.5"] and "others" in line for line in lines)
    folder = write(Settings(home=tmp_path), study)
    assert sorted(path.name for path in folder.iterdir()) == ["by_class.csv", "rows.csv", "study.json"]
    assert pl.read_csv(folder / "by_class.csv").select("class", "inspections", "positive").rows() == [
        ("A", 2, 0),
        ("B", 1, 1),
        ("C", 1, 1),
    ]


def test_a_jurisdiction_without_a_study_says_so(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="has no section 'study'"):
        definition(Settings(home=tmp_path))
    assert definition(Settings(home=tmp_path, jurisdiction="chicago")).columns.outcome == "critical_found"
