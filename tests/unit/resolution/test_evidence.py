"""What is found about a candidate: place, address, head, standing, branch."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from orchestration.resolution.evidence import by_name, findings, read_mentions, strongest
from orchestration.resolution.names import Names, enterprise_table, name_table
from orchestration.resolution.policy import load_policy
from orchestration.settings import Settings

SETTINGS = Settings(home=Path("/nonexistent"))
MONTH = "2026-05"


def firm(
    code: str, name: str, district: str = "410105", street: str = "经三路1号", head: str = "p", *, alive: bool = True
) -> dict[str, object]:
    return {
        "enterprise_id": code, "name": name, "address": f"郑州市金水区{street}", "district_code": district,
        "section": "F", "person_id": head, "alive": alive,
    }  # fmt: skip


def register(*firms: dict[str, object]) -> Names:
    enterprises = enterprise_table(pl.DataFrame(list(firms)), SETTINGS)
    former = pl.DataFrame(schema={"enterprise_id": pl.String, "name": pl.String})
    return Names(MONTH, enterprises, name_table(enterprises, former, SETTINGS, load_policy(SETTINGS, MONTH)))


def mention(
    name: str, address: str | None = None, person: str | None = None, district: str | None = None
) -> pl.DataFrame:
    row = {"mention_id": "m", "name": name, "address": address, "person_id": person, "district": district or address}
    schema = dict.fromkeys(row, pl.String)
    return read_mentions(pl.DataFrame([row], schema=schema), SETTINGS)


def found(asked: pl.DataFrame, names: Names) -> dict[str, dict[str, str | None]]:
    """Enterprise -> findings that say something."""
    rows = findings(by_name(asked, names), asked, names, SETTINGS).drop("mention_id", "known_name", "district_code")
    return {
        row["enterprise_id"]: {name: value for name, value in row.items() if value and name != "enterprise_id"}
        for row in rows.iter_rows(named=True)
    }


FIRM = firm("E1", "郑州华盛源商贸有限公司")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (mention("郑州华盛源商贸有限公司"), {"name": "full"}),
        (mention("郑州华盛源商贸有限责任公司"), {"name": "core", "place": "city"}),
        (mention("华盛源商贸有限公司"), {"name": "core"}),
        (mention("金水区华盛源商贸有限公司"), {"name": "core", "place": "county"}),
        (mention("华盛源商贸有限公司", "郑州市二七区大学路5号"), {"name": "core", "place": "city", "address": "other"}),
        (mention("华盛源商贸", "郑州市金水区经三路1号"), {"name": "core", "place": "county", "address": "same"}),
        (
            mention("华盛源商贸有限公司", "郑州市金水区经三路1号3号楼"),
            {"name": "core", "place": "county", "address": "street"},
        ),
        (mention("华盛源商贸有限公司", person="p"), {"name": "core", "person": "same"}),
        (mention("华盛源商贸有限公司", person="q"), {"name": "core", "person": "other"}),
        # a court in the district speaks for a firm, one elsewhere not against it
        (mention("华盛源商贸有限公司", district="郑州市金水区人民法院"), {"name": "core", "place": "county"}),
        (mention("华盛源商贸有限公司", district="洛阳市老城区人民法院"), {"name": "core"}),
        (mention("华盛源商贸有限公司", district="410302"), {"name": "core", "place": "other"}),
        # what the name says of its place outweighs the court
        (mention("郑州华盛源商贸厂", district="郑州市金水区人民法院"), {"name": "core", "place": "county"}),
    ],
)
def test_each_column_says_its_part(asked: pl.DataFrame, says: dict[str, str]) -> None:
    assert found(asked, register(FIRM)) == {"E1": says}


def test_a_firm_of_another_city_or_province_is_no_candidate_by_its_core() -> None:
    assert found(mention("洛阳华盛源商贸有限公司"), register(FIRM)) == {}
    assert found(mention("济南华盛源商贸有限公司"), register(FIRM)) == {}


def test_namesakes_are_all_candidates() -> None:
    names = register(FIRM, firm("E2", "洛阳华盛源商贸有限公司", "410302"))
    seats = found(mention("华盛源商贸有限公司", district="洛阳市老城区人民法院"), names)
    assert seats["E2"]["place"] == "county" and "place" not in seats["E1"]


def test_a_firm_that_ended_is_known_as_such() -> None:
    names = register(firm("E1", "郑州华盛源商贸有限公司", alive=False))
    assert found(mention("郑州华盛源商贸有限公司"), names) == {"E1": {"name": "full", "standing": "ended"}}


def test_of_several_findings_about_a_name_the_strongest_counts() -> None:
    rows = pl.DataFrame({"mention_id": ["m"] * 3, "enterprise_id": ["E1"] * 3, "name_found": ["close", "full", "core"]})
    assert strongest(rows)["name_found"].to_list() == ["full"]
