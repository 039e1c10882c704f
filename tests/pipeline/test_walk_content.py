"""What the published rows of the small province say: sums, classes, planted defects, planted truth, no person's number.

What each defect does to its own row is shown in ``tests/integration/simulation``; here nothing else may be found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import duckdb
import pytest

from orchestration.settings import region_codes
from tests.pipeline import walk
from tests.pipeline.walk import AFTER, COMPUTED, CORRECTED, Walked, asked

pytestmark = pytest.mark.slow


# -- 5 sums and classes ---------------------------------------------------------------------------------------------


def test_points_add_up_to_the_score_of_every_enterprise_and_month(ask: Callable[..., list[tuple]]) -> None:
    (found,) = ask(
        """
        WITH summed AS (
            SELECT month, region_code, enterprise_id, sum(points) AS points, count(*) AS factors,
                count(DISTINCT indicator_code) AS codes, sum(points) FILTER (NOT known) AS unknown_points,
                count(*) FILTER (known <> (value IS NOT NULL) OR points IS NULL OR cap_taken IS NULL) AS broken
            FROM risk_factor GROUP BY ALL
        )
        SELECT count(*), count(*) FILTER (s.points IS DISTINCT FROM c.score OR e.score IS DISTINCT FROM c.score),
            min(factors), max(factors), min(codes), sum(broken), sum(coalesce(unknown_points, 0)),
            count(*) FILTER (c.score NOT BETWEEN 0 AND 1000), count(DISTINCT c.score) > 50
        FROM risk_class AS c
        FULL JOIN summed AS s USING (month, region_code, enterprise_id)
        FULL JOIN lake.scores.enterprise_score AS e USING (month, region_code, enterprise_id)
        """
    )
    ((classified,),) = ask("SELECT count(*) FROM risk_class")
    assert found == (classified, 0, 81, 81, 81, 0, 0, 0, True)


def test_every_live_enterprise_is_classified_once_in_its_region(
    ask: Callable[..., list[tuple]], walked: Walked
) -> None:
    rows = ask(
        """
        SELECT e.month, count(*), count(e.enterprise_id), count(c.enterprise_id), count(DISTINCT c.enterprise_id)
        FROM lake.scores.enterprise AS e FULL JOIN risk_class AS c USING (month, region_code, enterprise_id)
        GROUP BY ALL ORDER BY 1
        """
    )
    assert [row[0] for row in rows] == COMPUTED
    assert all(len(set(row[1:])) == 1 and row[1] > walk.ENTERPRISES / 2 for row in rows)
    regions = {code for (code,) in ask("SELECT DISTINCT region_code FROM risk_class")}
    assert regions <= set(region_codes(walked.settings)) and len(regions) > 10


def test_classes_follow_from_the_factors(ask: Callable[..., list[tuple]]) -> None:
    """The rules of Henan, written once more over the published factors, give the same class for everybody."""
    rows = ask(
        """
        WITH known AS (
            SELECT month, enterprise_id, sum(points) AS score,
                coalesce(bool_or(indicator_code = 'H040201' AND TRY_CAST(value AS DOUBLE) = 1), false) AS listed,
                coalesce(bool_or(indicator_code = 'H040601' AND TRY_CAST(value AS DOUBLE) = 1), false) AS defaulter,
                coalesce(bool_or(indicator_code = 'H010302' AND value = 'declared'), false) AS declared,
                max(TRY_CAST(value AS DOUBLE)) FILTER (indicator_code = 'H010201') AS years,
                bool_or(indicator_code = 'H030101' AND value IS NULL) AS no_report
            FROM risk_factor GROUP BY ALL
        ),
        ruled AS (
            SELECT *, coalesce(years < 1 OR (no_report AND years < 3), false) AS thin,
                CASE WHEN score < 200 THEN 'A' WHEN score < 500 THEN 'B' WHEN score < 750 THEN 'C' ELSE 'D' END AS own
            FROM known
        )
        SELECT count(*) AS everyone,
            count(*) FILTER (computed_class <> CASE WHEN listed OR defaulter THEN 'D' ELSE
                greatest(own, CASE WHEN declared THEN 'C' ELSE 'A' END, CASE WHEN thin THEN 'B' ELSE 'A' END) END
                OR class <> computed_class OR thin_file <> thin
                OR (direct_rule IS NOT NULL) <> (listed OR defaulter)
                OR (floor_rule IS NOT NULL) <> declared) AS otherwise,
            count(direct_rule) > 0, count(*) FILTER (thin_file) > 0, count(DISTINCT class)
        FROM ruled JOIN risk_class USING (month, enterprise_id)
        """
    )
    ((classified,),) = ask("SELECT count(*) FROM risk_class")
    assert rows == [(classified, 0, True, True, 4)]


# -- 6 planted defects ----------------------------------------------------------------------------------------------


def with_outcome(defects: list[dict], outcome: str) -> list[dict]:
    return [defect for defect in defects if defect["expectation"]["outcome"] == outcome]


def test_quarantined_are_the_planted_rows_and_no_other(defects: list[dict], walked: Walked) -> None:
    files = str(walked.settings.raw / "*" / "month=2*" / "quarantined.parquet")
    found = duckdb.execute(
        "SELECT feed, received_month, file, row_no, reason FROM read_parquet(?, hive_partitioning = false) "
        "WHERE length(sentence) > 20 AND row_json IS NOT NULL",
        [files],
    ).fetchall()
    bad = with_outcome(defects, "quarantined")
    assert Counter(found) == Counter(
        (d["feed"], d["month"], d["file"], d["row"], d["expectation"]["rule"]) for d in bad
    )
    assert len(bad) >= 18
    published = walk.manifests(walked.settings)
    reasons = Counter((d["feed"], d["month"], d["expectation"]["rule"]) for d in bad)
    counted = {(*place, why): n for place, one in published.items() for why, n in one.quarantine_reasons.items()}
    assert counted == dict(reasons)


def test_cleaned_values_are_counted_by_rule(defects: list[dict], walked: Walked) -> None:
    published = walk.manifests(walked.settings)
    planted = Counter((d["feed"], d["month"], d["expectation"]["rule"]) for d in with_outcome(defects, "cleaned"))
    assert len(planted) >= 12
    for (feed, month, rule), count in planted.items():
        assert published[feed, month].cleaned.get(rule, 0) >= count, (feed, month, rule)


def test_superseded_repeated_late_and_corrected_are_the_planted_ones_and_no_other(
    defects: list[dict], walked: Walked
) -> None:
    published = walk.manifests(walked.settings)
    superseded = Counter((d["feed"], d["month"]) for d in with_outcome(defects, "superseded"))
    corrections, supersedes = with_outcome(defects, "correction"), {(CORRECTED, AFTER)}
    for defect in corrections:
        place = defect["feed"], defect["month"]
        if defect["month"] == defect["of_month"]:
            superseded[place] += defect["rows_before"]
        else:
            supersedes.add(place)
    assert {place: one.superseded for place, one in published.items() if one.superseded} == dict(superseded)
    assert {place for place, one in published.items() if one.supersedes} == supersedes
    assert len(corrections) == 2
    repeats = {
        (*place, repeat.file)
        for place, one in published.items()
        for repeat in one.repeats
        if not repeat.file.startswith("again_")
    }
    assert repeats == {(d["feed"], d["month"], d["file"]) for d in with_outcome(defects, "repeat")}
    late = with_outcome(defects, "late")
    assert {place for place, one in published.items() if one.status == "missing"} == {
        (d["feed"], d["of_month"]) for d in late
    }
    for defect in late:
        received = published[defect["feed"], defect["month"]]
        assert defect["file"] in [delivery.file for delivery in received.deliveries]
    assert len(late) == 2 and len(repeats) == 1


# -- 7 planted truth ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("month", COMPUTED)
def test_classes_rank_firms_as_their_planted_risk_does(
    ask: Callable[..., list[tuple]], walked: Walked, month: str
) -> None:
    planted = str(walked.settings.home / "simulation" / "planted.parquet")
    rows = ask(
        "SELECT class, count(*), avg(latent_risk), avg(CAST(latent_class IN ('C', 'D') AS INTEGER)) "
        "FROM risk_class JOIN read_parquet($planted) USING (enterprise_id) WHERE month = $month "
        "GROUP BY class ORDER BY class",
        planted=planted,
        month=month,
    )
    assert [row[0] for row in rows] == ["A", "B", "C", "D"]
    sizes, risk, bad = zip(*(row[1:] for row in rows), strict=True)
    assert risk[0] < risk[1] < risk[2] < risk[3]
    bad_in_cd = (bad[2] * sizes[2] + bad[3] * sizes[3]) / (sizes[2] + sizes[3])
    assert bad_in_cd > 5 * bad[0] and bad_in_cd > 0.3
    assert sizes[0] > sizes[1] > sizes[2] + sizes[3]


# -- 8 personal identifiers -----------------------------------------------------------------------------------------


def test_no_identity_number_of_a_person_leaves_the_door(walked: Walked) -> None:
    persons = walk.person_ids(walked.settings)
    assert len(persons) > walk.ENTERPRISES / 2
    looked_at: Counter[str] = Counter()
    for path, text in walk.published_texts(walked.settings):
        looked_at[path.suffix] += 1
        assert not persons.intersection(walk.PERSON.findall(text)), path
    assert looked_at[".parquet"] > 500 and looked_at[".json"] > 200 and looked_at[".html"] > 150
    ((hashed, odd),) = asked(
        walked.settings,
        "SELECT count(DISTINCT person_id), count(*) FILTER (NOT regexp_full_match(person_id, '[0-9a-f]{32}')) "
        "FROM memory.raw.c01_persons",
    )
    assert hashed > walk.ENTERPRISES / 2 and odd == 0
