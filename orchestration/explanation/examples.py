"""A few enterprises whose explanation shows much: one for each class.

Belongs here: choosing them, and writing their pages. Does not belong here: the pages themselves (``page``).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.explanation.explain import explain_on
from orchestration.explanation.model import Explanation
from orchestration.explanation.page import page
from orchestration.lake import connect
from orchestration.settings import Settings, month_check

FOLDER = "explanations"
"""Folder of the pages under ``ECR_HOME``."""
CHOSEN = """
    with classed as (
        select month, enterprise_id, class, score, abs(score - median(score) over (partition by class)) as aside
        from lake.main.risk_class
        where month = $month
    ),
    evidence as (
        select enterprise_id, count(distinct feed) as feeds
        from lake.scores.risk_evidence
        where month = $month
        group by enterprise_id
    )
    select class, enterprise_id
    from classed left join evidence using (enterprise_id)
    qualify row_number() over (partition by class order by coalesce(feeds, 0) desc, aside, enterprise_id) = 1
    order by class
"""


def examples(settings: Settings, month: str) -> list[Explanation]:
    """One explanation per class of a month, A first.

    Of each class the enterprise with records of the most feeds, then the one nearest to the middle of its class; the
    same lake gives the same enterprises.
    """
    with connect(settings, read_only=True) as connection:
        return [
            explain_on(connection, settings, enterprise_id, month) for _, enterprise_id in chosen(connection, month)
        ]


def chosen(connection: duckdb.DuckDBPyConnection, month: str) -> list[tuple[str, str]]:
    """Class and enterprise of each example."""
    return connection.execute(CHOSEN, {"month": month_check(month)}).fetchall()


def write_pages(settings: Settings, explanations: list[Explanation]) -> list[Path]:
    """Write ``explanations/<month>-<class>-<enterprise>.<language>.md``; pages of the same names are replaced."""
    folder = settings.home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for one in explanations:
        for language in ("zh", "en"):
            path = folder / f"{one.month}-{one.class_name}-{one.enterprise_id}.{language}.md"
            path.write_text(page(one, language), encoding="utf-8")
            written.append(path)
    return written
