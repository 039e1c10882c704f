"""Labelled texts: reproducible, complete, and with frames of the two sides held apart."""

from __future__ import annotations

import re

import polars as pl
import pytest

from orchestration.simulation.chance import SimulationError
from orchestration.simulation.web.labelled import labelled_texts
from orchestration.simulation.web.vocabulary import PARTS, POLARITIES, TOPICS, frames, openers


def test_the_same_seed_gives_the_same_texts_and_another_one_others():
    first = labelled_texts(3, 300, "train")
    assert first.equals(labelled_texts(3, 300, "train"))
    assert not first.equals(labelled_texts(4, 300, "train"))


@pytest.mark.parametrize("split", ["train", "test", "all"])
def test_every_topic_and_polarity_occurs_and_no_slot_is_left(split):
    found = labelled_texts(5, 2_000, split)
    assert found.columns == ["text", "topic", "polarity"] and found.height == 2_000
    assert found.select("topic", "polarity").unique().height == len(TOPICS) * len(POLARITIES)
    assert not found["text"].str.contains(r"[{}]").any()
    assert found["text"].str.len_chars().is_between(50, 500).all()
    assert found["text"].n_unique() > 1_990


def test_each_cell_has_frames_on_both_sides_and_no_frame_twice():
    counted = frames().group_by("topic", "polarity", "part", "split").len()
    assert counted.height == len(TOPICS) * len(POLARITIES) * len(PARTS) * 2
    assert frames().height > 450
    assert frames().unique(["topic", "part", "text"]).height == frames().height


def _pieces(frame: str) -> list[str]:
    """The words of a frame between its slots."""
    return [piece for piece in re.split(r"\{\w+\}", frame) if len(piece) > 7]


def test_texts_of_one_side_hold_no_frame_of_the_other():
    train = "\n".join(labelled_texts(6, 3_000, "train")["text"])
    shared = "\n".join(frames().filter(split="train")["text"])
    only_test = [
        piece
        for text in frames().filter(split="test")["text"]
        for piece in _pieces(text)
        if piece not in shared and not any(piece in text for text in openers()["text"])
    ]
    assert len(only_test) > 100
    assert [piece for piece in only_test if piece in train] == []
    test = "\n".join(labelled_texts(6, 3_000, "test")["text"])
    assert sum(piece in test for piece in only_test) > 0.95 * len(only_test)


def test_slots_of_frames_are_known():
    from orchestration.simulation.chance import stream
    from orchestration.simulation.web.compose import PLACELESS, slots

    known = {"firm", "opener", *PLACELESS, *slots(stream(1, "x"), pl.Series([20_000]).to_numpy(), None, 1)}
    used = {slot for text in [*frames()["text"], *openers()["text"]] for slot in re.findall(r"\{(\w+)\}", text or "")}
    assert used <= known


@pytest.mark.parametrize(("count", "split"), [(10, "both"), (0, "train")])
def test_what_cannot_be_made_is_refused(count, split):
    with pytest.raises(SimulationError, match="cannot be made"):
        labelled_texts(1, count, split)
