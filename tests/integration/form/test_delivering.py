"""Delivering goes on whatever happens, says on every page that it fails, and is done once more at the end."""

from __future__ import annotations

import asyncio

import pytest

from orchestration.form import desk
from orchestration.form.app import build_app
from tests.integration.form.conftest import LEAD, Clock


@pytest.mark.parametrize("error", [ValueError, OSError])
def test_what_fails_once_is_told_and_tried_again_when_the_form_stops(settings, monkeypatch, capsys, error):
    tried = []

    def deliver(*_, whole=False):
        tried.append(whole)
        if len(tried) == 1:
            raise error(f"cannot write {LEAD}" if error is ValueError else "disk full")
        return []

    monkeypatch.setattr(desk, "deliver", deliver)
    app = build_app(settings, Clock())

    async def serve():
        async with app.router.lifespan_context(app):
            while app.state.desk.failing is None:
                await asyncio.sleep(0.01)

    asyncio.run(serve())
    # the months that the start could not look at are looked at again
    assert tried == [True, True] and app.state.desk.failing is None
    told = capsys.readouterr().err
    assert "could not be delivered yet" in told and LEAD not in told
    assert "disk full" in told if error is OSError else "ValueError" in told


def test_every_page_says_since_when_delivery_fails(served, monkeypatch):
    assert "未能入库" not in served.get("/").text

    def fail(*_, **__):
        raise RuntimeError("no")

    with monkeypatch.context() as patched:
        patched.setattr(desk, "deliver", fail)
        desk.deliver_now(served.desk)
        served.clock.moment = served.clock.moment.replace(hour=9)
        desk.deliver_now(served.desk)
    for path in ("/", "/visit", "/file", "/no"):
        page = served.get(path).text
        assert "自 2026-10-14 11:00 起未能入库" in page and "Nothing could be delivered since 2026-10-14 11:00" in page
    desk.deliver_now(served.desk)
    assert "未能入库" not in served.get("/").text
