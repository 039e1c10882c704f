"""The command line: only on this machine, and what waits can be delivered without the pages."""

from __future__ import annotations

from datetime import UTC, datetime

from orchestration.form.__main__ import main
from orchestration.form.journal import Journal


def test_the_form_is_served_on_this_machine_only(settings, capsys):
    assert main(["--host", "0.0.0.0"]) == 1
    assert "HOST=0.0.0.0: the form has no log-in" in capsys.readouterr().err


def test_what_waits_is_delivered_without_the_pages(settings, capsys):
    assert main(["deliver"]) == 0
    assert capsys.readouterr().out == "Nothing waits in the journal.\n"
    Journal(settings).keep("2026-10", "page", [{"task_id": "a"}], at=datetime(2026, 10, 14, tzinfo=UTC))
    assert main(["deliver"]) == 0
    assert capsys.readouterr().out.startswith("1 rows of 1 submissions delivered: ")


def test_a_jurisdiction_that_does_not_exist_is_told(settings, monkeypatch, capsys):
    monkeypatch.setenv("ECR_JURISDICTION", "nowhere")
    assert main(["deliver"]) == 1
    assert "nowhere" in capsys.readouterr().err
