"""What calibration warns of, and what it does not: shares, groups far apart, find rates."""

from __future__ import annotations

import polars as pl
import pytest

from orchestration.calibration.judge import find_rate_warnings, groups_apart, share_warnings
from orchestration.calibration.measure import Measures
from orchestration.calibration.policy import CalibrationError, Policy, load_policy
from orchestration.calibration.report import judge, text
from orchestration.settings import Settings

POLICY = Policy(
    published={"A": (0.5, 0.7), "D": (0.0, 0.1)},
    riskier=("C", "D"),
    far=1.5,
    least_enterprises=100,
    conduct_part=0.5,
    attributes="H01",
)


def group(dimension, name, enterprises, riskier, by_conduct=None, *, floors=0, a=None, h04=0.0):
    return {
        "dimension": dimension,
        "name": name,
        "enterprises": enterprises,
        "class_A": enterprises - riskier if a is None else a,
        "class_D": riskier,
        "riskier": riskier,
        "riskier_by_conduct": riskier if by_conduct is None else by_conduct,
        "with_floor": floors,
        "l1_h01": 20.0,
        "l1_h04": h04,
    }


def measures(*groups, rates=()):
    everyone = group("all", "all", 10_000, 1_000, 1_000, h04=10.0)
    frame = pl.DataFrame([everyone, *groups])
    found = pl.DataFrame(list(rates), schema=["class", "visits", "found"], orient="row")
    return Measures("2026-05", frame, found, ["2026-06"])


def test_a_share_inside_the_published_range_is_no_news():
    inside = measures().groups.with_columns(class_A=pl.lit(5_000), class_D=pl.lit(1_000))
    assert share_warnings(Measures("2026-05", inside, pl.DataFrame(), []), POLICY) == []


@pytest.mark.parametrize(("count", "word"), [(4_999, "below"), (7_001, "above")])
def test_a_share_outside_the_published_range_is_named(count, word):
    outside = measures().groups.with_columns(class_A=pl.lit(count), class_D=pl.lit(0))
    [sentence] = share_warnings(Measures("2026-05", outside, pl.DataFrame(), []), POLICY)
    assert "class A" in sentence
    assert f"{word} the published range of 50 to 70 %" in sentence


def test_a_group_like_all_others_is_not_apart():
    assert groups_apart(measures(group("region", "x", 1_000, 120)), POLICY) == []


def test_a_small_group_is_not_judged():
    assert groups_apart(measures(group("region", "x", 99, 90)), POLICY) == []


def test_far_apart_by_what_it_did_has_a_reason():
    [apart] = groups_apart(measures(group("region", "x", 1_000, 300, 300, h04=60.0)), POLICY)
    assert (apart.share, round(apart.others, 4)) == (0.3, round(700 / 9_000, 4))
    assert apart.by_conduct == pytest.approx(1.0)
    assert apart.reason == "conduct: H04 +50.0 points on average"


def test_far_apart_by_what_it_is_has_none():
    found = measures(group("type", "sole", 1_000, 300, 105))
    [apart] = groups_apart(found, POLICY)
    assert apart.by_conduct < 0.5
    assert apart.reason == ""
    report = judge("v2", found, POLICY)
    [sentence] = [warning for warning in report.warnings if warning.startswith("type sole")]
    assert "30.0 % of 1,000 enterprises are in class C or D against 7.8 % of all others" in sentence
    assert "none found" in text(report, {})


def test_a_declared_industry_has_its_floor_as_reason():
    [apart] = groups_apart(measures(group("section", "B", 1_000, 300, 105, floors=200)), POLICY)
    assert apart.reason == "floor rules apply to 200 of them"


def test_far_better_than_others_is_apart_too():
    [apart] = groups_apart(measures(group("size", "large", 1_000, 20, 20, h04=2.0)), POLICY)
    assert apart.reason == "conduct: H04 -8.0 points on average"


def test_find_rates_must_rise():
    rising = [("A", 100, 1), ("B", 100, 1), ("C", 10, 5), ("D", 0, 0)]
    assert find_rate_warnings(measures(rates=rising)) == []
    [sentence] = find_rate_warnings(measures(rates=[("A", 100, 10), ("B", 50, 4)]))
    assert "8.0 % of 50 visits to class B" in sentence


def test_the_shipped_policy_holds_the_published_ranges():
    policy = load_policy(Settings.from_env())
    assert policy.published == {"A": (0.49, 0.73), "B": (0.19, 0.42), "C": (0.05, 0.08), "D": (0.015, 0.06)}


class Other(Settings):
    """Settings of a jurisdiction whose folder is its home."""

    @property
    def canonical(self):
        return self.home

    @property
    def definition(self):
        return self.home


@pytest.mark.parametrize(
    ("line", "wrong", "words"),
    [
        ("  A: [0.49, 0.73]", "  A: [0.9, 0.1]", "published: the range of class A is 0.9 to 0.1"),
        ("far: 1.5", "far: 1", "far: Input should be greater than 1"),
        ("far: 1.5", "far: 1.5\nfair: 2", "fair: Extra inputs are not permitted"),
        ("far: 1.5", "far: {", "not valid YAML"),
    ],
)
def test_a_wrong_policy_is_refused_with_file_and_place(tmp_path, line, wrong, words):
    shipped = (Settings.from_env().canonical / "calibration.yml").read_text(encoding="utf-8")
    assert line in shipped
    (tmp_path / "calibration.yml").write_text(shipped.replace(line, wrong), encoding="utf-8")
    with pytest.raises(CalibrationError, match=r"calibration\.yml") as refused:
        load_policy(Other(home=tmp_path))
    assert words.removeprefix("published: ") in str(refused.value)


def test_a_missing_policy_is_named(tmp_path):
    with pytest.raises(CalibrationError, match="is missing"):
        load_policy(Other(home=tmp_path))
