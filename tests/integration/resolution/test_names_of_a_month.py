"""Names as known at the end of a month: later deliveries, corrections and changes leave it alone."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from orchestration.resolution.names import NamesError, build_names, read_names
from orchestration.resolution.store import Partition
from orchestration.settings import Settings
from tests.integration.raw_rows import publish

A, B = "91410105MA0000001X", "91410105MA0000002X"


def base(code: str, name: str, **more: object) -> dict[str, object]:
    return {
        "enterprise_id": code,
        "enterprise_name": name,
        "state": "1",
        "established_on": date(2015, 1, 1),
        "district_code": "410105",
        "industry_section": "F",
        "address": "河南省郑州市金水区建设路100号",
    } | more


def names_of(settings: Settings, month: str, code: str) -> dict[str, str]:
    rows = read_names(settings, month).names.filter(pl.col("enterprise_id") == code)
    return dict(rows.filter(pl.col("kind") != "short").select("name", "kind").iter_rows())


def test_a_later_name_is_not_known_before(settings: Settings) -> None:
    publish(settings, "c01_base", "2026-08", [base(A, "郑州旧名达商贸有限公司")])
    publish(settings, "c01_base", "2026-09", [base(A, "郑州新名达商贸有限公司")])
    change = {
        "enterprise_id": A,
        "change_item": "01",
        "value_before": "郑州旧名达商贸有限公司",
        "value_after": "郑州新名达商贸有限公司",
        "changed_on": date(2026, 9, 3),
    }
    publish(settings, "c01_changes", "2026-09", [change])
    for month in ("2026-08", "2026-09"):
        build_names(settings, month)
    assert names_of(settings, "2026-08", A) == {"郑州旧名达商贸有限公司": "full"}
    assert names_of(settings, "2026-09", A) == {"郑州新名达商贸有限公司": "full", "郑州旧名达商贸有限公司": "former"}


def test_a_replaced_delivery_is_gone_from_its_correction_on(settings: Settings) -> None:
    publish(settings, "c01_base", "2026-08", [base(A, "郑州甲达商贸有限公司"), base(B, "郑州误送达商贸有限公司")], "d1")
    publish(settings, "c01_base", "2026-09", [base(A, "郑州甲达商贸有限公司")], "d2", supersedes=["d1"])
    assert build_names(settings, "2026-08").enterprises == 2
    assert build_names(settings, "2026-09").enterprises == 1


def test_former_names_of_the_base_record(settings: Settings) -> None:
    publish(settings, "c01_base", "2026-08", [base(A, "郑州甲达商贸有限公司", former_names="郑州乙达实业有限公司；丙")])
    build_names(settings, "2026-08")
    assert names_of(settings, "2026-08", A)["郑州乙达实业有限公司"] == "former"


@pytest.mark.parametrize(("day", "alive"), [(date(2026, 8, 31), False), (date(2026, 9, 1), True)])
def test_an_enterprise_that_has_ended_keeps_its_names(settings: Settings, day: date, alive: bool) -> None:
    publish(settings, "c01_base", "2026-08", [base(A, "郑州甲达商贸有限公司")])
    publish(settings, "c01_deregistrations", "2026-08", [{"enterprise_id": A, "deregistered_on": day}])
    build_names(settings, "2026-08")
    found = read_names(settings, "2026-08")
    assert found.enterprises["alive"].to_list() == [alive]
    assert "郑州甲达商贸有限公司" in found.names["name_key"]


def test_the_same_rows_give_the_same_files(settings: Settings) -> None:
    rows = [base(A, "郑州甲达商贸有限公司"), base(B, "洛阳甲达商贸有限公司", district_code="410302")]
    publish(settings, "c01_base", "2026-08", rows)
    folder = Partition(settings, "names", "2026-08").folder
    build_names(settings, "2026-08")
    before = [path.read_bytes() for path in sorted(folder.glob("*.parquet"))]
    build_names(settings, "2026-08")
    assert [path.read_bytes() for path in sorted(folder.glob("*.parquet"))] == before


def test_no_registrations_give_no_names(settings: Settings) -> None:
    assert build_names(settings, "2026-08").enterprises == 0
    assert read_names(settings, "2026-08").names.height == 0


def test_names_not_made_are_named(settings: Settings) -> None:
    with pytest.raises(NamesError, match=r"The names of 2026-08 are not there .* run the step names"):
        read_names(settings, "2026-08")
