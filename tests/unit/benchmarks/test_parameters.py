"""What SCALE, MONTHS, BACKFILL, SEED, KEEP and PLAIN may say, and which months a run is about."""

from __future__ import annotations

import pytest

from benchmarks.province import parameters
from benchmarks.province.parameters import ParameterError, Parameters, digest, parse


def test_nothing_asked_for_is_henan_with_a_year_of_deliveries():
    assert parse({}) == [Parameters(scale=1.0, months=12)]
    assert parse({})[0].enterprises == 2_464_000


def test_several_scales_come_in_order_and_small_ones_with_few_months():
    found = parse({"SCALE": "1, 0.02 0.1 0.1", "KEEP": "yes"})
    assert [(one.name, one.months, one.brief, one.keep) for one in found] == [
        ("0.02", 1, True, True),
        ("0.1", 12, False, True),
        ("1", 12, False, True),
    ]
    assert parse({"SCALE": "0.02", "MONTHS": "3"})[0].months == 3
    assert [parse(given)[0].plain for given in ({}, {"PLAIN": "yes"}, {"PLAIN": "no"})] == [True, True, False]


@pytest.mark.parametrize(
    "given",
    [
        {"SCALE": "big"},
        {"SCALE": "0"},
        {"SCALE": "inf"},
        {"SCALE": "nan"},
        {"SCALE": "0.00001"},
        {"MONTHS": "0"},
        {"MONTHS": "1.5"},
        {"SEED": "-1"},
        {"BACKFILL": "1"},
        {"KEEP": "perhaps"},
        {"PLAIN": "1"},
    ],
)
def test_what_cannot_be_used_is_refused_by_name(given: dict[str, str]):
    with pytest.raises(ParameterError, match="=".join(*given.items())):
        parse(given)


def test_the_measured_month_is_the_last_but_one_and_the_backfill_a_year():
    asked = Parameters(scale=1, months=12)
    assert (asked.received[0], asked.measured, asked.second) == ("2025-10", "2026-09", "2026-10")
    assert (asked.backfill[0], asked.backfill[-1], len(asked.backfill)) == ("2025-11", "2026-10", 12)
    assert parse({"SCALE": "2", "MONTHS": "2", "BACKFILL": "2"})[0].backfill == ["2025-11", "2025-12"]
    small = Parameters(scale=0.02, months=1)
    assert (small.measured, small.second, small.backfill) == ("2025-10", "2025-11", ["2025-10", "2025-11"])


def test_a_digest_tells_parameters_and_code_apart(tmp_path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(parameters, "PROJECT", tmp_path)
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "a.py").write_text("a", encoding="utf-8")
    one = Parameters(scale=1, months=12)
    first = digest(one, ("code",))
    (tmp_path / "code" / "notes.txt").write_text("no code", encoding="utf-8")
    assert digest(one, ("code",)) == first
    assert digest(Parameters(scale=1, months=11), ("code",)) != first
    (tmp_path / "code" / "a.py").write_text("b", encoding="utf-8")
    assert digest(one, ("code",)) != first


def test_run_time_state_under_data_is_no_code(tmp_path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(parameters, "PROJECT", tmp_path)
    for place in ("landing/c01_base", "contracts"):
        (tmp_path / "data" / place).mkdir(parents=True)
    one = Parameters(scale=1, months=12)
    first = digest(one, ("data",))
    (tmp_path / "data" / "landing" / "c01_base" / "x.csv").write_text("1", encoding="utf-8")
    assert digest(one, ("data",)) == first
    (tmp_path / "data" / "contracts" / "x.yml").write_text("1", encoding="utf-8")
    assert digest(one, ("data",)) != first
