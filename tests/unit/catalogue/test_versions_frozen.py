"""A published version never changes again: its bands, windows and directions are frozen.

``frozen/<version>.json`` was written once, after every band had been compared with the wording of the rule it comes
from. Where the rule is silent the version decided, and that is frozen too: the band at risk 0, half steps for repaired
or aged records, penalties of another kind, individual businesses. A change of mind is a new version, not an edit here.
A band is [lower, upper, risk], or [category, risk].
"""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.catalogue.load import read_version
from orchestration.settings import PROJECT

FROZEN = {
    path.stem: json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    for path in sorted((Path(__file__).parent / "frozen").glob("*.json"))
}
POINTS = {
    "v1": "0a0781b69a213a98",
    "v2": "fda8d48cc932737a",
}
"""Hash of weights, caps and floors: past months are computed with them, so they never change either."""
CASES = [(name, code) for name, indicators in FROZEN.items() for code in indicators]


@pytest.mark.parametrize("name", FROZEN)
def test_the_same_indicators(name):
    version = read_version(PROJECT / "data" / "catalogue" / name)
    assert version.codes == sorted(FROZEN[name])
    assert {band.code for band in version.bands} == set(FROZEN[name])


def test_every_version_in_force_is_frozen():
    folders = {path.parent.name: path.parent for path in (PROJECT / "data" / "catalogue").glob("*/catalogue.yml")}
    assert {name for name, folder in folders.items() if read_version(folder).effective_from} == set(FROZEN)


@pytest.mark.parametrize("name", FROZEN)
def test_weights_caps_and_floors_are_the_published_ones(name):
    version = read_version(PROJECT / "data" / "catalogue" / name)
    said = [f"{one.code} {one.weight}" for one in version.indicators]
    said += [f"{level.code} {level.cap} {level.floor}" for level in version.levels]
    found = hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]
    assert found == POINTS[name], f"points of {name} are no longer what was published; undo it or add a version"


@pytest.mark.parametrize(("name", "code"), CASES)
def test_bands_window_and_direction_are_the_published_ones(name, code):
    version = read_version(PROJECT / "data" / "catalogue" / name)
    indicator = version.by_code[code]
    bands = [
        [band.category, band.risk] if band.category is not None else [band.lower, band.upper, band.risk]
        for band in version.bands_of(code)
    ]
    assert {
        "window_months": indicator.window_months,
        "direction": indicator.direction,
        "bands": bands,
    } == FROZEN[name][code], f"{code} of {name} is no longer what was published; undo it or add a version"
