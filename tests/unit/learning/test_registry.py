"""Models are written once and read as they were written."""

from __future__ import annotations

import numpy as np
import pytest

from orchestration.learning.registry import RegistryError, listed, load, numbers, register
from orchestration.settings import Settings


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(home=tmp_path)


def test_written_listed_and_read_back(settings):
    later = register(settings, "scorecard", {"month": "2026-02", "visits": 2}, {"a": [1.5]}, {"n": np.arange(3)})
    first = register(settings, "scorecard", {"month": "2026-01", "visits": 1}, {"a": 1})
    assert [model.id for model in listed(settings, "scorecard")] == [first.id, later.id]
    content, arrays = numbers(load(settings, "scorecard", later.id))
    assert content == {"a": [1.5]} and arrays["n"].tolist() == [0, 1, 2]
    assert later.card["visits"] == 2 and later.card["month"] == "2026-02"


def test_the_same_again_is_the_same_model_and_other_numbers_another(settings):
    one, again, other = (register(settings, "m", {"month": "2026-01"}, {"a": value}) for value in (1, 1, 2))
    assert one.id == again.id != other.id


@pytest.mark.parametrize("file", ["card.json", "model.json", "arrays.npz"])
def test_a_changed_file_is_refused(settings, file):
    model = register(settings, "m", {"month": "2026-01", "visits": 10}, {"a": 1}, {"n": np.arange(3)})
    path = model.folder / file
    path.chmod(0o644)
    content = path.read_bytes()
    path.write_bytes(content[:-2] + bytes([content[-2] ^ 1]) + content[-1:])
    with pytest.raises(RegistryError, match=file):
        load(settings, "m", model.id)
    with pytest.raises(RegistryError):
        listed(settings, "m")


def test_no_pickle_is_written_or_read(settings):
    with pytest.raises(ValueError, match="allow_pickle"):
        register(settings, "m", {"month": "2026-01"}, {}, {"n": np.array([{"a": 1}], dtype=object)})
    assert listed(settings, "m") == []


@pytest.mark.parametrize(("name", "identity"), [("m", "2026-01-000000000000"), ("..", "x"), ("m", "../m")])
def test_what_is_not_there_is_said(settings, name, identity):
    with pytest.raises(RegistryError, match="There is no model"):
        load(settings, name, identity)


def test_a_name_stays_in_its_folder(settings):
    with pytest.raises(RegistryError, match="no name"):
        register(settings, "../m", {"month": "2026-01"}, {})
