"""A small register, its names made, and texts about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import polars as pl
import pytest

from orchestration.resolution.names import build_names
from orchestration.settings import Settings
from orchestration.web.store import COPIES, TEXTS, Partition
from tests.integration.raw_rows import publish

A, B, C, D, E, F = (f"9141010{number}MA000000{number}X" for number in range(1, 7))
MONTH, NEXT = "2026-08", "2026-09"
REGISTER = [
    (A, "郑州华源达商贸有限公司", "410105", "河南省郑州市金水区建设路100号"),
    (B, "洛阳华源达商贸有限公司", "410302", "河南省洛阳市老城区中州路1号"),
    (C, "郑州福宁物业服务有限公司", "410102", "河南省郑州市中原区桐柏路8号"),
    (D, "郑州福宁田市政工程有限公司", "410102", "河南省郑州市中原区桐柏路9号"),
    (E, "新乡天佳和食品有限公司", "410702", "河南省新乡市红旗区平原路3号"),
    (F, "新乡天佳和食品有限公司中牟分公司", "410122", "河南省郑州市中牟县青年路6号"),
]


@pytest.fixture
def register(settings: Settings) -> Settings:
    """The register, known in two months."""
    rows = [
        {
            "enterprise_id": code,
            "enterprise_name": name,
            "district_code": district,
            "address": address,
            "state": "1",
            "established_on": date(2015, 1, 1),
            "industry_section": "F",
            "former_names": "新乡老字号食品有限公司" if code == E else None,
        }
        for code, name, district, address in REGISTER
    ]
    publish(settings, "c01_base", MONTH, rows)
    build_names(settings, MONTH)
    build_names(settings, NEXT)
    return settings


@pytest.fixture
def put(register: Settings) -> Callable[..., None]:
    """Put texts of a month: text_id -> title, text, whatever else a row of TEXTS has, and the text it copies."""

    def write(month: str, **texts: dict[str, object]) -> None:
        rows = [
            {
                "text_id": text_id,
                "source": "news",
                "url": f"http://news.example/{text_id}",
                "fields": "{}",
                "fetched_at": datetime(2026, 8, 1, tzinfo=UTC),
            }
            | {name: value for name, value in row.items() if name != "near_duplicate_of"}
            for text_id, row in texts.items()
        ]
        copies = [
            {"text_id": text_id, "near_duplicate_of": row["near_duplicate_of"], "likeness": 1.0}
            for text_id, row in texts.items()
            if "near_duplicate_of" in row
        ]
        frame = pl.DataFrame(rows, schema=dict(TEXTS))
        Partition(register, "texts", month, "news").replace({"texts": frame}, {})
        Partition(register, "copies", month).replace({"copies": pl.DataFrame(copies, schema=dict(COPIES))}, {})

    return write
