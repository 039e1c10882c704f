"""Pictures are small, say what was measured, and let nothing in that is not text."""

from __future__ import annotations

from urllib.parse import unquote
from xml.etree import ElementTree

from orchestration.defs.shown import LENGTH
from orchestration.effect.picture import AT_ONCE, LEFT, ROWS, WIDE, inline, picture
from orchestration.evaluation.measures import Estimate

VALUE = Estimate(0.5, 0.25, 0.75)


def test_a_rate_lies_where_its_number_says():
    drawn = picture([("A", VALUE, None), ("B", None, None)])
    assert f"M{LEFT + WIDE // 4} 27H{LEFT + 3 * WIDE // 4}" in drawn
    assert drawn.count("h0") == 1, "a rate that cannot be told has no dot"


def test_labels_are_text():
    tree = ElementTree.fromstring(picture([("<i>", VALUE, VALUE)], ("a & b", "c")))
    assert {"<i>", "a & b"} < {node.text for node in tree if node.tag.endswith("text")}


def test_classes_are_shown_at_once_and_many_rows_fit_into_a_value_of_metadata():
    assert len(inline("Find rate by class, 95 %", [(name, VALUE, VALUE) for name in "ABCD"])) < AT_ONCE
    shown = inline("Find rate by month", [(f"2026-{number:02d} and more", VALUE, VALUE) for number in range(100)])
    assert len(shown) <= LENGTH
    assert unquote(shown).count("2026-") == ROWS
    assert ElementTree.fromstring(unquote(shown.split("svg+xml,")[1][:-2])).tag.endswith("svg")
    assert inline("x", []) == ""
