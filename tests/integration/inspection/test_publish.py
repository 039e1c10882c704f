"""Publishing: the package, what is refused afterwards, and how a change of any file is found."""

from __future__ import annotations

import codecs
import json
import stat
from datetime import datetime
from zoneinfo import ZoneInfo

import fastexcel
import polars as pl
import pytest

from orchestration.inspection.__main__ import main
from orchestration.inspection.frame import DrawError
from orchestration.inspection.package import MANIFEST, package_folder
from orchestration.inspection.publish import publish_draw
from orchestration.inspection.run import draw_months
from orchestration.inspection.store import read
from orchestration.inspection.verify import verify_draw
from orchestration.lake import connect
from orchestration.settings import Settings
from tests.integration.inspection.province import FIRST, REGIONS, build, pool

NOW = datetime(2026, 2, 3, 17, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
SECOND = "2026-02"


@pytest.fixture(scope="module")
def sealed(tmp_path_factory):
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    build(settings)
    pool(settings)
    draw_months(settings, [FIRST, SECOND], REGIONS, "a seed")
    found = publish_draw(settings, FIRST, REGIONS[:1], now=NOW)
    return settings, found[0]


def test_the_package_holds_the_visits_in_four_formats(sealed):
    _, one = sealed
    visits = pl.read_parquet(one.folder / "visits.parquet")
    assert len(visits) == one.rows > 0
    text = (one.folder / "visits.csv").read_bytes()
    assert text.startswith(codecs.BOM_UTF8)
    assert len(pl.read_csv(one.folder / "visits.csv")) == one.rows
    content = json.loads((one.folder / "visits.json").read_text(encoding="utf-8"))
    assert content["draw"]["seed"] == "a seed"
    assert {row["visit_id"] for row in content["visits"]} == set(visits["visit_id"])
    assert all(len(row["inspectors"]) >= 2 for row in content["visits"])
    sheets = fastexcel.read_excel(one.folder / "visits.xlsx")
    assert len(sheets.load_sheet(0).to_polars()) == one.rows


def test_a_name_that_is_a_formula_stays_a_text(sealed):
    """The province's firms are called =cmd|...; a spreadsheet must not run that."""
    _, one = sealed
    names = pl.read_csv(one.folder / "visits.csv")["企业名称 name"]
    assert names.str.starts_with("'=").all()
    excel = fastexcel.read_excel(one.folder / "visits.xlsx").load_sheet(0).to_polars()["企业名称 name"]
    assert excel.str.starts_with("=cmd|").all(), "a cell of type text, not a formula, whose value would be empty or 0"


def test_the_files_are_read_only_and_in_the_manifest(sealed):
    _, one = sealed
    files = [path for path in one.folder.rglob("*") if path.is_file()]
    assert all(not path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) for path in files)
    listed = json.loads((one.folder / MANIFEST).read_text(encoding="utf-8"))["files"]
    assert set(listed) == {str(path.relative_to(one.folder)) for path in files if path.name != MANIFEST}


def test_a_published_draw_is_not_drawn_again(sealed):
    settings, _ = sealed
    with pytest.raises(DrawError, match="the draw of 2026-01 is published for 410100 and is not drawn again"):
        draw_months(settings, [FIRST], REGIONS, "another seed")
    draw_months(settings, [FIRST], REGIONS[1:])
    with connect(settings, read_only=True, views=False) as connection:
        rows = read(connection, "inspection_draw", FIRST, REGIONS)
    assert rows.filter(pl.col("region_code") == REGIONS[0])["published_at"].unique().to_list() == [
        datetime(2026, 2, 3, 9, 30)
    ]
    assert rows.filter(pl.col("region_code") == REGIONS[1])["published_at"].null_count() > 0


def test_publishing_twice_is_refused_by_name(sealed):
    settings, _ = sealed
    with pytest.raises(DrawError, match="is published already for 410100"):
        publish_draw(settings, FIRST, REGIONS[:1], now=NOW)
    with pytest.raises(DrawError, match="2026-03 is not drawn for 410100"):
        publish_draw(settings, "2026-03", REGIONS[:1], now=NOW)


def test_a_draw_whose_classes_changed_is_not_published(sealed):
    settings, _ = sealed
    change = "UPDATE lake.main.risk_class SET class = ? WHERE month = ? AND enterprise_id = '91410100MA0000003X'"
    with connect(settings, views=False) as connection:
        connection.execute(change, ["A", SECOND])
    with pytest.raises(DrawError, match="the draw of 2026-02 for 410200 no longer fits its frame"):
        publish_draw(settings, SECOND, REGIONS[1:], now=NOW)
    with connect(settings, views=False) as connection:
        connection.execute(change, ["D", SECOND])


def test_verifying_draws_again_from_the_package_and_finds_any_change(sealed, capsys, monkeypatch):
    settings, one = sealed
    assert verify_draw(settings, FIRST, REGIONS[:1])[0].passed
    monkeypatch.setenv("ECR_HOME", str(settings.home))
    assert main(["verify", FIRST, "--region", REGIONS[0]]) == 0
    assert "draws the same" in capsys.readouterr().out
    for name in ("visits.csv", "frame.parquet", "rules/ratios.csv"):
        path = one.folder / name
        before = path.read_bytes()
        path.chmod(0o644)
        path.write_bytes(before + b" ")
        found = verify_draw(settings, FIRST, REGIONS[:1])[0]
        path.write_bytes(before)
        assert not found.passed and f"{name} was changed" in found.findings[0].sentence
    (one.folder / "extra.txt").write_text("x", encoding="utf-8")
    assert "does not belong" in verify_draw(settings, FIRST, REGIONS[:1])[0].findings[0].sentence
    (one.folder / "extra.txt").unlink()
    assert main(["verify", FIRST]) == 0


def test_a_changed_manifest_is_found_by_the_lake(sealed):
    settings, one = sealed
    path = one.folder / MANIFEST
    before = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(before.replace(b'"seed_origin": "given"', b'"seed_origin": "system"'))
    found = verify_draw(settings, FIRST, REGIONS[:1])[0].findings[0]
    path.write_bytes(before)
    assert not found.passed and "not the one recorded in the lake" in found.sentence


def test_a_crash_between_package_and_mark_is_mended_by_publishing_again(sealed, monkeypatch):
    settings, _ = sealed
    draw_months(settings, [FIRST], REGIONS[1:])
    with monkeypatch.context() as patched:
        patched.setattr("orchestration.inspection.publish._mark", lambda *_: (_ for _ in ()).throw(OSError("no power")))
        with pytest.raises(OSError, match="no power"):
            publish_draw(settings, FIRST, REGIONS[1:], now=NOW)
    with pytest.raises(DrawError, match="published for 410200"):
        draw_months(settings, [FIRST], REGIONS[1:], "another")
    assert "run make publish once more" in verify_draw(settings, FIRST, REGIONS[1:])[0].findings[0].sentence
    assert publish_draw(settings, FIRST, REGIONS[1:], now=NOW)[0].region_code == REGIONS[1]
    assert all(one.passed for one in verify_draw(settings, FIRST))


def test_a_month_before_a_published_draw_is_not_drawn_any_more(sealed):
    settings, _ = sealed
    draw_months(settings, ["2026-03"], REGIONS, "x")
    publish_draw(settings, "2026-03", now=NOW)
    with pytest.raises(DrawError, match="2026-02 is not drawn any more"):
        draw_months(settings, [SECOND], REGIONS)


def test_the_command_line_refuses_in_one_sentence(sealed, capsys, monkeypatch):
    settings, _ = sealed
    monkeypatch.setenv("ECR_HOME", str(settings.home))
    assert main(["verify", "2026-13"]) == 2
    assert main(["verify", FIRST, "--region", "999999"]) == 2
    assert main(["why", "../x", FIRST]) == 2
    assert main(["why", "91410100MA0000001X", "2026-04"]) == 1
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 4 and said[3].startswith("2026-04 is not drawn")


def test_a_region_cannot_lead_out_of_the_folder(tmp_path):
    with pytest.raises(ValueError, match="is no region code"):
        package_folder(Settings(home=tmp_path), FIRST, "../..")
