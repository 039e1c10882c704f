"""A candidate catalogue in the shadow of a province that was walked: what it moves, and that it touches nothing."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
import yaml

from orchestration.catalogue import load_catalogue
from orchestration.catalogue.record import RECORD, Record, digest
from orchestration.settings import Settings
from orchestration.shadow import ShadowRun, shadow
from tests.pipeline import walk
from tests.pipeline.walk import MONTH, Walked, asked

CANDIDATE = "v3"
HEAVIER = "H050101"
"""The candidate doubles what complaints weigh, with the caps above them, and is otherwise version 2."""


class Governed(Settings):
    """The walked province under a definition of its own, where a candidate lies beside the versions in force."""

    @property
    def definition(self) -> Path:
        return self.home / "definition"


def rewrite(path: Path, change) -> None:
    """Change rows of a CSV file, given as dictionaries."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        change(row)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def propose(settings: Settings) -> None:
    """Write the definition: all that is in force, and the candidate."""
    for name in ("jurisdiction.yml", "catalogue", "contracts", "reference", "specialised"):
        source = settings.canonical / name
        target = settings.definition / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copyfile(source, target)
    folder = settings.definition / "catalogue" / CANDIDATE
    shutil.copytree(settings.definition / "catalogue" / "v2", folder)
    header = (folder / "catalogue.yml").read_text(encoding="utf-8")
    header = header.replace("version: v2", f"version: {CANDIDATE}").replace('"2023-07"', "")
    (folder / "catalogue.yml").write_text(header, encoding="utf-8")

    def heavier(row):
        if row["code"] == HEAVIER:
            row["weight"] = str(2 * float(row["weight"]))

    def roomier(row):
        if row["code"] in (HEAVIER[:3], HEAVIER[:5]):
            row["cap"] = "1000"

    rewrite(folder / "indicators.csv", heavier)
    rewrite(folder / "levels.csv", roomier)


@pytest.fixture(scope="module")
def run(walked: Walked) -> tuple[Governed, ShadowRun]:
    settings = Governed(home=walked.settings.home)
    propose(settings)
    return settings, shadow(settings, CANDIDATE, [MONTH])


def test_nothing_in_force_was_touched(walked, run):
    settings, _ = run
    assert walk.lake_hashes(walked.settings) == walked.now
    assert load_catalogue(settings, MONTH).version == "v2"


def test_everybody_is_compared_once(walked, run):
    _, found = run
    ((enterprises,),) = asked(walked.settings, "SELECT count(*) FROM risk_class WHERE month = $month", month=MONTH)
    assert found.comparison.matrix["enterprises"].sum() == enterprises


def test_more_weight_on_complaints_moves_to_riskier_classes_only_and_is_named_as_the_cause(run):
    _, found = run
    moves = [row for row in found.comparison.matrix.to_dicts() if row["in_force"] != row["candidate"]]
    assert moves
    assert all(row["candidate"] > row["in_force"] for row in moves)
    first = found.comparison.drivers.row(0, named=True)
    assert (first["direction"], first["indicator"]) == ("riskier", HEAVIER)
    assert first["mean_points"] > 0


def test_the_report_lies_beside_the_shadows_lake(run):
    settings, found = run
    assert found.path.parent == settings.home / "shadow" / CANDIDATE
    assert f"# {CANDIDATE} in the shadow" in found.path.read_text(encoding="utf-8")


def test_the_run_leaves_its_record_beside_the_candidate(run):
    settings, found = run
    folder = settings.definition / "catalogue" / CANDIDATE
    assert found.record == folder / RECORD
    record = Record.model_validate(yaml.safe_load(found.record.read_text(encoding="utf-8")))
    assert (record.version, record.digest, record.months) == (CANDIDATE, digest(folder), (MONTH,))
    rows = found.comparison.matrix.to_dicts()
    moved = sum(row["enterprises"] for row in rows if row["in_force"] != row["candidate"])
    assert record.moved[MONTH] == pytest.approx(moved / sum(row["enterprises"] for row in rows), abs=1e-5)
