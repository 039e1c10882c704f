"""Judging the texts of a month with the model in force."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from orchestration.resolution import store as resolution
from orchestration.settings import Settings
from orchestration.web.judge import judge_month
from orchestration.web.judge.errors import JudgeError
from orchestration.web.judge.labels import read_labels
from orchestration.web.judge.model import load, save
from orchestration.web.judge.month import judge_texts
from orchestration.web.judge.policy import JudgePeriod
from orchestration.web.judge.train import train
from orchestration.web.periods import PeriodError
from orchestration.web.store import JUDGED, JUDGED_PARTS, MENTIONS, TEXTS, Partition
from tests.unit.web.judge.conftest import rows


def quiet(_: str) -> None:
    """Takes lines of progress."""


def put(settings: Settings, source: str, topic: str, texts: dict[str, str | None]) -> None:
    made = [
        {
            "text_id": name,
            "source": source,
            "url": f"http://{source}.example/{name}",
            "topic_hint": topic,
            "title": text,
            "fetched_at": datetime(2026, 5, 20, tzinfo=UTC),
            "state": "live" if text else "gone",
        }
        for name, text in texts.items()
    ]
    frame = pl.DataFrame(made, schema=dict(TEXTS))
    Partition(settings, "texts", "2026-05", source).replace({"texts": frame}, {})
    match(settings)


def match(settings: Settings, *named: tuple[str, str, str, str], month: str = "2026-05") -> None:
    """Replace the mentions of a month: text, enterprise, name in the text, band."""
    made = [
        {"mention_id": f"{name} in {text}", "text_id": text, "enterprise_id": firm, "mention": name, "band": band}
        for text, firm, name, band in named
    ]
    Partition(settings, "matches", month).replace({"mentions": pl.DataFrame(made, schema=dict(MENTIONS))}, {})


def parts(settings: Settings) -> dict[str, str]:
    """Polarity by mention."""
    frame = Partition(settings, "judged", "2026-05").read("judged_parts")
    assert dict(frame.schema) == dict(JUDGED_PARTS)
    return dict(frame.select("mention_id", "polarity").iter_rows())


@pytest.fixture
def own(settings: Settings, monkeypatch, tmp_path):
    """A jurisdiction with a model of its own in force from 2026-03 on."""
    folder = tmp_path / "definition"
    labels = tmp_path / "labels.csv"
    labels.write_text("polarity,topic,title\n" + "\n".join(",".join(row) for row in rows()), encoding="utf-8")
    save(train(read_labels(labels), quiet).model, folder / "web" / "models" / "mine", {})
    (folder / "web" / "judge.yml").write_text(
        'periods:\n  - {from: "2026-03", model: mine, overrule: 0.9}\n'
        '  - {from: "2026-08", model: other, overrule: 1}\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(Settings, "definition", property(lambda _: folder))
    return folder / "web"


def test_texts_of_all_sources_are_judged_and_those_withdrawn_are_not(settings: Settings, own):
    put(settings, "news_a", "NEWS", {"n1": "记者获悉鼎新公司虚假宣传被罚款", "n2": None})
    put(settings, "jobs", "RECRUIT", {"j1": "鼎新公司诚信经营获得表彰"})
    summary = judge_month(settings, "2026-05", quiet)
    judged = {row["text_id"]: row for row in Partition(settings, "judged", "2026-05").read("judged").to_dicts()}
    assert {name: row["polarity"] for name, row in judged.items()} == {"n1": "-1", "j1": "1"}
    assert judged["n1"]["negative"] > 0.5
    assert judged["n1"]["model"] == load(own / "models" / "mine").name == summary.model
    assert (summary.texts, summary.gone) == (2, 1)


def test_the_source_says_the_topic_unless_the_model_is_sure(settings: Settings, own):
    model = load(own / "models" / "mine")
    texts = pl.DataFrame(
        {
            "text_id": ["a", "b"],
            "topic_hint": ["NEWS", "COURT"],
            "title": ["消费者投诉宏达公司拒不退款", "丙"],
            "text": ["", ""],
        }
    )
    strict = judge_texts(model, texts, JudgePeriod(**{"from": "2026-01", "model": "mine", "overrule": 1}))
    easy = judge_texts(model, texts, JudgePeriod(**{"from": "2026-01", "model": "mine", "overrule": 0.6}))
    assert strict["topic"].to_list() == ["NEWS", "COURT"]
    assert easy["topic"].to_list()[0] == "COMPLAINT"
    assert easy["topic_confidence"][0] > 0.6 > strict["topic_confidence"][0]
    assert strict["topic_confidence"][1] == 0.0  # a topic that this model has never seen
    assert dict(easy.schema) == dict(JUDGED)


def test_a_month_has_the_model_of_its_time(settings: Settings, own):
    for month in ("2026-02", "2026-05", "2026-07", "2026-08"):
        match(settings, month=month)
    with pytest.raises(PeriodError, match="begins in 2026-03, after 2026-02"):
        judge_month(settings, "2026-02", quiet)
    assert judge_month(settings, "2026-07", quiet).texts == 0
    with pytest.raises(ValueError, match="no card"):
        judge_month(settings, "2026-08", quiet)
    (own / "judge.yml").write_text("periods: []\n", encoding="utf-8")
    with pytest.raises(PeriodError, match="no list 'periods'"):
        judge_month(settings, "2026-05", quiet)


def test_a_month_that_was_not_matched_is_not_judged(settings: Settings, own):
    with pytest.raises(JudgeError, match="run the step matches for 2026-05 first"):
        judge_month(settings, "2026-05", quiet)


BAD, OTHER = "91410105MA00000001", "91410105MA00000002"


def test_who_is_only_mentioned_is_not_judged_by_what_is_said_of_another(settings: Settings, own):
    text = "记者获悉鼎新公司虚假宣传被罚款。拒不退款。鼎旧公司举行年会。"
    put(settings, "news_a", "NEWS", {"n1": text, "n2": text, "n3": text})
    match(
        settings,
        ("n1", BAD, "鼎新公司", "accept"), ("n1", OTHER, "鼎旧公司", "review"),
        ("n2", BAD, "鼎新公司", "accept"), ("n2", OTHER, "鼎旧公司", "reject"),
        ("n3", BAD, "鼎新公司", "accept"),
    )  # fmt: skip
    summary = judge_month(settings, "2026-05", quiet)
    assert parts(settings) == {"鼎新公司 in n1": "-1", "鼎旧公司 in n1": "0"}
    assert (summary.parts, summary.spared, summary.polarities) == (2, 1, {"-1": 3})
    frame = Partition(settings, "judged", "2026-05").read("judged_parts")
    assert (frame.select((pl.col("negative") >= 0.5) == (pl.col("polarity") == "-1"))).to_series().all()


def test_a_passage_says_nothing_worse_and_nothing_better_than_its_text(settings: Settings, own):
    put(
        settings, "news_a", "NEWS", {"n1": "举行年会。迁至新址。更换商标。参加展会。鼎新公司被罚款。鼎旧公司获得表彰。"}
    )
    match(settings, ("n1", BAD, "鼎新公司", "accept"), ("n1", OTHER, "鼎旧公司", "accept"))
    assert judge_month(settings, "2026-05", quiet).polarities == {"0": 1}
    assert parts(settings) == {"鼎新公司 in n1": "0", "鼎旧公司 in n1": "0"}


def test_a_firm_is_found_again_by_its_other_names_of_the_month(settings: Settings, own):
    """The mention is a code; the accusation calls the firm by its former name."""
    put(settings, "news_a", "NEWS", {"n1": "鼎旧公司参加展会。鼎老公司虚假宣传被罚款。拒不退款。代码" + BAD})
    match(settings, ("n1", BAD, BAD, "accept"), ("n1", OTHER, "鼎旧公司", "accept"))
    judge_month(settings, "2026-05", quiet)
    assert parts(settings) == {f"{BAD} in n1": "0", "鼎旧公司 in n1": "-1"}
    row = {"enterprise_id": BAD, "name": "鼎老公司", "name_key": "鼎老公司", "kind": "former", "style": "former"}
    names = pl.DataFrame([row], schema=dict(resolution.NAMES))
    resolution.Partition(settings, "names", "2026-05").replace({"names": names}, {})
    judge_month(settings, "2026-05", quiet)
    assert parts(settings) == {f"{BAD} in n1": "-1", "鼎旧公司 in n1": "0"}
