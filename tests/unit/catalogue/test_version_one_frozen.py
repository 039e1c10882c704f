"""Version 1 is published: its bands, windows and directions never change again.

``version_one_frozen.json`` was written once, after every band had been compared with the wording of the rule it comes
from. Where the rule is silent the version decided, and that is frozen too: the band at risk 0, half steps for repaired
or aged records, penalties of another kind, individual businesses. A change of mind is a new version, not an edit here.
A band is [lower, upper, risk], or [category, risk].
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.catalogue.load import read_version
from orchestration.settings import PROJECT

FROZEN = json.loads(
    Path(__file__).with_name("version_one_frozen.json").read_text(encoding="utf-8"), parse_float=Decimal
)


@pytest.fixture(scope="module")
def version():
    return read_version(PROJECT / "data" / "catalogue" / "v1")


def test_the_same_indicators(version):
    assert version.codes == sorted(FROZEN)
    assert {band.code for band in version.bands} == set(FROZEN)


@pytest.mark.parametrize("code", FROZEN)
def test_bands_window_and_direction_are_the_published_ones(version, code):
    indicator = version.by_code[code]
    bands = [
        [band.category, band.risk] if band.category is not None else [band.lower, band.upper, band.risk]
        for band in version.bands_of(code)
    ]
    assert {
        "window_months": indicator.window_months,
        "direction": indicator.direction,
        "bands": bands,
    } == FROZEN[code], f"{code}: data/catalogue/v1 says otherwise than what was published; undo it or add a version"
