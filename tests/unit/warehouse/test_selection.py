"""Which models a run needs, told from a small graph: what lives in memory is made again, the lake is read."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from orchestration.warehouse.selection import monthly, published, with_memory


def node(name: str, reads: tuple[str, ...] = (), *, database: str = "lake", kind: str = "model", tag: str = "") -> Any:
    return SimpleNamespace(
        name=name,
        tags=[tag] if tag else [],
        database=database,
        resource_type=SimpleNamespace(value=kind),
        depends_on=SimpleNamespace(nodes=[*reads, "source.rows"]),
    )


def memory(name: str, *reads: str) -> Any:
    return node(name, reads, database="memory")


NODES = {
    one.name: one
    for one in (
        memory("staged"),
        memory("other_staged"),
        node("spine", ("staged",)),
        memory("indicator", "spine", "other_staged"),
        node("score", ("indicator",)),
        node("evidence", ("score", "other_staged")),
        node("view", ("score",), tag="published"),
        node("view_of_view", ("view",), tag="published"),
        node("indicator_holds", ("spine", "indicator"), kind="test"),
        node("evidence_adds_up", ("evidence", "indicator"), kind="test"),
        node("spine_and_later", ("spine", "score"), kind="test"),
    )
}


def test_what_is_in_memory_is_made_again_up_to_the_lake():
    assert with_memory(NODES, ["indicator"]) == {"indicator", "other_staged"}
    assert with_memory(NODES, ["spine"]) == {"spine", "staged"}


def test_views_over_the_lake_need_nothing_but_themselves():
    assert with_memory(NODES, ["view", "view_of_view"]) == {"view", "view_of_view"}


def test_a_test_that_will_run_finds_what_it_reads():
    # evidence_adds_up runs with evidence, because all it reads is before it, and reads an indicator that is in memory
    assert with_memory(NODES, ["evidence"]) == {"evidence", "other_staged", "indicator"}


def test_a_test_of_something_later_asks_for_nothing():
    assert "score" not in with_memory(NODES, ["spine"])


def test_no_name_needs_nothing():
    assert with_memory(NODES, []) == set()


def test_a_month_is_made_of_all_but_the_published_views():
    assert monthly(NODES) == {"staged", "other_staged", "spine", "indicator", "score", "evidence"}
    assert published(NODES) == {"view", "view_of_view"}
