"""Who reads web signals: two indicators, their evidence, and the counts for warnings; nothing else rests on the web."""

from __future__ import annotations

from orchestration.warehouse.staging import DBT_PROJECT


def test_only_h0502_h0503_their_evidence_and_the_counts_read_web_signals():
    readers = {
        path.stem
        for folder in ("models", "macros")
        for path in (DBT_PROJECT / folder).rglob("*.sql")
        if "w01_web_signals" in path.read_text(encoding="utf-8") and path.stem != "stg_w01_web_signals"
    }
    assert readers == {
        "h0502_public_opinion", "h0503_online_advertising", "h0502_evidence", "h0503_evidence", "web_signals",
        "web_topic_month", "web_signal_first_received",
    }  # fmt: skip


def test_no_score_reads_the_counts():
    readers = [
        path.stem
        for path in (DBT_PROJECT / "models").rglob("*.sql")
        if "web_topic_month" in path.read_text(encoding="utf-8")
    ]
    assert sorted(readers) == ["web_signal_count"]
