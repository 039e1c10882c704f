"""Explanations of a hand-made lake: the sum, the records read back, what changed, refusals, both languages."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from orchestration.explanation import ExplanationError, explain, page, short, to_json
from orchestration.explanation.__main__ import main
from orchestration.explanation.examples import examples, write_pages
from orchestration.explanation.model import Override, Text
from orchestration.lake import connect
from orchestration.settings import Settings, SettingsError

from .conftest import BEFORE, MONTH, PERSON, make_lake

STANDING = "不评价、不惩戒、不公开、不免抽"


@pytest.mark.parametrize("name", ["CLEAN", "FINED", "LISTED", "UNFILED"])
def test_points_and_subtotals_add_up_to_the_score(explained, name):
    found = explained(name)
    assert sum(factor.points for factor in found.factors) == found.score
    assert sum(level.counted for level in found.levels if len(level.code) == 3) == found.score
    assert sum(level.counted for level in found.levels if len(level.code) == 5) == found.score
    assert found.total.counted == found.score
    assert len(found.factors) == 81


def test_records_are_read_back_with_the_words_of_the_contract(explained):
    found = explained("FINED")
    newest, oldest = found.factor("H040301").records
    assert (newest.record_key, newest.event_on, newest.received_month) == ("2号", date(2026, 5, 2), "2026-05")
    assert (oldest.record_id, oldest.stops_in) == ("c06_penalties-2026-03:1", "2028-03")
    said = {one.column: (one.label.zh, one.value.zh, one.value.en) for one in oldest.content}
    assert said["fine"] == ("罚款金额", "4 万元", "4 (10,000 yuan)")
    assert said["penalty_kind"] == ("处罚类别", "2 罚款", "2 fine")
    assert "confiscation" not in said, "a column without a value says nothing"
    assert oldest.objectionable and oldest.repairable
    assert found.name == "甲有限公司"


def test_nothing_about_a_person_is_shown(explained):
    for name in ("LISTED", "FINED"):
        found = explained(name)
        for text in (to_json(found), page(found, "zh"), page(found, "en")):
            assert PERSON not in text and "王" not in text
    text = page(explained("LISTED"), "zh")
    assert "新路2号" in text and "变更事项：03" in text, "only what names a person is left out"
    (persons,) = [r for r in explained("LISTED").factor("H050101").records if r.feed == "c01_persons"]
    assert persons.record_key is None, "its key holds a person's number"


def test_why_a_value_is_unknown(explained):
    found = explained("CLEAN")
    assert "c08_sampling, never received" in found.factor("H040501").unknown.en
    assert "c06_penalties" not in found.factor("H040304").unknown.en.replace("c05_repairs", "")
    assert found.factor("H050102").unknown.en.startswith("not applicable"), "its feed came this month"
    assert all((factor.unknown is None) == factor.known for factor in found.factors)


def test_what_changed_since_the_month_before(explained):
    changes = explained("FINED").changes
    assert (changes.month, changes.class_before) == (BEFORE, explained("FINED", BEFORE).class_name)
    by_code = {change.code: change for change in changes.factors}
    assert set(by_code) == {"H010101", "H040301", "H040302", "H040303"}
    count = by_code["H040301"]
    assert (count.value_before, count.value) == (1.0, 2.0)
    assert count.points_before < count.points
    assert [record.record_key for record in count.came] == ["2号"] and count.left == ()
    assert by_code["H040303"].value_before == by_code["H040303"].value == "2", "only its records differ"
    assert explained("UNFILED").changes is None


def test_time_lowers_the_score_exactly_when_the_records_leave(explained):
    steps = explained("FINED").outlook.by_time
    assert [step.month for step in steps if "H040301" in step.codes] == ["2028-03", "2029-05"]
    assert steps[-1].score == explained("CLEAN").score


def test_a_list_sets_the_class_until_it_ends(explained):
    found = explained("LISTED")
    assert (found.class_name, found.direct_rule) == ("D", "SERIOUS_LIST")
    assert found.reason.zh.startswith("直接判定：当前列入严重违法失信名单")
    assert not found.outlook.alone and not found.outlook.together
    assert "whatever the score" in short(found, "en")


def test_an_absence_says_what_was_due(explained):
    found = explained("UNFILED")
    (record,) = found.factor("H030101").records
    assert (record.record_id, record.content, record.objectionable) == (None, (), False)
    assert "missing: Annual reports, due by 2025-06-30" in page(found, "en").replace(
        "Annual report,", "Annual reports,"
    )
    assert "年报" in page(found, "zh")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", ["CLEAN", "FINED", "LISTED", "UNFILED"])
def test_the_short_part_says_class_score_and_what_the_class_is_not(explained, name, language):
    found = explained(name)
    text = short(found, language)
    assert f"**{found.class_name}**" in text and f"**{found.score}**" in text and STANDING in text
    assert page(found, language).startswith(text)
    for factor in found.factors:
        assert factor.code in page(found, language)
    for factor in found.heaviest[:3]:
        assert factor.code in text and factor.name.of(language) in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_web_signal_shows_its_page_and_how_to_fetch_it(explained, language):
    found = explained("NAMED")
    crawled, elsewhere = found.factor("H050201").records
    assert (crawled.record_key, crawled.objectionable, elsewhere.record_key) == ("W1", True, "W2")
    assert {"title", "source", "url", "page", "payload_sha256", "band"} <= {one.column for one in crawled.content}
    lines = page(found, language).splitlines()
    [last] = [line for line in lines if "make page P=9f86d081884c7d659a2feaa0c55ad015" in line]
    place = lines.index(last)
    said = [
        ["某商贸公司被曝售假", "news_heluo", "2026-05-10", "负面" if language == "zh" else "negative"],
        ["企业全称" if language == "zh" else "full name", "0.97", "2026-05", "2026-06"],
        ["`W1`", "w01_web_signals-2026-05:1", "2026-05-11"],
    ]
    for line, parts in zip(lines[place - 2 : place + 1], said, strict=True):
        assert all(part in line for part in parts) and len(line) < 200, line
    assert "http://news.example" not in "".join(lines), "the rest is in the JSON and on the page"
    assert sum("http://other.example/2" in line for line in lines) == 1, "without a page it is shown as any record"


def test_an_objection_cites_feed_and_key(explained):
    text = short(explained("FINED"), "zh")
    assert "`c06_penalties`" in text and "`2号`" in text and "`1号`" in text
    assert "登记机关申请更正" in short(explained("CLEAN"), "zh")


def test_a_record_under_several_indicators_is_printed_once(explained):
    text = page(explained("FINED"), "en")
    assert text.count("Number of the decision: 1号") == 1
    again = [line for line in text.splitlines() if "content: see [" in line]
    assert again and all("1号" not in line and "2号" not in line for line in again)


def test_an_override_stands_beside_the_computed_class(explained):
    found = replace(
        explained("FINED"),
        class_name="C",
        override=Override(
            {"override_no": "调〔2026〕1号", "override_reason": "核查属实", "override_until": date(2026, 12, 31)}
        ),
    )
    for language in ("zh", "en"):
        text = short(found, language)
        assert "**C**" in text and found.computed_class in text and "调〔2026〕1号" in text and "2026-12-31" in text


def test_override_columns_of_the_class_are_read(tmp_path):
    settings = make_lake(tmp_path)
    with connect(settings) as connection:
        connection.execute(
            "UPDATE lake.main.risk_class SET override_no = '1', override_rank = 2, override_until = DATE '2026-12-31', "
            f"class = 'D' WHERE enterprise_id = 'FINED' AND month = '{MONTH}'"
        )
        connection.execute(
            "UPDATE lake.main.risk_class SET override_refused = 'override 2 is not applied: too late' "
            f"WHERE enterprise_id = 'CLEAN' AND month = '{MONTH}'"
        )
        where = "'2026-05' AS month, '410100' AS region_code, 'FINED' AS enterprise_id, 'food' AS field"
        connection.execute(
            f"CREATE TABLE lake.main.specialised_class AS SELECT {where}, 61.5 AS score, 'C' AS class, "
            "'fusion' AS mode, 'why' AS reason, 'tightened' AS tier, 3 AS visits_per_year"
        )
        connection.execute(
            f"CREATE TABLE lake.main.specialised_factor AS SELECT {where}, 'S010101' AS indicator_code, "
            "'s1' AS specialised_version, 'specialised' AS part, '2' AS value, 1 AS band, 12.5 AS points, true AS known"
        )
    found = explain(settings, "FINED", MONTH)
    details = {"override_no": "1", "override_until": date(2026, 12, 31)}
    assert found.class_name == "D" != found.computed_class
    assert found.override.details == details | {"override_rank": Text("市级局负责人", "head of a prefecture office")}
    assert "市级局负责人" in short(found, "zh") and "head of a prefecture office" in short(found, "en")
    refused = explain(settings, "CLEAN", MONTH)
    assert refused.override is None and "too late" in short(refused, "zh")
    (field,) = found.fields
    assert (field.field, field.specialised["tier"], field.combined, field.before) == ("food", "tightened", None, None)
    assert [factor["records"] for factor in field.factors] == [()]
    assert [factor["indicator_code"] for factor in field.factors] == ["S010101"]
    assert "S010101 经营业态" in page(found, "zh") and "S010101 Kind of food business" in page(found, "en")
    assert "重点领域：食品" in page(found, "zh") and "从严监管" in page(found, "zh")
    assert "Key field: food" in page(found, "en") and "tightened supervision" in page(found, "en")
    assert explain(settings, "CLEAN", MONTH).fields == ()
    with connect(settings) as connection:
        connection.execute("UPDATE lake.main.risk_class SET score = score + 1 WHERE enterprise_id = 'FINED'")
    with pytest.raises(ExplanationError, match=r"while its points add up to .*; classify 2026-05 again"):
        explain(settings, "FINED", MONTH)


def test_points_of_another_state_of_the_catalogue_are_not_explained(tmp_path):
    settings = make_lake(tmp_path)
    with connect(settings) as connection:
        connection.execute(
            "UPDATE lake.scores.enterprise_score SET p_h040301 = p_h040301 + 1 WHERE enterprise_id = 'FINED'"
        )
    with pytest.raises(ExplanationError, match=r"not those that data/catalogue/v2 gives now; compute 2026-05 again"):
        explain(settings, "FINED", MONTH)


def test_json_says_everything_and_adds_up(explained):
    found = json.loads(to_json(explained("FINED")))
    assert round(sum(factor["points"] for factor in found["factors"]), 2) == found["score"]
    (record,) = next(r for r in found["factors"] if r["code"] == "H040301")["records"][1:]
    assert (record["event_on"], record["feed"]) == ("2025-03-02", "c06_penalties")
    assert found["outlook"]["by_time"][0]["month"] == "2028-03"


def test_without_a_month_the_newest_is_explained(lake):
    assert explain(lake, "FINED").month == MONTH


@pytest.mark.parametrize(
    ("name", "month", "said"),
    [
        ("NOBODY", MONTH, "NOBODY has no class in any month from 2026-04 to 2026-05; check the unified"),
        ("NOBODY", None, "NOBODY has no class in any month; check the unified social credit code"),
        ("UNFILED", BEFORE, "UNFILED has no class in 2026-04; it has one in months from 2026-05 to 2026-05"),
        ("FINED", "2030-01", "2030-01 has not been classified; classes are there from 2026-04 to 2026-05"),
    ],
)
def test_what_is_not_there_is_refused_in_a_sentence(lake, name, month, said):
    with pytest.raises(ExplanationError, match=said):
        explain(lake, name, month)


def test_a_month_that_is_none_and_a_lake_that_is_none(lake, tmp_path):
    with pytest.raises(SettingsError, match="'2026-5' is not a month"):
        explain(lake, "FINED", "2026-5")
    with pytest.raises(ExplanationError, match=r"There is no lake in .* yet; run `make demo` first"):
        explain(Settings(home=tmp_path), "FINED")
    with connect(Settings(home=tmp_path)):
        pass
    with pytest.raises(ExplanationError, match="No month has been classified yet"):
        explain(Settings(home=tmp_path), "FINED", MONTH)


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["FINED", MONTH, "--language", "zh"], 0, "# 企业信用风险分类说明 · 2026-05"),
        (["fined", "", "--language", "en"], 0, "# Why this risk class · 2026-05"),
        ([], 2, "No enterprise is named; give one as in: make explain"),
        (["1'; drop table", MONTH], 2, "is no unified social credit code"),
        (["FINED", "2026-13"], 2, "'2026-13' is not a month"),
        (["FINED", MONTH, "--language", "fr"], 2, "The language 'fr' is not known; use one of zh, en, both."),
        (["NOBODY", MONTH], 1, "NOBODY has no class in any month"),
    ],
)
def test_the_command(lake, monkeypatch, capsys, arguments, status, said):
    monkeypatch.setenv("ECR_HOME", str(lake.home))
    assert main(arguments) == status
    out, err = capsys.readouterr()
    assert (out if status == 0 else err).startswith(said) or said in err
    assert len(err.splitlines()) == (0 if status == 0 else 1)


def test_examples_are_one_of_each_class_and_their_pages_are_written(lake):
    found = examples(lake, MONTH)
    classes = [one.class_name for one in found]
    assert classes == sorted(set(classes)) and "D" in classes
    assert [one.enterprise_id for one in found] == [one.enterprise_id for one in examples(lake, MONTH)]
    paths = write_pages(lake, found)
    assert len(paths) == 2 * len(found)
    assert paths[0].read_text(encoding="utf-8") == page(found[0], "zh")
