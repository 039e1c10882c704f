"""Published draws as the form reads them: the newest first, tolerant of what is missing, blind to classes."""

from __future__ import annotations

import polars as pl

from orchestration.form import draws
from orchestration.inspection.load import load_policy
from orchestration.inspection.package import Writer
from orchestration.inspection.store import DRAW, VISIT
from tests.integration.form.conftest import FIRM, publish_draw


def test_where_nothing_was_published_nothing_is_known(settings):
    assert draws.find(settings, "JC-7") is None
    assert draws.enterprises(settings, ["JC-7"]).rows() == [] == draws.enterprises(settings, []).rows()


def test_a_visit_is_told_in_the_words_of_its_own_rules(settings):
    publish_draw(settings)
    assert draws.find(settings, "JC-7") == draws.Drawn(
        "JC-7", FIRM, "1", ("年度计划", "发票专项"), "market_regulation",
        (("公示信息检查", "market_regulation"), ("食品销售监督检查", "market_regulation"), ("发票使用检查", "tax")),
        {"lead": "a" * 32, "second": "b" * 32},
    )  # fmt: skip
    assert draws.enterprises(settings, ["JC-8", "JC-7"]).rows() == [("JC-7", FIRM, None)]


def test_a_package_is_read_as_the_draws_write_it(settings):
    visit = dict.fromkeys(DRAW) | {
        "visit_id": "V202610-410100-1", "enterprise_id": FIRM, "class": "C", "check_kind": "1", "plans": ["general"],
        "departments": ["market_regulation", "ecology"], "items": ["disclosure", "pollution"],
    }  # fmt: skip
    team = {"visit_id": "V202610-410100-1", "inspector_id": "a" * 32, "department": "ecology", "role": "lead"}
    writer = Writer(settings, "2026-09", "410100")
    writer.rules(load_policy(settings, "2026-09"))
    writer.tables({"visits": pl.DataFrame([visit]), "teams": pl.DataFrame([dict.fromkeys(VISIT) | team])})
    writer.seal({})
    drawn = draws.find(settings, "V202610-410100-1")
    assert drawn.items == (("公示信息检查", "market_regulation"), ("污染防治检查", "ecology"))
    assert (drawn.plans, drawn.inspectors) == (("企业登记与公示抽查",), {"lead": "a" * 32})


def test_a_package_without_manifest_is_not_finished_and_one_without_rules_tells_codes(settings):
    publish_draw(settings)
    folder = settings.home / "published" / "draws" / "2026-09" / "410100"
    for path in [*(folder / "rules").iterdir(), folder / "teams.parquet"]:
        path.unlink()
    pl.read_parquet(folder / "visits.parquet").drop("departments", "check_kind").write_parquet(
        folder / "visits.parquet"
    )
    drawn = draws.find(settings, "JC-7")
    assert (drawn.plans, drawn.department, drawn.kind, drawn.inspectors) == (("general", "invoices"), None, None, {})
    assert drawn.items == (("disclosure", None), ("food_business", None), ("invoice", None))
    (folder / "manifest.json").unlink()
    assert draws.find(settings, "JC-7") is None
