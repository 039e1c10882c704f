"""What would lower the class: at the edges of months, never more than rules and records allow.

Weights and bounds are the regulator's to move, so each case sets the bound of class A where it wants it.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from orchestration.catalogue import load_catalogue
from orchestration.explanation.model import Factor, Record, Text
from orchestration.explanation.outlook import clear_value, outlook, value_in
from orchestration.explanation.points import band_of, raw_points
from orchestration.explanation.remedies import remedy_of
from orchestration.explanation.ruling import judged
from orchestration.settings import Settings

SETTINGS = Settings.from_env()
CATALOGUE = load_catalogue(SETTINGS, "2026-05")
MONTH = "2026-05"
REMEDY = {code: remedy_of(SETTINGS, code) for code in CATALOGUE.codes}
PENALTY = Record(
    feed="c06_penalties", title=Text("行政处罚", "penalties"), record_id="d:1", record_key="1号", event_on=None,
    received_month="2026-01", stops_in="2026-08", about_id=None, counts_for=1.0, repaired_on=None, review_since=None,
    repairable=True, objectionable=True,
)  # fmt: skip
LISTING = replace(PENALTY, feed="c04_abnormal_list", stops_in=None, counts_for=None)
MISSING = replace(
    PENALTY, feed="c03_annual_reports", record_id=None, record_key=None, stops_in="2026-06", counts_for=None
)


def worst(code):
    indicator = CATALOGUE.by_code[code]
    band = max(CATALOGUE.bands_of(code), key=lambda one: one.risk)
    if indicator.kind == "categorical":
        return band.category
    return float(band.lower) if band.lower is not None else float(band.upper) - 1


def firm(records=None, **values):
    """Factors of a firm: nothing held against it but what is given as code=value, with records by code."""
    given = {code: clear_value(CATALOGUE, CATALOGUE.by_code[code]) for code in CATALOGUE.codes}
    given |= {"H010201": 10.0} | values
    return [
        Factor(
            code=indicator.code, name=Text(indicator.name_zh, indicator.name_en), level1=indicator.l1_code,
            level2=indicator.l2_code, unit=indicator.unit, value=given[indicator.code], band=None, label=None,
            points=Decimal(0), cap_taken=Decimal(0), known=given[indicator.code] is not None,
            records=tuple((records or {}).get(indicator.code, ())),
        )
        for indicator in CATALOGUE.indicators
    ]  # fmt: skip


def bounded(bound):
    """The catalogue with class A below a score and B from it on; C and D are out of reach but by rule."""
    if bound is None:
        return CATALOGUE
    edges = [Decimal(0), Decimal(bound), Decimal("999.8"), Decimal("999.9"), Decimal(1000)]
    classes = [
        one.model_copy(update={"lower": low, "upper": high})
        for one, low, high in zip(CATALOGUE.classes, edges, edges[1:], strict=False)
    ]
    return CATALOGUE.model_copy(update={"classes": tuple(classes)})


def seen(records=None, bound=None, **values):
    return outlook(bounded(bound), MONTH, firm(records, **values), REMEDY)


def score_of(**values):
    return judged(CATALOGUE, {factor.code: factor.value for factor in firm(**values)})[0]


@pytest.mark.parametrize("indicator", CATALOGUE.indicators, ids=lambda one: one.code)
def test_a_clear_value_gives_the_fewest_points_an_indicator_can_give(indicator):
    value = clear_value(CATALOGUE, indicator)
    least = min(band.risk for band in CATALOGUE.bands_of(indicator.code) if band.risk >= 0)
    assert band_of(CATALOGUE, indicator, value).risk == least


def value_after(code, value, records, months, month):
    (factor,) = [one for one in firm({code: records}, **{code: value}) if one.code == code]
    return value_in(CATALOGUE, factor, REMEDY[code], months, month)


@pytest.mark.parametrize(("month", "left"), [("2026-07", 2.0), ("2026-08", 1.0), ("2027-01", 1.0), ("2027-02", 0.0)])
def test_a_record_counts_up_to_the_month_before_it_stops(month, left):
    records = [PENALTY, replace(PENALTY, record_id="d:2", stops_in="2027-02")]
    assert value_after("H040301", 2.0, records, 1, month) == left


def test_a_value_that_is_no_sum_stays_until_its_last_record_has_left():
    records = [
        replace(PENALTY, counts_for=None),
        replace(PENALTY, record_id="d:2", counts_for=None, stops_in="2027-02"),
    ]
    assert value_after("H040303", worst("H040303"), records, 3, "2026-08") == worst("H040303")
    assert value_after("H040303", worst("H040303"), records, 9, "2027-02") == "none"


def test_the_worst_kind_is_not_taken_to_be_gone_while_lesser_ones_count():
    (factor,) = [f for f in firm({"H040303": [PENALTY]}, H040303=worst("H040303")) if f.code == "H040303"]
    lesser = replace(PENALTY, record_id="d:2", stops_in="2027-02")
    remedy = REMEDY["H040303"]
    assert value_in(CATALOGUE, factor, remedy, 3, "2026-08", others=[PENALTY, lesser]) == worst("H040303")
    assert value_in(CATALOGUE, factor, remedy, 9, "2027-02", others=[PENALTY, lesser]) == "none"


def test_counts_that_do_not_add_up_to_the_value_are_not_taken_apart():
    records = [PENALTY, replace(PENALTY, record_id="d:2", stops_in="2027-02")]
    assert value_after("H040301", 5.0, records, 3, "2026-08") == 5.0


def test_what_is_missing_stays_missing_and_a_state_lasts():
    assert value_after("H030101", 1.0, [MISSING], 12, "2027-05") == 1.0
    assert value_after("H040101", 1.0, [LISTING], 60, "2031-05") == 1.0


def test_time_does_not_tell_what_the_next_report_will_say():
    report = replace(PENALTY, feed="c03_annual_reports", counts_for=None)
    assert value_after("H030201", 1.0, [report], 12, "2027-05") == 1.0
    assert value_after("H030203", 3.0, [report], 12, "2027-05") == 0.0


def test_age_grows_by_months():
    assert value_after("H010201", 11 / 12, [], 1, "2026-06") == 1.0


def test_time_alone_lowers_the_class_in_the_month_the_records_leave():
    values = {"H040301": 3.0, "H040303": worst("H040303"), "H040304": 1.0}
    records = {code: [replace(PENALTY, counts_for=values[code] if code != "H040303" else None)] for code in values}
    bound = score_of(**values)
    (step,) = seen(records, bound, **values).by_time
    assert (step.month, step.class_name, step.codes) == ("2026-08", "A", tuple(sorted(values)))
    assert step.score == score_of() < bound


def test_a_thin_file_ends_with_the_first_year():
    view = seen(bound=999, H010201=10 / 12)
    assert "established less than a year ago" in view.rules[0].en
    step = next(step for step in view.by_time if step.class_name == "A")
    assert step.month == "2026-07"


def test_acts_that_are_each_enough_stand_alone():
    values = {"H030101": 1.0}
    view = seen({"H030101": [MISSING]}, score_of(**values), **values)
    (step,) = view.alone
    assert (step.codes, step.score, step.class_name) == (("H030101",), score_of(H030103=1.0), "A")
    assert score_of(H030103=1.0) > score_of(), "filing late no longer costs anything, so this shows nothing"
    assert not view.together


def test_where_no_act_is_enough_the_smallest_set_found_is_named():
    values = {"H030101": 1.0, "H020304": worst("H020304"), "H070202": worst("H070202"), "H060202": worst("H060202")}
    each = sorted(score_of(**{code: value}) - score_of() for code, value in values.items() if code != "H030101")
    # a cent more than what is left when the report is filed and the heavier of the others is cured: two acts do it
    bound = score_of(H030103=1.0) + each[0] + each[1] + Decimal("0.01")
    view = seen({"H030101": [MISSING]}, bound, **values)
    assert not view.alone
    assert len(view.together) == 2 and view.together_step.class_name == "A"
    assert view.together_step.score < bound <= min(step.score for step in (*view.together, *view.other))
    assert set(view.together_step.codes) == {code for step in view.together for code in step.codes}


def test_a_listing_that_only_an_authority_ends_is_never_promised_away():
    view = seen({"H040201": [replace(LISTING, feed="c05_serious_lists")]}, H040201=1.0, H030101=1.0)
    assert not view.alone and not view.together and view.together_step is None
    assert "on a serious-dishonesty list" in view.rules[0].en and "严重违法失信名单" in view.rules[0].zh
    assert all(step.class_name == "D" for step in (*view.other, *view.by_time))
    assert view.after_rule.codes == ("H040201",)
    assert view.after_rule.score == score_of(H030101=1.0) < score_of(H030101=1.0, H040201=1.0)
    assert view.after_rule.class_name < "D"
    assert "H040201" in {code for wait in view.waiting for code in wait.codes}


def test_after_two_direct_rules_both_have_ended():
    view = seen(H040201=1.0, H040601=1.0)
    assert sorted(view.after_rule.codes) == ["H040201", "H040601"]
    assert view.after_rule.class_name == "A"


def test_a_floor_holds_whatever_is_done():
    view = seen({"H030101": [MISSING]}, H010302="declared", H030101=1.0)
    assert "no better than C" in view.rules[0].en
    assert not view.alone and not view.together
    assert {step.class_name for step in view.other} == {"C"}


def test_repair_halves_what_is_not_repaired_yet_and_only_if_it_can_be():
    weight = next(float(p.value) for p in CATALOGUE.parameters if (p.code, p.name) == ("H040301", "repaired_weight"))
    open_, done = PENALTY, replace(PENALTY, record_id="d:2", counts_for=weight, repaired_on="2026-02-01")

    def after(*records):
        value = sum(record.counts_for for record in records)
        view = seen({"H040301": records}, H040301=value)
        return {step.score for step in (*view.alone, *view.other) if "H040301" in step.codes}

    assert after(open_, done) == {score_of(H040301=2 * weight)}
    assert after(done, replace(done, record_id="d:3")) == set(), "repaired already"
    assert after(open_, replace(PENALTY, record_id="d:4", repairable=False)) == set()


def test_attributes_are_not_to_be_cured():
    values = {code: worst(code) for code in CATALOGUE.codes if code.startswith("H01") and code != "H010302"}
    view = seen(bound=score_of(**values), **values)
    assert not view.alone and not view.together and not view.other
    said = {code: wait.way for wait in view.waiting for code in wait.codes}
    raw = raw_points(CATALOGUE, values)
    assert {code for code in values if raw[code] > 0} <= set(said)
    assert {way for code, way in said.items() if code.startswith("H01")} == {"none", "grows"}


def test_an_offset_that_runs_out_is_shown():
    patent = replace(PENALTY, feed="c14_patents", repairable=False, counts_for=None)
    values = {"H070301": worst_patents(), "H070402": worst("H070402")}
    view = seen({"H070301": [patent]}, **values)
    (step,) = view.by_time
    assert step.month == "2026-08" and step.score > score_of(**values)


def worst_patents():
    band = min(CATALOGUE.bands_of("H070301"), key=lambda one: one.risk)
    assert band.risk < 0
    return float(band.lower)
