"""The study reads the class of the month before from the lake, never that of the month of the visit."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.evaluation.study import StudyError, run_study
from orchestration.lake import connect
from orchestration.settings import Settings

OUTCOMES = """Inspection ID,"License #",Inspection Date,critical_found,is_test
1,10,2014-09-02,1,true
2,20,2014-09-30,0,true
3,30,2014-09-15,1,true
4,10,2014-08-01,0,false
5,20,2013-02-01,1,false
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "published_rows.csv").write_text(OUTCOMES, encoding="utf-8")
    return Settings(home=tmp_path / "home", jurisdiction="chicago")


def test_class_of_the_month_before(settings: Settings, tmp_path: Path) -> None:
    with connect(settings) as connection:
        connection.execute(
            "CREATE TABLE lake.main.risk_class "
            "(month VARCHAR, enterprise_id VARCHAR, score DECIMAL(7,2), class VARCHAR)"
        )
        connection.execute(
            "INSERT INTO lake.main.risk_class VALUES ('2014-08', '10', 700, 'C'), ('2014-08', '20', 0, 'A'), "
            "('2014-09', '10', 0, 'A'), ('2014-09', '20', 900, 'D'), ('2014-09', '30', 900, 'D'), "
            "('2014-07', '10', 1, 'A')"
        )
    study = run_study(settings, tmp_path)
    assert study.rows.select("id", "month", "class").rows() == [
        ("1", "2014-08", "C"),
        ("2", "2014-08", "A"),
        ("3", "2014-08", None),
        ("4", "2014-07", "A"),
        ("5", "2013-01", None),
    ]
    assert (study.test.rows, study.test.without_class, study.test.found_without_class) == (3, 1, 1)
    assert study.test.auc.value == 1.0
    # Class C of the 2nd and class A of the 30th are already in order of score.
    assert study.test.days_earlier == 0.0
    assert study.before is None


def test_months_that_were_not_classified_are_named(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"no classes that can be read .* classify 2014-08 first"):
        run_study(settings, tmp_path)
    with connect(settings) as connection:
        connection.execute(
            "CREATE TABLE lake.main.risk_class "
            "(month VARCHAR, enterprise_id VARCHAR, score DECIMAL(7,2), class VARCHAR)"
        )
    with pytest.raises(StudyError, match="holds no classes of 2014-08; classify these months first"):
        run_study(settings, tmp_path)
