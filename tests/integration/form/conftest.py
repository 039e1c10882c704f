"""A served form on a platform of its own: real HTTP on this machine, a clock of ours."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest
import requests
import uvicorn

from orchestration.form.app import build_app
from orchestration.form.desk import Desk
from orchestration.form.layout import load_layout
from orchestration.settings import Settings

FEED = "c07_spot_checks"
FIRM, OTHER = "91410105MA4000000U", "91410105MA4000001Y"
LEAD, SECOND = "410102199001011234", "41010219850505123X"
VISIT = {
    "task_id": "RW-1", "enterprise_id": FIRM, "check_kind": "1", "checked_on": "2026-10-12",
    "authority_code": "market_regulation", "lead_inspector_id": LEAD, "second_inspector_id": SECOND,
}  # fmt: skip


@dataclass
class Clock:
    """The moment at which the form believes to be."""

    moment: datetime = datetime(2026, 10, 14, 3, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment


@dataclass
class Served:
    """The form under an address, and a browser without scripts."""

    settings: Settings
    clock: Clock
    address: str
    desk: Desk
    browser: requests.Session = field(default_factory=requests.Session)

    def get(self, path: str, **query: str) -> requests.Response:
        return self.browser.get(self.address + path, params=query, timeout=30)

    def token(self) -> str:
        """The hidden field of a page, and with it the cookie."""
        return re.search(r'name="token" value="([0-9a-f]{64})"', self.get("/visit").text)[1]

    def post(self, path: str, fields: dict[str, Any], **more: Any) -> requests.Response:
        """Send a form of ours; redirections are not followed."""
        fields = {"token": self.token(), **fields}
        return self.browser.post(self.address + path, data=fields, timeout=30, allow_redirects=False, **more)

    def visit(self, items: list[dict[str, str]], confirm: list[str] | None = None, **other: str) -> requests.Response:
        """Send the results of a visit."""
        fields: dict[str, Any] = {f"visit.{name}": text for name, text in (VISIT | other).items()}
        fields |= {f"item.{at}.{name}": text for at, item in enumerate(items) for name, text in item.items()}
        return self.post("/visit", fields | ({"confirm": confirm} if confirm else {}))

    def correct(self, item: dict[str, str], reason: str, **other: str) -> requests.Response:
        """Send a correction; persons are left as they were."""
        persons = {"lead_inspector_id": "", "second_inspector_id": ""}
        fields = {f"visit.{name}": text for name, text in (VISIT | persons | other).items()}
        fields |= {f"item.0.{name}": text for name, text in item.items()}
        return self.post("/correct", fields | {"visit.correction_reason": reason})

    def journal(self) -> list[dict[str, Any]]:
        """All lines of the journal."""
        paths = sorted((self.settings.home / "form" / "journal").glob("*.jsonl"))
        return [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines()]


def register(settings: Settings, *codes: str) -> None:
    """A register that knows these enterprises."""
    folder = settings.home / "lake" / "resolution" / "names" / "month=2026-09"
    folder.mkdir(parents=True)
    pl.DataFrame({"enterprise_id": list(codes)}).write_parquet(folder / "enterprises.parquet")
    (folder / "summary.json").write_text("{}")


def publish_draw(settings: Settings) -> None:
    """A published draw with one visit of two departments and three items, as the package has it."""
    folder = settings.home / "published" / "draws" / "2026-09" / "410100"
    (folder / "rules").mkdir(parents=True)
    drawn = {
        "visit_id": "JC-7", "enterprise_id": FIRM, "visit_month": "2026-10", "class": "D", "check_kind": "1",
        "plans": ["general", "invoices"], "departments": ["market_regulation", "tax"],
        "items": ["disclosure", "food_business", "invoice"],
    }  # fmt: skip
    pl.DataFrame([drawn]).write_parquet(folder / "visits.parquet")
    pl.DataFrame(
        {
            "visit_id": ["JC-7"] * 3,
            "inspector_id": ["c" * 32, "b" * 32, "a" * 32],
            "role": ["further", "second", "lead"],
        }
    ).write_parquet(folder / "teams.parquet")
    (folder / "rules" / "items.csv").write_text(
        "item,plan,department,zh\ndisclosure,general,market_regulation,公示信息检查\n"
        "food_business,general,market_regulation,食品销售监督检查\ninvoice,invoices,tax,发票使用检查\n"
    )
    (folder / "rules" / "plans.csv").write_text("plan,title_zh\ngeneral,年度计划\ninvoices,发票专项\n")
    (folder / "manifest.json").write_text("{}")


@pytest.fixture
def layout(settings: Settings):
    return load_layout(settings)


@pytest.fixture
def served(settings: Settings) -> Iterator[Served]:
    """The form, served in a thread of its own; it delivers when it stops, and when a test says so."""
    clock = Clock()
    app = build_app(settings, clock)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", access_log=False, lifespan="on"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        threading.Event().wait(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    form = Served(settings, clock, f"http://127.0.0.1:{port}", app.state.desk)
    yield form
    form.browser.close()
    server.should_exit = True
    thread.join(20)
