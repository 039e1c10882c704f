"""How likely an enterprise was to be visited in a month, by lot or by statute: what a visit stands for.

Belongs here: that probability, and the one function that makes a weight of it.
Does not belong here: the probability of a draw, a fact about one month's draw that stays as it was recorded
(``orchestration.inspection``); scaling weights to the enterprises there were (``sample``).

A draw gives a visit that is due the probability 1: in that month nothing else could happen. Yet the enterprise was due
in one month of its interval only, so over a window the visit stands for as many enterprise-months as the interval has
months. Weighed by 1 it would stand for one, where a visit by lot stands for hundreds, and the population would look
like the enterprises that no statute is about. The months in which statutory visits fall due are spread by a hash, for
each plan by itself; so the share of months in which an enterprise is due is its probability to be due in a month, and
those of several plans combine as independent ones. By lot come those who are not due.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import polars as pl

from orchestration.catalogue.model import CatalogueError
from orchestration.inspection.frame import interval_months
from orchestration.inspection.load import load_policy
from orchestration.risk.partitions import columns_of
from orchestration.settings import Settings

RULES = "draw_rules"
"""Name under which ``draw_rules`` is registered for ``due_shares``."""

INCLUSION = """
    CASE WHEN statutory_kind IS NULL THEN NULL
         WHEN draw_kind = statutory_kind THEN nullif(due_share, 0)
         ELSE 1 - (1 - due_share) * (1 - probability) END
"""
"""Probability to be visited in the month, of a visit with ``draw_kind``, ``probability`` and ``due_share``: null where
no draw led to it, or where it was due and no frequency is known."""


def stands_for(inclusion: pl.Series) -> pl.Series:
    """Enterprise-months that a visit stands for, 1 / ``inclusion``; null where that is not known.

    All weights are made of this: those of rates, savings and fairness (``sample``) and those of learning.
    """
    return 1 / inclusion.cast(pl.Float64)


def draw_rules(settings: Settings, months: Iterable[str]) -> pl.DataFrame:
    """What the rules of the draw of each month say of statutory visits.

    Returns:
        class_month, statutory_kind (code list ``check_kinds``), statutory_fields: key fields whose frequency makes
        visits due; nothing of a month without rules.
    """
    rows = []
    for month in sorted(set(months)):
        try:
            policy = load_policy(settings, month)
        except CatalogueError:
            continue
        fields = [plan.about.field for plan in policy.plans if plan.statutory and plan.about.field]
        rows.append((month, policy.kinds.statutory, fields))
    columns: list[tuple[str, pl.DataType]] = [
        ("class_month", pl.String()), ("statutory_kind", pl.String()), ("statutory_fields", pl.List(pl.String())),
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=columns, orient="row")


def due_shares(connection: duckdb.DuckDBPyConnection) -> str:
    """A query: month, enterprise_id, due_share of whoever a statutory frequency binds, in the months of ``RULES``.

    The interval is that of the frame of a draw.
    """
    if not columns_of(connection, "main", "combined_class"):
        return "SELECT '' AS month, '' AS enterprise_id, CAST(NULL AS DOUBLE) AS due_share WHERE false"
    return f"""
        SELECT month, enterprise_id,
            1 - product(1 - 1 / {interval_months("statutory_visits")}) AS due_share
        FROM lake.main.combined_class
        JOIN {RULES} ON combined_class.month = {RULES}.class_month AND list_contains(statutory_fields, field)
        WHERE statutory_visits > 0
        GROUP BY ALL
    """
