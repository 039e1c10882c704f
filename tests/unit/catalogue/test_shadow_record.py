"""Learned points are in force only after a shadow run of exactly their files, by somebody's decision."""

from __future__ import annotations

import shutil

import pytest

from orchestration.catalogue import CatalogueError, check_catalogue
from orchestration.catalogue.load import load_version
from orchestration.catalogue.record import RECORD, digest, write_record
from orchestration.policy import in_force
from orchestration.settings import Settings

SHARES = [
    {"month": "2026-08", "class": "A", "in_force": 0.7, "candidate": 0.65},
    {"month": "2026-08", "class": "B", "in_force": 0.3, "candidate": 0.35},
]


class Own(Settings):
    """Settings whose definition folder is under their home; contracts stay the canonical ones."""

    @property
    def definition(self):
        return self.home / "definition"


@pytest.fixture
def own(tmp_path) -> Own:
    """Version 1 as it is, and a copy that says it was learned, in force in no month."""
    settings = Own(home=tmp_path)
    for name in ("v1", "c1"):
        shutil.copytree(settings.canonical / "catalogue" / "v1", settings.definition / "catalogue" / name)
    header(settings, "version: v1", "version: c1\nlearned_from: scorecard 2026-06-abc")
    text = path(settings).read_text(encoding="utf-8")
    first = next(line for line in text.splitlines() if line.startswith("effective_from"))
    header(settings, first, "effective_from:\napproved_by:")
    header(settings, 'effective_to: "2023-06"', "effective_to:")
    return settings


def path(settings, file="catalogue.yml"):
    return settings.definition / "catalogue" / "c1" / file


def header(settings, old, new):
    text = path(settings).read_text(encoding="utf-8")
    assert old in text
    path(settings).write_text(text.replace(old, new, 1), encoding="utf-8")


def ran(settings):
    folder = path(settings).parent
    return write_record(folder, "c1", digest(folder), {"2026-08": 0.05}, SHARES)


def put_into_force(settings, by="approved_by: decision 12 of 2026"):
    header(settings, "effective_from:", 'effective_from: "2026-09"')
    header(settings, "approved_by:", by)


def test_a_candidate_needs_no_record(own):
    check_catalogue(own)
    assert load_version(own, "c1").learned_from == "scorecard 2026-06-abc"


def test_without_a_shadow_run_an_effective_month_is_refused(own):
    put_into_force(own)
    with pytest.raises(CatalogueError, match=r"catalogue.yml:\d+: c1 has learned points and never ran"):
        check_catalogue(own)


def test_after_the_run_month_person_title_and_comments_may_be_written(own):
    record = ran(own)
    put_into_force(own)
    header(own, "title_en:", "# put into force by hand\ntitle_en:")
    check_catalogue(own)
    assert in_force(load_version(own, "c1"), "2026-09")
    said = record.read_text(encoding="utf-8")
    assert "moved:\n  2026-08: 0.05" in said and "in_force: 0.7" in said


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("bands.csv", "H040101,2,1,,,100", "H040101,2,1,,,90"),
        ("catalogue.yml", "learned_from: scorecard 2026-06-abc", "learned_from: scorecard 2026-06-abd"),
    ],
)
def test_files_changed_after_the_run_are_refused(own, file, old, new):
    ran(own)
    put_into_force(own)
    text = path(own, file).read_text(encoding="utf-8")
    assert old in text
    path(own, file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogueError, match="are not those that ran"):
        check_catalogue(own)


def test_a_record_of_another_version_or_none_at_all_is_refused(own):
    record = ran(own)
    put_into_force(own)
    text = record.read_text(encoding="utf-8")
    record.write_text(text.replace("version: c1", "version: c2"), encoding="utf-8")
    with pytest.raises(CatalogueError, match="are not those that ran"):
        check_catalogue(own)
    record.write_text("nothing: of it\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=f"{RECORD}: is no record of a shadow run"):
        check_catalogue(own)


def test_somebody_must_have_decided(own):
    ran(own)
    put_into_force(own, by="approved_by:")
    with pytest.raises(CatalogueError, match="nobody is named who put them into force"):
        check_catalogue(own)
