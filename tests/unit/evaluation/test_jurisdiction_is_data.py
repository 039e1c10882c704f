"""A second jurisdiction is a folder of data: no code knows its name or its headers."""

from __future__ import annotations

import csv

import pytest

from orchestration.catalogue import load_catalogue
from orchestration.catalogue.load import load_version
from orchestration.evaluation.study import definition
from orchestration.feeds.codes import lookup
from orchestration.feeds.contract import delivered_feeds, load_contract
from orchestration.feeds.headers import Headers
from orchestration.learning.policy import load_policy
from orchestration.quality.suites import load_suite
from orchestration.settings import PROJECT, Settings

CHICAGO = Settings(home=PROJECT / "data", jurisdiction="chicago")
ARCHIVE = {
    "food_inspections.csv": (
        "Inspection ID,DBA Name,AKA Name,License #,Facility Type,Risk,Address,City,State,Zip,Inspection Date,"
        "Inspection Type,Results,Critical Violations,Serious Violations,Minor Violations,Latitude,Longitude"
    ),
    "business_licences.csv": (
        "ID,LICENSE ID,ACCOUNT NUMBER,LEGAL NAME,DOING BUSINESS AS NAME,ADDRESS,CITY,STATE,ZIP CODE,WARD,PRECINCT,"
        "POLICE DISTRICT,LICENSE CODE,LICENSE DESCRIPTION,BUSINESS ACTIVITY ID,BUSINESS ACTIVITY,LICENSE NUMBER,"
        "APPLICATION TYPE,LICENSE TERM START DATE,LICENSE TERM EXPIRATION DATE,LICENSE STATUS,FIRST LICENSED ON,"
        "LATITUDE,LONGITUDE"
    ),
}
"""Headers of the archive as the city publishes it."""


def test_no_code_names_the_city() -> None:
    code = [
        path
        for folder in ("orchestration", "dbt_project", "expectations")
        for path in (PROJECT / folder).rglob("*")
        if path.suffix in (".py", ".sql", ".yml", ".yaml")
    ]
    assert len(code) > 50
    assert [str(path) for path in code if "chicago" in path.read_text(encoding="utf-8").lower()] == []


@pytest.mark.parametrize("feed", delivered_feeds(CHICAGO))
def test_every_header_of_the_archive_has_a_use_or_an_express_non_use(feed: str) -> None:
    contract = load_contract(CHICAGO, feed)
    assert contract.replay is not None
    headers, delivered = Headers(contract), ARCHIVE[contract.replay.file].split(",")
    assert [header for header in delivered if not headers.knows(header)] == []
    assert contract.replay.known_on in delivered
    assert set(contract.replay.where) <= set(delivered)
    # What is not mapped must be optional or constant.
    named = {headers.columns[name].name for header in delivered if (name := _normal(header)) in headers.columns}
    for column in contract.columns:
        if column.required and column.constant is None and column.name not in named:
            assert column.copies in delivered


def _normal(header: str) -> str:
    from orchestration.feeds.headers import normal

    return normal(header)


def test_the_state_of_a_licence_years_later_is_not_read() -> None:
    for feed in delivered_feeds(CHICAGO):
        contract = load_contract(CHICAGO, feed)
        assert all("LICENSE STATUS" not in (*column.aliases, column.copies) for column in contract.columns)


@pytest.mark.parametrize("feed", delivered_feeds(CHICAGO))
def test_aliases_lead_to_known_codes_and_suites_load(feed: str) -> None:
    contract = load_contract(CHICAGO, feed)
    for column in contract.columns:
        found = lookup(CHICAGO, column)
        if found and column.code_aliases:
            assert set(column.code_aliases.values()) <= {meaning.code for meaning in found.meanings}
    assert load_suite(CHICAGO, contract).checks


def test_districts_lead_to_regions_and_the_catalogue_covers_the_months() -> None:
    folder = CHICAGO.definition / "reference"
    with (folder / "regions.csv").open(encoding="utf-8") as stream:
        regions = {row["region_code"] for row in csv.DictReader(stream)}
    with (folder / "districts.csv").open(encoding="utf-8") as stream:
        districts = {row["district_code"]: row["region_code"] for row in csv.DictReader(stream)}
    assert set(districts) == {str(ward) for ward in range(1, 51)}
    assert set(districts.values()) == regions
    for key, version in (
        ("first_month", "v1"),
        ("classify_first", "v1"),
        ("learn_last", "v2"),
        ("classify_last", "v2"),
    ):
        assert load_catalogue(CHICAGO, str(CHICAGO.profile[key])).version == version


def test_points_are_learned_before_the_test_rows() -> None:
    # the class of the first test month is that of the month up to which points are learned
    learned = load_version(CHICAGO, load_policy(CHICAGO, str(CHICAGO.profile["learn_last"])).catalogue or "")
    assert set(load_catalogue(CHICAGO, str(CHICAGO.profile["learn_last"])).codes) <= set(learned.codes)
    assert CHICAGO.profile["learn_last"] == "2014-08"
    assert definition(CHICAGO).published
