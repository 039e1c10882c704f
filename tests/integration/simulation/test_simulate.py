from __future__ import annotations

import hashlib
import json
from pathlib import Path

import polars as pl
import pytest

from orchestration.feeds.contract import all_feeds
from orchestration.lake import prepare
from orchestration.settings import Settings
from orchestration.simulation import SimulationError, files, simulate
from orchestration.simulation.__main__ import main
from orchestration.simulation.defects import SPECS
from orchestration.simulation.records import RECORDS

ENTERPRISES = 600


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


@pytest.fixture(scope="module")
def delivered(tmp_path_factory) -> Settings:
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    simulate(settings, ENTERPRISES, 7)
    return settings


@pytest.fixture(scope="module")
def defects(delivered) -> list[dict]:
    return json.loads((delivered.home / "simulation" / "defects.json").read_text(encoding="utf-8"))


def test_the_same_seed_gives_the_same_files_and_another_seed_others(delivered, tmp_path):
    simulate(Settings(home=tmp_path / "same"), ENTERPRISES, 7)
    assert hashes(tmp_path / "same") == hashes(delivered.home)
    simulate(Settings(home=tmp_path / "other"), ENTERPRISES, 8)
    ours, theirs = hashes(delivered.landing), hashes(tmp_path / "other" / "landing")
    assert ours.keys() & theirs.keys()
    differ = [name for name in ours.keys() & theirs.keys() if "c01_base" in name and ours[name] == theirs[name]]
    assert differ == []


def test_every_feed_is_delivered_in_every_month_but_for_the_late_ones(delivered, defects):
    late = {(d["feed"], d["of_month"]) for d in defects if d["kind"] == "late_delivery"}
    months = [f"2026-{k:02d}" for k in range(4, 11)]
    for feed in all_feeds(delivered):
        there = [month for month in months if any((delivered.landing / feed / month).glob("*"))]
        assert set(months) - set(there) == {month for name, month in late if name == feed}, feed
    assert len(late) == 2


def test_all_kinds_of_defects_are_planted_and_lie_where_the_list_says(delivered, defects):
    assert {d["kind"] for d in defects} == {spec.kind for spec in SPECS}
    for defect in defects:
        assert (delivered.landing / defect["feed"] / defect["month"] / defect["file"]).is_file(), defect
    assert len({(d["kind"], d["feed"], d["month"], d["file"], d["row"]) for d in defects}) == len(defects)


def test_the_truth_lies_outside_landing_and_covers_every_enterprise(delivered):
    planted = pl.read_parquet(delivered.home / "simulation" / "planted.parquet")
    assert planted.height == ENTERPRISES == planted["enterprise_id"].n_unique()
    assert planted["latent_risk"].is_between(0, 1).all() and planted["region_code"].n_unique() >= 16
    assert not [path for path in delivered.landing.rglob("*") if "planted" in path.name or "defects" in path.name]


def test_clean_removes_what_lay_there(tmp_path):
    settings = Settings(home=tmp_path)
    old = settings.landing / "c06_penalties" / "2020-01" / "old.csv"
    old.parent.mkdir(parents=True)
    old.touch()
    simulate(settings, 200, 1, "2026-05", 1)
    assert old.exists()
    simulate(settings, 200, 1, "2026-05", 1, clean=True)
    assert not old.exists()
    assert sorted(p.name for p in (settings.landing / "c06_penalties").iterdir()) == ["2026-04", "2026-05"]


def test_other_months_may_be_asked_for(tmp_path):
    simulated = simulate(Settings(home=tmp_path), 300, 3, "2024-11", 2)
    assert sorted(p.name for p in (tmp_path / "landing" / "c01_base").iterdir()) == ["2024-10", "2024-11", "2024-12"]
    assert simulated.rows["c03_annual_reports"] > 300


def test_slices_write_several_files_without_a_key_twice(tmp_path, monkeypatch):
    monkeypatch.setattr("orchestration.simulation.run.SLICE", 250)
    settings = Settings(home=tmp_path)
    simulate(settings, 600, 7, "2026-05", 1)
    assert len(list((settings.landing / "c01_base" / "2026-04").iterdir())) == 3


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"enterprises": 10}, "at least 200 enterprises"),
        ({"breaks": ("unknown_code", "c99_nothing", "2026-05")}, "c99_nothing 2026-05"),
        ({"breaks": ("low_volume", "c06_penalties", "2026-05")}, "allows empty deliveries"),
    ],
)
def test_what_cannot_be_simulated_is_refused_in_a_sentence(tmp_path, arguments, sentence):
    with pytest.raises(SimulationError, match=sentence):
        simulate(Settings(home=tmp_path), **arguments)
    assert not (tmp_path / "landing").exists()


@pytest.mark.parametrize("kind", ["unknown_code", "low_volume"])
def test_a_defect_without_a_row_to_carry_it_is_refused_before_anything_is_touched(tmp_path, kind, monkeypatch):
    silent = RECORDS["c01_base"]
    monkeypatch.setitem(RECORDS, "c01_base", lambda world, part: silent(world, part).filter(pl.col("_seen") != 1))
    settings = Settings(home=tmp_path)
    old = settings.landing / "c01_base" / "2026-04" / "old.csv"
    old.parent.mkdir(parents=True)
    old.touch()
    with pytest.raises(SimulationError, match=r"c01_base 2026-05: the feed delivers no row in that month"):
        simulate(settings, 250, 5, "2026-05", 1, clean=True, breaks=(kind, "c01_base", "2026-05"))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [old]


def test_a_feed_without_a_required_code_is_refused_before_anything_is_touched(tmp_path):
    with pytest.raises(SimulationError, match=r"c14_trademarks: it has no required code column"):
        simulate(Settings(home=tmp_path), 250, 5, "2026-05", 1, breaks=("unknown_code", "c14_trademarks", "2026-05"))
    assert not (tmp_path / "landing").exists()


@pytest.mark.parametrize("left", [0, 1, 2])
def test_a_corrected_file_is_never_the_same_file_again(tmp_path, monkeypatch, left):
    penalties = RECORDS["c06_penalties"]

    def few(world, part):
        frame = penalties(world, part)
        return pl.concat([frame.filter(pl.col("_seen") != 2), frame.head(left).with_columns(_seen=pl.lit(2, pl.Int64))])

    monkeypatch.setitem(RECORDS, "c06_penalties", few)
    settings = Settings(home=tmp_path)
    simulate(settings, 400, 7, "2026-05", 3)
    found = hashes(settings.landing / "c06_penalties")
    assert len(set(found.values())) == len(found)
    listed = json.loads((settings.home / "simulation" / "defects.json").read_text(encoding="utf-8"))
    corrected = [d for d in listed if (d["kind"], d["feed"]) == ("corrected", "c06_penalties")]
    assert len(corrected) == sum(".r2." in name for name in found) == (1 if left else 0)


def test_the_command_line_says_what_is_wrong(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ECR_HOME", str(tmp_path))
    monkeypatch.delenv("ECR_JURISDICTION", raising=False)
    assert main(["--enterprises", "5"]) == 2
    assert "raise --enterprises" in capsys.readouterr().err


class TestTakenIn:
    """What the platform makes of the planted defects."""

    @pytest.fixture(scope="class")
    def taken(self, delivered, defects):
        """Every feed and month that carries a defect, published in order."""
        from orchestration.feeds.ingest import publish_feed, stage_feed

        prepare(delivered)
        needed = {(d["feed"], m) for d in defects for m in (d["month"], d.get("of_month", d["month"]))}
        return {(f, m): publish_feed(delivered, stage_feed(delivered, f, m)) for f, m in sorted(needed)}

    def rows(self, settings: Settings, defect: dict, name: str) -> pl.DataFrame:
        """Rows of the defect's partition that come from its file and row."""
        folder = settings.raw / defect["feed"] / f"month={defect['month']}"
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        delivery = next(d["delivery_id"] for d in manifest["deliveries"] if d["file"] == defect["file"])
        frame = pl.read_parquet(folder / f"{name}.parquet")
        return frame.filter((pl.col("delivery_id") == delivery) & (pl.col("row_no") == defect["row"]))

    def test_bad_rows_are_quarantined_for_their_reason_and_nothing_else_is(self, delivered, defects, taken):
        bad = [d for d in defects if d["expectation"]["outcome"] == "quarantined"]
        for defect in bad:
            found = self.rows(delivered, defect, "quarantined")
            assert found["reason"].to_list() == [defect["expectation"]["rule"]], defect
            assert found["file"].to_list() == [defect["file"]]
        assert sum(month.quarantined for month in taken.values()) == len(bad) >= 18

    def test_dirt_is_cleaned_and_counted_and_the_row_accepted(self, delivered, defects, taken):
        dirty = [d for d in defects if d["expectation"]["outcome"] == "cleaned"]
        for defect in dirty:
            found = self.rows(delivered, defect, "accepted")
            assert found.height == 1, defect
            value, kind = found[defect["column"]][0], defect["kind"]
            if kind in ("literal_null", "date_9999", "date_1900"):
                assert value is None, defect
            elif kind in ("full_width", "lower_case_code"):
                assert value.isascii() and value == value.upper() and len(value) == 18
            elif kind == "capital_with_currency":
                assert value > 0
            counted = taken[defect["feed"], defect["month"]].cleaned[defect["expectation"]["rule"]]
            same = [
                d
                for d in dirty
                if (d["feed"], d["month"], d["expectation"]) == (defect["feed"], defect["month"], defect["expectation"])
            ]
            assert counted >= len(same), defect

    def test_an_objection_to_no_record_is_taken_in_and_names_none(self, delivered, defects, taken):
        (defect,) = [d for d in defects if d["expectation"]["outcome"] == "accepted"]
        objection = self.rows(delivered, defect, "accepted").row(0, named=True)
        assert objection["record_key"] == "无此记录-0000" and objection["objection_no"].endswith("-obj")

    def test_duplicates_are_superseded(self, delivered, defects, taken):
        doubled = [d for d in defects if d["expectation"]["outcome"] == "superseded"]
        assert len(doubled) == 6
        for feed, month in {(d["feed"], d["month"]) for d in doubled}:
            assert taken[feed, month].superseded == 3

    def test_files_of_other_kinds_are_read_for_what_they_are(self, defects, taken):
        for defect in (d for d in defects if d["expectation"]["outcome"] == "read"):
            delivery = taken[defect["feed"], defect["month"]].deliveries[0]
            assert defect["expectation"]["rule"] in (delivery.encoding, delivery.format)

    def test_repeats_change_nothing_corrections_replace_and_late_files_count_when_they_come(self, defects, taken):
        for defect in defects:
            month = taken[defect["feed"], defect["month"]]
            match defect["expectation"]["outcome"]:
                case "repeat":
                    assert [r.file for r in month.repeats] == [defect["file"]]
                    assert defect["file"] not in [d.file for d in month.deliveries]
                case "correction" if defect["month"] == defect["of_month"]:
                    assert month.superseded == defect["rows_before"]
                    assert month.accepted == defect["rows_after"]
                case "correction":
                    before = taken[defect["feed"], defect["of_month"]]
                    assert list(month.supersedes) == [before.deliveries[0].delivery_id]
                case "late":
                    assert defect["file"] in [d.file for d in month.deliveries]
                    assert taken[defect["feed"], defect["of_month"]].status == "missing"

    def test_all_planned_outcomes_are_looked_at(self, defects):
        outcomes = {d["expectation"]["outcome"] for d in defects}
        assert outcomes == {"cleaned", "quarantined", "superseded", "accepted", "read", "repeat", "correction", "late"}


@pytest.mark.parametrize("kind", ["unknown_code", "unknown_column", "unreadable", "low_volume"])
def test_a_broken_delivery_stops_its_feed(tmp_path, kind):
    from orchestration.feeds.ingest import FeedStop, stage_feed

    settings = Settings(home=tmp_path)
    simulate(settings, 250, 5, "2026-05", 1, breaks=(kind, "c01_base", "2026-05"))
    prepare(settings)
    with pytest.raises(FeedStop, match=r"c01_base 2026-05.*c01_base_2026-05"):
        stage_feed(settings, "c01_base", "2026-05")
    listed = json.loads((settings.home / "simulation" / "defects.json").read_text(encoding="utf-8"))
    assert [d["kind"] for d in listed if d["expectation"]["outcome"] == "stopped"] == [kind]


def test_every_format_is_delivered(delivered):
    suffixes = {
        "".join(path.suffixes[-2:] if path.suffix == ".gz" else path.suffixes[-1:])
        for path in delivered.landing.rglob("*")
        if path.is_file()
    }
    assert suffixes == {f".{suffix}" for suffix in files.SUFFIX.values()}
    named_csv = [p for p in delivered.landing.rglob("*.csv") if p.read_bytes()[:2] == b"PK"]
    assert named_csv
