"""What describes the web branch is looked at before anything runs, and refused in one sentence."""

from __future__ import annotations

import pytest

from orchestration.settings import Settings
from orchestration.web import check
from orchestration.web.sources import SourceError


def test_what_is_shipped_can_be_used(settings: Settings) -> None:
    lines = check.check_web(settings)
    assert "6 sources" in lines[0] and "judge invented_1" in lines[1] and "r1" in lines[2]


def test_a_jurisdiction_may_have_no_sources(settings: Settings) -> None:
    assert "0 sources (none)" in check.check_web(Settings(home=settings.home, jurisdiction="chicago"))[0]


def test_the_first_fault_is_told_with_its_file(settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    from orchestration.web.__main__ import main

    def broken(_: Settings) -> None:
        raise SourceError("data/web/sources/news.yml: topic 'NEWZ' is unknown; write NEWS.")

    monkeypatch.setattr(check, "load_sources", broken)
    assert main() == 1
    assert capsys.readouterr().err == "data/web/sources/news.yml: topic 'NEWZ' is unknown; write NEWS.\n"
