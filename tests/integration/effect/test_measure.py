"""A planted draw in a real lake: what is read back is the sample, what is measured is written, and it is printed."""

from __future__ import annotations

from types import SimpleNamespace

import polars as pl
import pytest

from orchestration.effect import __main__ as command
from orchestration.effect.columns import EFFECT, FAIRNESS, OUTCOME, SAVING, TABLES
from orchestration.effect.measure import write_effect, write_fairness
from orchestration.effect.rates import rates
from orchestration.effect.saving import savings
from orchestration.effect.store import prepare_tables
from orchestration.lake import connect
from orchestration.risk.summary import UNDECIDED
from orchestration.settings import Settings
from tests.unit.effect.planted import MONTH, planted

BEFORE = "2026-05"
AGES = {"1 under 1 year": 0.5, "2 1 to 3 years": 2.0}


@pytest.fixture(scope="module")
def sample():
    return planted(
        1, enterprises=3000, ratios=(0.05, 0.1, 0.3, 0.6), inspectors=12, apart=5, ages=tuple(AGES),
        statutory=0.2, statutory_rates=(0.3, 0.4, 0.6, 0.9), visits_a_year=4,
    )  # fmt: skip


@pytest.fixture(scope="module")
def settings(tmp_path_factory, sample):
    """Classes of the month before, the enterprises behind them, who comes by date, and the visits of the draw."""
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    prepare_tables(settings)
    firms = sample.population.select(pl.exclude("enterprises").repeat_by("enterprises")).explode(pl.all())
    firms = firms.with_row_index("number").with_columns(age_years=pl.col("age_class").replace_strict(AGES))
    with connect(settings, views=False) as connection:
        connection.register("firms", firms)
        connection.register("visits", sample.visits)
        connection.execute(
            "CREATE TABLE lake.main.risk_class AS SELECT $month AS month, region_code, "
            "CAST(number AS VARCHAR) AS enterprise_id, class FROM firms", {"month": BEFORE},
        )  # fmt: skip
        connection.execute("CREATE SCHEMA lake.scores")
        connection.execute(
            "CREATE TABLE lake.scores.enterprise AS SELECT $month AS month, CAST(number AS VARCHAR) AS enterprise_id, "
            "size_class AS size_group, age_years FROM firms", {"month": BEFORE},
        )  # fmt: skip
        connection.execute(
            "CREATE TABLE lake.main.combined_class AS SELECT $month AS month, "
            "CAST(number AS VARCHAR) AS enterprise_id, 'food' AS field, 4.0 AS statutory_visits "
            "FROM firms WHERE statutory", {"month": BEFORE},
        )  # fmt: skip
        names = [name for name in TABLES[OUTCOME] if name in sample.visits.columns]
        connection.execute(
            f"INSERT INTO lake.main.{OUTCOME} ({', '.join(names)}, month, visit, withdrawn) "
            f"SELECT {', '.join(names)}, visit_month, check_kind || enterprise_id, false FROM visits"
        )
    return settings


def table(settings, name):
    with connect(settings, read_only=True, views=False) as connection:
        return connection.execute(f"SELECT * FROM lake.main.{name}").pl()


def test_what_is_read_back_is_the_sample(settings, sample):
    [effect] = write_effect(settings, [MONTH])
    told = {(row.dimension, row.name): row for row in effect.rates}
    for row in rates(sample):
        if row.dimension != "field":  # other enterprises are members in this lake than in the sample
            found = told[row.dimension, row.name]
            assert (found.visits, found.found, found.enterprises) == (row.visits, row.found, row.enterprises)
            assert found.population.value == pytest.approx(row.population.value)
    assert effect.savings[0].ratio.value == pytest.approx(savings(sample)[0].ratio.value)
    food = told["field", "food"]
    assert food.enterprises == sample.population.filter("statutory")["enterprises"].sum()
    assert effect.spread.inspector_count == 12
    assert (effect.drawn, effect.answered) == (0, 0), "no draw of this platform is written here"


def test_what_was_measured_is_written_once(settings):
    for _ in range(2):
        [effect], [fair] = write_effect(settings, [MONTH]), write_fairness(settings, [MONTH])
    written = table(settings, EFFECT)
    assert written.height == len(effect.rates)
    assert set(written["month"]) == {MONTH}
    lift = written.filter(pl.col("dimension") == "class").sort("name")["lift"].to_list()
    assert lift == pytest.approx([effect.lifts[name].value for name in "ABCD"])
    assert table(settings, SAVING)["scope"].to_list() == ["lot", "drawn"]
    assert table(settings, FAIRNESS).height == len(fair.groups) == 3 + 2 + 2


def test_a_month_before_the_first_visit_is_measured_and_says_so(settings, monkeypatch, capsys):
    [effect] = write_effect(settings, ["2026-03"])
    assert (effect.visits, effect.rates, effect.savings, effect.spread) == (0, [], [], None)
    monkeypatch.setenv("ECR_HOME", str(settings.home))
    assert command.main(["2026-03"]) == 1
    assert "materialise inspection_outcome for 2026-03" in capsys.readouterr().err


def test_a_lake_without_classes_says_so_in_one_sentence(tmp_path, monkeypatch, capsys):
    settings = Settings(home=tmp_path)
    prepare_tables(settings)
    [effect] = write_effect(settings, [MONTH])
    assert (effect.visits, effect.savings) == (0, [])
    monkeypatch.setenv("ECR_HOME", str(tmp_path))
    assert command.main([MONTH]) == 1
    assert capsys.readouterr().err.strip() == UNDECIDED


def test_a_month_before_any_catalogue_is_refused_in_one_sentence(settings, monkeypatch, capsys):
    monkeypatch.setenv("ECR_HOME", str(settings.home))
    monkeypatch.setattr(command, "measure", lambda *_: (SimpleNamespace(visits=1, first="1999-01"), None))
    assert command.main(["1999-12"]) == 1
    assert "1999-12" in capsys.readouterr().err


def test_the_report_is_printed(settings, monkeypatch, capsys):
    monkeypatch.setenv("ECR_HOME", str(settings.home))
    assert command.main([MONTH]) == 0
    told = capsys.readouterr().out
    for words in ("检查成效 Effect", "按风险等级 By class", "节省 saved", "检查员间差异", "公平性 Fairness", "郑州市"):
        assert words in told
    assert command.main(["May"]) == 1
    assert "'May' is not a month" in capsys.readouterr().err
