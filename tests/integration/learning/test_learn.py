"""Learning on a small lake: only what was known then, a candidate that the shadow takes, drift after it."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import yaml

from orchestration.catalogue.load import load_version
from orchestration.effect.columns import COLUMNS, OUTCOME
from orchestration.lake import connect
from orchestration.learning import drift as watching
from orchestration.learning.guard import by_timing
from orchestration.learning.policy import LearningError, load_policy
from orchestration.learning.proposal import differs, propose
from orchestration.learning.registry import listed, load
from orchestration.learning.report import text
from orchestration.learning.rows import known_rows
from orchestration.learning.train import SCORECARD, _sources, learn
from orchestration.policy import in_force
from orchestration.risk.partitions import replace_partitions
from orchestration.settings import PROJECT, Settings, month_range, month_shift
from orchestration.shadow import shadow_settings
from tests.definition import Own

UP_TO, LAST = "2026-06", "2026-10"
MONTHS = month_range("2025-10", LAST)
FIRMS = 800
CORRECTED = 12
"""Visits of May whose outcome is put right in June."""
NUMBER, CATEGORY = "H040301", "H010303"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("home")
    own = Own(home=home)
    shutil.copytree(PROJECT / "data" / "catalogue", own.definition / "catalogue")
    for name in ("jurisdiction.yml", "reference"):
        source = PROJECT / "data" / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, own.definition / name)
    policy = yaml.safe_load((PROJECT / "data" / "learning.yml").read_text(encoding="utf-8"))
    policy["versions"][0] |= {"folds": 3, "least_share": 0.05}
    policy["versions"][0]["challenger"] |= {"trees": 20}
    (own.definition / "learning.yml").write_text(yaml.safe_dump(policy), encoding="utf-8")
    _fill(own)
    return own


def _fill(settings: Settings) -> None:
    """Values of all months and the visits of the month after; the regime changes in the last month."""
    rng = np.random.default_rng(11)
    codes = load_version(settings, "v2").indicators
    with connect(settings) as lake:
        columns = ", ".join(f"v_{one.code.lower()} {'DOUBLE' if one.kind == 'numeric' else 'VARCHAR'}" for one in codes)
        lake.execute("CREATE SCHEMA IF NOT EXISTS lake.scores")
        lake.execute(
            "CREATE TABLE lake.scores.enterprise_score (month VARCHAR, region_code VARCHAR, enterprise_id VARCHAR, "
            f"score DECIMAL(7,2), {columns})"
        )
        lake.execute(
            "CREATE TABLE lake.scores.risk_evidence (month VARCHAR, enterprise_id VARCHAR, indicator_code VARCHAR, "
            "record_id VARCHAR, event_on DATE, received_month VARCHAR)"
        )
        states = {}
        for month in MONTHS:
            number = rng.choice([0.0, 1.0, 3.0, 6.0], FIRMS, p=[0.5, 0.25, 0.15, 0.1])
            kind = rng.choice(["state", "corporate", "natural", "shell"], FIRMS)
            states[month] = pl.DataFrame(
                {
                    "month": month,
                    "region_code": rng.choice(["410100", "410200"], FIRMS),
                    "enterprise_id": [f"{place:05d}" for place in range(FIRMS)],
                    "score": 100.0,
                    f"v_{NUMBER.lower()}": number,
                    f"v_{CATEGORY.lower()}": kind,
                }
            )
            lake.register("state", states[month])
            lake.execute("INSERT INTO lake.scores.enterprise_score BY NAME SELECT * FROM state")
            lake.unregister("state")
        rows = [_visits(rng, states[month_shift(month, -1)], month) for month in MONTHS[1:]]
        may = rows[MONTHS[1:].index("2026-05")].head(CORRECTED)
        rows.append(may.with_columns(pl.lit(UP_TO).alias("month"), ~pl.col("found")))
        lake.register("visits", pl.concat(rows))
        given = ", ".join(f"CAST({name} AS {kind}) AS {name}" if name in rows[0].columns else f"CAST(NULL AS {kind})"
                          for name, kind in COLUMNS.items())  # fmt: skip
        query = f"SELECT {given} FROM visits"
        replace_partitions(
            lake, OUTCOME, COLUMNS, [(query, {})], months=MONTHS, regions=["410100", "410200"], decision=False
        )
        lake.unregister("visits")


def _visits(rng: np.random.Generator, state: pl.DataFrame, month: str, size: int = 300) -> pl.DataFrame:
    seen = state.sample(size, seed=int(rng.integers(1 << 30)))
    odds = (
        -2 + 0.35 * seen[f"v_{NUMBER.lower()}"].to_numpy() + 0.8 * (seen[f"v_{CATEGORY.lower()}"] == "shell").to_numpy()
    )
    if month == LAST:
        odds = odds + 1.2
    return pl.DataFrame(
        {
            # results of June that come home in July are not known in June
            "month": [month_shift(month, 1) if month == UP_TO and place < 40 else month for place in range(size)],
            "region_code": seen["region_code"],
            "visit": [f"{month}-{place}" for place in range(size)],
            "enterprise_id": seen["enterprise_id"],
            "visit_month": month,
            "class_month": month_shift(month, -1),
            "found": rng.random(size) < 1 / (1 + np.exp(-odds)),
            "lead_inspector_id": rng.choice([f"i{one}" for one in range(8)], size),
            "inclusion": rng.choice([0.05, 0.2], size),
            "withdrawn": False,
        }
    )


@pytest.fixture(scope="module")
def learned(settings: Settings):
    return learn(settings, UP_TO)


def test_only_what_was_known_is_learned_from(learned):
    # November 2025 to June 2026, 300 a month, 40 of June still unknown
    assert learned.rows.frame.height == 8 * 300 - 40
    assert learned.rows.months == month_range("2025-11", UP_TO)
    assert set(learned.rows.features) == {NUMBER, CATEGORY}
    assert len(learned.unused) == 81 - 2
    assert learned.rows.frame["weight"].n_unique() == 2


def test_what_tells_is_found_and_told(learned):
    assert learned.tried["scorecard"].worth.auc.lower > 0.55
    assert learned.in_force is not None and learned.in_force.auc.value == 0.5  # all had the same score
    points = learned.card.points()
    assert points[NUMBER] == tuple(sorted(points[NUMBER])) and points[NUMBER][-1] > points[NUMBER][0]
    report = text(learned)
    assert f"Learned up to {UP_TO} from 2,360 visits" in report and "challenger" in report


def test_the_card_tells_data_code_months_and_worth(settings, learned):
    model = load(settings, SCORECARD, learned.models[SCORECARD].id)
    assert model.card["month"] == UP_TO and model.card["visits"] == 2360 and model.card["calibrated"] is True
    assert {len(model.card[name]) for name in ("data_sha256", "code_sha256")} == {64}
    assert [one.id for one in listed(settings, SCORECARD)] == [model.id]


def test_the_candidate_is_a_catalogue_in_force_in_no_month_that_the_shadow_takes(settings, learned):
    folder, _ = propose(settings, learned.models[SCORECARD], "c1")
    found = load_version(settings, "c1")
    assert found.effective_from is None and not any(in_force(found, month) for month in MONTHS)
    assert {NUMBER, CATEGORY} <= set(found.codes)
    assert [one.name for one in found.classes] == ["A", "B", "C", "D"]
    assert {one.name: int(one.lower) for one in found.classes} == learned.bounds
    shares = np.bincount(np.searchsorted(list(learned.bounds.values())[1:], learned.points_of_all, side="right"))
    assert shares.sum() == FIRMS and load(settings, SCORECARD, learned.models[SCORECARD].id).card["points"]
    most = max(band.risk * found.by_code[NUMBER].weight / 100 for band in found.bands_of(NUMBER))
    assert most == max(learned.card.points()[NUMBER])
    assert differs(settings, learned.models[SCORECARD], found) == []
    assert differs(settings, learned.models[SCORECARD], load_version(settings, "v2"))
    assert shadow_settings(settings, "c1").candidate == "c1"
    with pytest.raises(LearningError, match="is there already"):
        propose(settings, learned.models[SCORECARD], "c1")
    shutil.rmtree(folder)


def test_an_unknown_month_is_said_and_the_yardstick_stands_in_the_card(settings, learned):
    # visits of the last month are known in it; of the month after none is
    with pytest.raises(LearningError, match=r"No visit of 2026-11 is known yet.*are of 2026-10"):
        watching.drift(settings, month_shift(LAST, 1))
    model = load(settings, SCORECARD, learned.models[SCORECARD].id)
    assert model.card["tenths"] == sorted(model.card["tenths"]) and model.card["weights"]["bound"] > 20
    with connect(settings, read_only=True) as lake:
        card, policy = learned.card, load_policy(settings, UP_TO)
        kept = watching._yardstick(lake, model, card, policy)
        old = replace(model, card={name: value for name, value in model.card.items() if name != "tenths"})
        again = watching._yardstick(lake, old, card, policy)
        scores = np.asarray(model.card["tenths"])
        march = watching._inputs(lake, card, "2026-03", scores)["score"]
    assert kept[0].tolist() == again[0].tolist() and kept[1] == pytest.approx(again[1])
    # the share of a tenth is that of the card, whatever the months watched hold
    seen = {month.month: month.inputs["score"] for month in watching.drift(settings, LAST).seen}
    assert seen["2026-04"] == march
    seen = {month.month: month.inputs["score"] for month in watching.drift(settings, "2026-08").seen}
    assert seen["2026-04"] == march


def test_each_fold_learns_from_what_was_known_before_it(settings, learned):
    # 2026-06 is a fold; 40 of its visits came home in July, and some visits of May are corrected in June
    with connect(settings, read_only=True) as lake:
        policy = load_policy(settings, UP_TO)
        heights = {end: known_rows(lake, policy, [NUMBER], end).frame.height for end in ("2026-05", UP_TO, "2026-07")}
        then, now = (
            known_rows(lake, policy, [NUMBER], end).frame.filter(pl.col("visit_month") == "2026-05")
            for end in ("2026-05", UP_TO)
        )
    assert heights == {"2026-05": 7 * 300, UP_TO: 8 * 300 - 40, "2026-07": 9 * 300}
    both = then.join(now, on=["enterprise_id", "visit"], suffix="_now")
    assert both.filter(pl.col("label") != pl.col("label_now")).height == CORRECTED


def test_the_month_in_which_the_regime_changes_raises_the_alarm(settings, learned):
    report = watching.drift(settings, LAST)
    assert report.model == learned.models[SCORECARD].id and report.months == month_range("2026-07", LAST)
    quiet = [signal for month in report.months[:-1] for signal in report.alarms(month)]
    assert quiet == []
    assert {signal.series for signal in report.alarms(LAST)} >= {"calibration", "find rate"}
    assert "calibration" in watching.text(report)


@pytest.mark.parametrize(
    ("code", "happened_on", "received", "leaks"),
    [
        (NUMBER, "2026-03-31", "2026-04", True),
        (NUMBER, "2026-04-01", "2026-03", True),
        (NUMBER, "2026-03-31", "2026-03", False),
        ("H020303", "2026-04-10", "2026-03", False),  # the end of a licence, known beforehand
    ],
)
def test_a_record_of_after_the_month_is_a_leak(settings, code, happened_on, received, leaks):
    with connect(settings) as lake:
        lake.execute("DELETE FROM lake.scores.risk_evidence")
        lake.execute(
            "INSERT INTO lake.scores.risk_evidence VALUES ('2026-03', '00001', ?, 'r1', ?, ?)",
            [code, happened_on, received],
        )
        late = _sources(lake, load_policy(settings, UP_TO), load_version(settings, "v2").codes, MONTHS)
        lake.execute("DELETE FROM lake.scores.risk_evidence")
    assert [leak.feature for leak in by_timing(late)] == ([code] if leaks else [])


def test_too_little_is_said(settings):
    with pytest.raises(LearningError, match="300 are needed"):
        learn(settings, "2025-10")
    with pytest.raises(LearningError, match="No scorecard was learned before"):
        watching.drift(Own(home=settings.home / "empty"), "2026-01")
