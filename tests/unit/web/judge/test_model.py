"""Learning, judging, and a model's file."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

from orchestration.web.judge import __main__ as command
from orchestration.web.judge.errors import JudgeError
from orchestration.web.judge.features import BUCKETS, occurrences, rarity, seen, weighted
from orchestration.web.judge.labels import Columns, read_labels
from orchestration.web.judge.model import load, save
from orchestration.web.judge.train import divide, train
from tests.unit.web.judge.conftest import rows

QUIET = {"say": lambda _: None}
NEW = pl.DataFrame(
    {"title": ["鼎新公司虚假宣传被罚款", "鼎新公司诚信经营获得表彰", "鼎新公司举行年会"], "text": [None, "", None]},
    schema={"title": pl.String, "text": pl.String},
)


def test_a_model_learns_what_can_be_learnt_and_says_it_of_new_texts(labels):
    trained = train(read_labels(labels()), **QUIET)
    assert trained.figures.auc.value > 0.95
    assert trained.figures.texts + divide(read_labels(labels()))[0].height == 240
    said = trained.model.judge(NEW)
    assert said["polarity"].to_list() == ["-1", "1", "0"]
    assert said["negative"][0] > 0.5 > said["negative"][1]
    topics = said.select(trained.model.heads["topic"].classes).to_numpy()
    assert np.allclose(topics.sum(axis=1), 1)
    assert trained.model.judge(NEW.head(0)).height == 0


def test_the_same_labels_give_the_same_file_whatever_their_order(labels, tmp_path):
    first = train(read_labels(labels()), **QUIET).model
    text = labels().read_text(encoding="utf-8").splitlines()
    second = train(read_labels(labels("\n".join(reversed(text[1:])))), **QUIET).model
    one, two = save(first, tmp_path / "one", {}), save(second, tmp_path / "two", {})
    assert one.read_bytes() == two.read_bytes()


def test_without_neutral_texts_there_are_two_answers(labels):
    text = "\n".join(f"{row[0]},{row[2]}" for place, row in enumerate(labels_rows()) if row[0] != "0")
    trained = train(read_labels(labels(text, header="polarity,title")), **QUIET)
    assert trained.model.heads["polarity"].classes == ("-1", "1")
    assert "topic" not in trained.model.heads
    assert trained.model.judge(NEW)["polarity"].to_list()[:2] == ["-1", "1"]


def labels_rows():
    from tests.unit.web.judge.conftest import rows

    return rows(110)


def test_held_out_is_what_is_later(labels):
    text = "\n".join(f"{row[0]},{row[2]},2026-{1 + place % 10:02d}-01" for place, row in enumerate(labels_rows()))
    early, late, words = divide(read_labels(labels(text, header="polarity,title,day"), Columns(day="day")))
    assert early["day"].max() < late["day"].min()
    assert late.height == pytest.approx(0.2 * 330, abs=1)
    assert "2026-09-01" in words


def test_repeated_texts_fall_on_one_side(labels):
    path = labels()
    path.write_text(
        path.read_text(encoding="utf-8") + path.read_text(encoding="utf-8").split("\n", 1)[1], encoding="utf-8"
    )
    early, late, _ = divide(read_labels(path))
    assert set(early["key"]).isdisjoint(late["key"])
    assert early.height + late.height == 480


def test_features_fold_width_case_and_digits_and_ignore_what_was_never_learnt():
    frame = pl.DataFrame({"title": ["ＡＢＣ１２３", "abc456", "完全不同"], "text": ["", None, None]})
    found = occurrences(seen(frame))
    assert (found[0] != found[1]).nnz == 0
    assert (found[0] != found[2]).nnz > 0
    rows = weighted(found, rarity(found))
    assert rows.shape == (3, BUCKETS)
    assert np.allclose(np.sqrt(rows.multiply(rows).sum(axis=1)).ravel()[:2], 1)


def test_a_model_survives_its_file(labels, tmp_path):
    model = train(read_labels(labels()), **QUIET).model
    path = save(model, tmp_path / "mine", {"rows": 240})
    again = load(tmp_path / "mine")
    assert again.name == f"mine-{json.loads((tmp_path / 'mine' / 'card.json').read_text())['sha256'][:12]}"
    before, after = model.judge(NEW), again.judge(NEW)
    assert before["polarity"].equals(after["polarity"])
    assert np.allclose(before["negative"], after["negative"], atol=0.01)  # weights are kept with 16 bits
    assert path.stat().st_size < 100_000


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda folder: (folder / "card.json").unlink(), "no card"),
        (lambda folder: (folder / "card.json").write_text("[]"), "not a JSON object"),
        (lambda folder: (folder / "model.npz").unlink(), "is missing"),
        (lambda folder: (folder / "model.npz").write_bytes(b"other"), "sha256 differs"),
    ],
)
def test_a_spoilt_model_is_refused(labels, tmp_path, spoil, words: str):
    save(train(read_labels(labels()), **QUIET).model, tmp_path / "mine", {})
    spoil(tmp_path / "mine")
    with pytest.raises(JudgeError, match=words):
        load(tmp_path / "mine")


def test_a_file_with_pickled_objects_is_not_opened(tmp_path):
    import hashlib

    folder = tmp_path / "mine"
    folder.mkdir()
    np.savez(folder / "model.npz", format=np.array([{"a": 1}], dtype=object))
    digest = hashlib.sha256((folder / "model.npz").read_bytes()).hexdigest()
    (folder / "card.json").write_text(json.dumps({"sha256": digest}), encoding="utf-8")
    with pytest.raises(JudgeError, match="cannot be read as a model"):
        load(folder)


def test_the_command_trains_measures_and_refuses(labels, tmp_path, capsys):
    path = labels()
    assert command.main(["train", str(path), "--out", str(tmp_path / "mine")]) == 0
    assert "AUC for negative" in capsys.readouterr().out
    card = json.loads((tmp_path / "mine" / "card.json").read_text(encoding="utf-8"))
    assert (card["rows"], card["trained_on"]) == (240, "labels.csv")
    assert card["labels"]["polarity"] == {"-1": 80, "0": 80, "1": 80}
    assert command.main(["measure", str(path), "--model", str(tmp_path / "mine")]) == 0
    assert "topic right" in capsys.readouterr().out
    assert command.main(["train", str(tmp_path / "none.csv"), "--out", str(tmp_path / "x")]) == 1
    assert "cannot be read" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_the_command_says_what_is_missing_and_replaces_nothing(labels, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path, full = labels(), tmp_path / "full"
    full.mkdir()
    (full / "card.json").write_text("{}", encoding="utf-8")
    for arguments, words in (
        (["train", "--out=x", "--", ""], "LABELS="),
        (["train", "--out=", "--", str(path)], "OUT="),
        (["train", str(path)], "OUT="),
        (["measure"], "LABELS="),
        (["train", str(path), "--out", str(path)], "is a file"),
        (["train", str(path), "--out", str(full)], "holds a model already"),
    ):
        assert command.main(arguments) == 1
        assert words in capsys.readouterr().err
    assert sorted(one.name for one in tmp_path.iterdir()) == ["full", "labels.csv"]


def test_few_rows_are_enough_to_measure_and_not_to_train(labels, tmp_path, capsys):
    assert command.main(["train", str(labels()), "--out", str(tmp_path / "mine")]) == 0
    few = labels("\n".join(",".join(row) for row in rows(5)))
    capsys.readouterr()
    assert command.main(["measure", str(few), "--model", str(tmp_path / "mine")]) == 0
    assert "Only 15 texts: the intervals are wide" in capsys.readouterr().out
    assert command.main(["train", str(few), "--out", str(tmp_path / "other")]) == 1
    assert "at least 200 are needed to learn from" in capsys.readouterr().err


def test_the_next_step_depends_on_where_the_model_is(tmp_path):
    own = command.Settings.from_env().canonical / "web" / "models" / "mine"
    assert "copy" not in command._next(own) and "model: mine" in command._next(own)
    assert "copy its folder" in command._next(tmp_path / "mine")
