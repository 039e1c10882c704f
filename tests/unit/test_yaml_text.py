"""YAML is read the same whichever parser reads it, and no text makes an object."""

from __future__ import annotations

import pytest
import yaml

from orchestration import yaml_text
from orchestration.settings import PROJECT

HEADERS = sorted((PROJECT / "data" / "catalogue").glob("*/catalogue.yml"))


@pytest.mark.parametrize("path", HEADERS, ids=lambda path: path.parent.name)
def test_the_fast_parser_reads_what_the_other_one_reads(path):
    text = path.read_text(encoding="utf-8")
    assert yaml_text.load(text) == yaml.safe_load(text)
    slow, fast = yaml.compose(text), yaml_text.compose(text)
    assert [(key.value, key.start_mark.line) for key, _ in fast.value] == [
        (key.value, key.start_mark.line) for key, _ in slow.value
    ]


def test_an_empty_text_is_none():
    assert yaml_text.load("# nothing yet\n") is None
    assert yaml_text.compose("") is None


@pytest.mark.parametrize("text", ["a: b: c", "a: [1", "a: !!python/object/apply:os.getcwd []"])
def test_what_is_not_plain_yaml_is_refused_with_its_place(text):
    with pytest.raises(yaml.YAMLError, match="line 1"):
        yaml_text.load(text)
