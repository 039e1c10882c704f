"""What a contract may say about rows without a code."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.feeds.contract import Contract, ContractError, load_contract
from orchestration.settings import Settings

FEED = "c09_complaints"


class Overlaid:
    """The canonical contracts with one overlay."""

    def __init__(self, folder: Path, text: str) -> None:
        self.canonical = Settings(home=folder).canonical
        self.definition = folder
        (folder / "contracts").mkdir()
        (folder / "contracts" / f"{FEED}.yml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("resolve: {name: nobody}", "resolve: name names the unknown column 'nobody'"),
        ("resolve: {name: party_address}", "name must be a column of type name; 'party_address' is of type text"),
        ("resolve: {name: party_name, person: channel}", "person must be a column of type person_id; 'channel' is of"),
        ("resolve: {name: party_name, district: received_on}", "district must be a column of type region or text;"),
        ("resolve: {address: party_address}", "resolve.name: Field required"),
        ("resolve: {name: party_name, colour: channel}", "resolve.colour: Extra inputs are not permitted"),
        ("columns: [{name: enterprise_id, type: identifier}]", "resolve needs a column enterprise_id of type uscc"),
        ("columns: [{name: party_name, masked_when: {kind: ['2']}}]", "masked_when names the unknown column 'kind'"),
        (
            "columns: [{name: party_address, masked_when: {channel: ['2']}}]",
            "column 'party_address': only a column of type name can have masked_when",
        ),
    ],
)
def test_each_fault_is_refused_with_file_and_place(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(ContractError) as fault:
        load_contract(Overlaid(tmp_path, text + "\n"), FEED)  # type: ignore[arg-type]
    assert str(tmp_path / "contracts" / f"{FEED}.yml") in str(fault.value)
    assert sentence in str(fault.value)


def contract(feed: str) -> Contract:
    return load_contract(Settings(home=Path("/nonexistent")), feed)


def test_the_name_stands_in_the_key_for_a_missing_code() -> None:
    assert contract("c10_lawsuits").key_sql == ('"case_no"', "coalesce(enterprise_id, party_name)")
    assert contract("c09_complaints").key_sql == ('"complaint_no"',)
    assert contract("c12_arrears").key_sql == ('"enterprise_id"', '"tax_kind"', '"announced_on"')


def test_a_persons_masked_name_stands_for_nothing() -> None:
    name = contract("c10_defaulters").name_sql
    assert name == "case when subject_kind in ('2') then null else party_name end"
    assert f"coalesce(enterprise_id, {name})" in contract("c10_defaulters").key_sql
    assert contract("c12_arrears").name_sql is None
