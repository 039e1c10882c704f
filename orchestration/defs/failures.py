"""What somebody should look at: why a run failed, in the words of what stopped it, and alarms of the watch.

Belongs here: finding the sentence in a run's events, keeping messages in ``alerts.jsonl``.
Does not belong here: deciding what counts as a failure or an alarm.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import dagster as dg

from orchestration.settings import Settings

STEPS = 12
"""Failed steps that one message names."""
SENTENCE = 1_000
"""Characters kept of one cause."""
FAILED, ALARM = "failed", "raised an alarm"
"""What a message is about."""
KEPT = 500
"""Messages kept in ``alerts.jsonl``; older ones are dropped."""


def causes(instance: dg.DagsterInstance, run_id: str) -> list[str]:
    """One line ``step: sentence`` for every step that failed, the run's own failure if no step did."""
    found: list[str] = []
    for entry in instance.all_logs(run_id, of_type=dg.DagsterEventType.STEP_FAILURE):
        event = entry.dagster_event
        if event is None:
            continue
        data = event.step_failure_data
        sentence = data.user_failure_data.description if data.user_failure_data else None
        if not sentence and data.error:
            error = data.error.cause or data.error
            sentence = error.message.strip().splitlines()[0] if error.message.strip() else error.cls_name
        found.append(f"{event.step_key}: {(sentence or 'failed without a message')[:SENTENCE]}")
    if not found:
        for entry in instance.all_logs(run_id, of_type=dg.DagsterEventType.RUN_FAILURE):
            message = entry.dagster_event.message if entry.dagster_event else None
            found.append((message or "the run failed before its first step")[:SENTENCE])
    return found


def alerts_path(settings: Settings) -> Path:
    """Where messages are kept, one JSON object a line, newest last."""
    return settings.home / "alerts.jsonl"


def write_alert(
    settings: Settings,
    *,
    at: str,
    run_id: str,
    job: str,
    partition: str | None,
    found: list[str],
    what: str = FAILED,
) -> str:
    """Append one message and return it; at most ``KEPT`` messages stay.

    The file is replaced by rename, so that a reader never sees half of it.

    Args:
        settings: whose home.
        at: moment, ISO 8601.
        run_id: run that it is about; ``job`` and ``partition`` of it.
        job: see ``run_id``.
        partition: see ``run_id``; None where the run was about none.
        found: sentences.
        what: ``FAILED`` or ``ALARM``.
    """
    more = f" (and {len(found) - STEPS} more)" if len(found) > STEPS else ""
    message = f"{job}{' ' + partition if partition else ''} {what}: " + " | ".join(found[:STEPS]) + more
    path = alerts_path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    entry = {"at": at, "run_id": run_id, "job": job, "partition": partition, "what": what, "causes": found[:STEPS]}
    lines = [*lines, json.dumps(entry, ensure_ascii=False)][-KEPT:]
    scratch = path.with_name(f".{path.name}-{os.getpid()}")
    scratch.write_text("\n".join(lines) + "\n", encoding="utf-8")
    scratch.replace(path)
    return message
