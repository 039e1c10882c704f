"""What is sealed can be verified: draws that their inputs no longer give, changed tables, damaged packages."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime

import pytest

from orchestration.inspection import verify
from orchestration.inspection.__main__ import main
from orchestration.inspection.frame import DrawError
from orchestration.inspection.package import MANIFEST, made_visits, package_folder, read_package
from orchestration.inspection.publish import publish_draw
from orchestration.inspection.run import draw_months
from orchestration.inspection.store import read
from orchestration.inspection.verify import verify_draw
from orchestration.inspection.why import why
from orchestration.lake import connect
from orchestration.settings import Settings
from tests.integration.inspection.province import FIRST, REGIONS, build, pool
from tests.integration.raw_rows import publish

NOW = datetime(2026, 2, 3, 9, 30, tzinfo=UTC)
VISITS = "2026-02"


@pytest.fixture(scope="module")
def province(tmp_path_factory):
    """A province whose first month is drawn and not published, and a copy of its files."""
    settings, copy = Settings(home=tmp_path_factory.mktemp("home")), tmp_path_factory.mktemp("copy") / "home"
    build(settings)
    pool(settings)
    draw_months(settings, [FIRST], REGIONS, "a seed")
    shutil.copytree(settings.home, copy)
    return settings, copy


@pytest.fixture
def drawn(province):
    """The province, which a test may spoil; a lake knows its place, so it is put back where it was."""
    settings, copy = province
    yield settings
    shutil.rmtree(settings.home)
    shutil.copytree(copy, settings.home)


def team(settings: Settings) -> dict:
    """An inspector and the enterprise of one visit of the first region."""
    with connect(settings, read_only=True, views=False) as connection:
        rows = read(connection, "inspection_visit", FIRST, REGIONS[:1])
        visits = read(connection, "inspection_draw", FIRST, REGIONS[:1])
    return rows.join(visits, on="visit_id").select("inspector_id", "enterprise_id").row(0, named=True)


def conflict(settings: Settings, **pair: str) -> None:
    """A conflict of interest is delivered."""
    publish(settings, "s03_inspector_conflicts", FIRST, [pair | {"reason": "relative", "starts_on": "2020-01-01"}])


def test_a_conflict_that_arrives_after_the_draw_stops_publishing_until_it_is_drawn_again(drawn):
    conflict(drawn, **team(drawn))
    with pytest.raises(DrawError, match=r"410100 cannot be published.*conflicts of interest changed.*make draw M=2026"):
        publish_draw(drawn, FIRST, now=NOW)
    assert not (drawn.home / "published").exists()
    draw_months(drawn, [FIRST], REGIONS)
    publish_draw(drawn, FIRST, now=NOW)
    assert all(one.passed for one in verify_draw(drawn, FIRST))


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "DELETE FROM lake.main.{} WHERE month = $month AND visit_id = (SELECT min(visit_id) FROM "
            "lake.main.inspection_visit WHERE region_code = '410100')",
            "the visits in the lake are not those recorded",
        ),
        (
            "UPDATE lake.main.inspection_stratum SET probability = 0.5 WHERE month = $month AND region_code = '410100'",
            "the strata in the lake are not those of the draw",
        ),
        (
            "UPDATE lake.main.inspection_draw SET put_off = 'no time' WHERE month = $month AND region_code = '410100'",
            "other visits are put off",
        ),
        ("UPDATE lake.main.inspection_record SET visits = 1 WHERE month = $month", "the record counts draw_id"),
    ],
)
def test_tables_that_were_changed_are_not_sealed(drawn, statement, said):
    with connect(drawn, views=False) as connection:
        for table in ("inspection_draw", "inspection_visit") if "{}" in statement else ("",):
            connection.execute(statement.format(table), {"month": FIRST})
    with pytest.raises(DrawError, match=f"{said}.*run make draw M=2026-01 again"):
        publish_draw(drawn, FIRST, REGIONS[:1], now=NOW)
    assert not package_folder(drawn, FIRST, REGIONS[0]).exists()


def test_a_package_without_its_mark_is_marked_though_the_lake_went_on(drawn, monkeypatch):
    """The package stands, so what it was drawn from counts, not what has arrived since."""
    with monkeypatch.context() as patched:
        patched.setattr("orchestration.inspection.publish._mark", lambda *_: (_ for _ in ()).throw(OSError("no power")))
        with pytest.raises(OSError, match="no power"):
            publish_draw(drawn, FIRST, now=NOW)
    conflict(drawn, **team(drawn))
    assert [one.region_code for one in publish_draw(drawn, FIRST, now=NOW)] == REGIONS
    assert all(one.passed for one in verify_draw(drawn, FIRST))


@pytest.fixture
def sealed(drawn):
    publish_draw(drawn, FIRST, now=NOW)
    return drawn


def test_a_damaged_manifest_is_a_finding_and_one_sentence(sealed, capsys, monkeypatch):
    path = package_folder(sealed, FIRST, REGIONS[0]) / MANIFEST
    path.chmod(0o644)
    monkeypatch.setenv("ECR_HOME", str(sealed.home))
    for content in (b"", b"[]", b'{"draw": 1, "files": {}}', b'{"draw": {}}', b"\x80", b"{"):
        path.write_bytes(content)
        with pytest.raises(DrawError, match=r"manifest\.json is damaged"):
            read_package(sealed, FIRST, REGIONS[0])
    assert main(["verify", FIRST]) == 1
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[-1] for line in said if line.startswith(FIRST)] == ["DIFFERS", "agrees"]
    assert "manifest.json is damaged" in said[1]
    with pytest.raises(DrawError, match=r"manifest\.json is damaged"):
        made_visits(sealed, VISITS)
    assert main(["why", team(sealed)["enterprise_id"], FIRST]) == 1
    assert "manifest.json is damaged" in capsys.readouterr().err


def test_a_damaged_table_stops_the_answer_why_in_one_sentence(sealed):
    path = package_folder(sealed, FIRST, REGIONS[0]) / "frame.parquet"
    path.chmod(0o644)
    path.write_bytes(b"PAR1")
    with pytest.raises(DrawError, match="is not whole; run make verify-draw"):
        why(sealed, team(sealed)["enterprise_id"], FIRST)


def test_the_manifest_tells_with_what_the_draw_was_made_and_verifying_names_it(sealed, monkeypatch):
    manifest = json.loads((package_folder(sealed, FIRST, REGIONS[0]) / MANIFEST).read_text(encoding="utf-8"))
    before = manifest["draw"]["made_with"]
    assert set(before) == {"code", "polars", "scipy"} and before == verify.made_with()
    with connect(sealed, views=False) as connection:
        connection.execute("UPDATE lake.main.inspection_record SET team_hash = 'x'")
    monkeypatch.setattr(verify, "made_with", lambda: before | {"scipy": "0.0.1"})
    found = {one.check: one for one in verify_draw(sealed, FIRST, REGIONS[:1])[0].findings}
    assert not found["teams"].passed and found["draw"].passed
    assert f"scipy {before['scipy']}, here are" in found["teams"].sentence and "scipy 0.0.1" in found["teams"].sentence
