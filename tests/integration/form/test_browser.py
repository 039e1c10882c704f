"""The form in a real browser, as an inspector uses it: on a desk and on a phone, with the keyboard, without scripts.

Debian's Chromium is used if it is there; a checkout without it skips these tests and says so.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import polars as pl
import pytest

from orchestration.feeds.ingest import publish_feed, stage_feed
from orchestration.form.deliver import deliver
from tests.integration.feeds.helpers import as_bytes
from tests.integration.form.conftest import FEED, FIRM, LEAD, SECOND, VISIT, publish_draw, register

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1200, "height": 900}


@pytest.fixture(scope="module")
def chromium() -> Iterator:
    """One browser for the tests of this file, with a profile of its own that is thrown away."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed, so the form was not tested in a browser"
    )
    if BROWSER is None:
        pytest.skip("no Chromium is on the PATH, so the form was not tested in a browser")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER, headless=True, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(served, chromium, request) -> Iterator:
    """A page that fails its test where the browser complains, above all of the content security policy."""
    register(served.settings, FIRM)
    publish_draw(served.settings)
    options = {"viewport": DESK, "locale": "zh-CN"} | getattr(request, "param", {})
    context = chromium.new_context(base_url=served.address, **options)
    complaints: list[str] = []
    one = context.new_page()
    one.set_default_timeout(20_000)  # a bound for a hanging page, not a measure
    one.on("pageerror", lambda error: complaints.append(str(error)))
    one.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield one
    context.close()
    # an answer that refuses a form is told as a failed resource; it is what the tests ask for
    assert [text for text in complaints if "status of 4" not in text] == []


def at(page, name: str):
    return page.locator(f'[id="{name}"]')


def focused(page, name: str) -> None:
    """Wait until a part of the page has the focus; a browser gives it when it draws the page."""
    page.wait_for_function("name => document.activeElement.id === name", arg=name)


def fill(page, **other: str) -> None:
    for name, text in (VISIT | other).items():
        field = at(page, f"visit.{name}")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(text)
        else:
            field.fill(text)


def test_a_visit_is_mended_and_sent(served, layout, page):
    page.goto("/")
    page.get_by_role("link", name="不是抽取产生的检查").click()
    fill(page, second_inspector_id=LEAD, checked_on="")
    at(page, "item.0.item").fill("公示信息检查")
    page.get_by_role("button", name="提交 Send").click()

    # the summary is read first; its link leads to the field, which says what is wrong with it
    focused(page, "summary")
    page.get_by_role("link", name="检查日期：").click()
    focused(page, "visit.checked_on")
    assert at(page, "visit.checked_on").get_attribute("aria-invalid") == "true"
    described = at(page, "item.0.result").get_attribute("aria-describedby").split()
    assert "此项必填" in "".join(page.locator(f'[id="{name}"]').inner_text() for name in described)
    assert at(page, "visit.task_id").input_value() == "RW-1"  # nothing that was written is lost

    at(page, "visit.checked_on").fill("2026-10-12")
    at(page, "visit.second_inspector_id").fill(SECOND)
    at(page, "item.0.result").select_option(label="未发现问题 · no problem found")
    page.get_by_role("button", name="再加一项").click()
    focused(page, "item.3.item")
    page.keyboard.type("合格证检查")
    page.keyboard.press("Tab")
    at(page, "item.3.result").select_option("发现问题待后续处理")
    page.get_by_role("button", name="提交 Send").click()

    page.wait_for_url("**/receipt/*")
    assert "2 条结果" in page.get_by_role("status").inner_text()
    deliver(served.settings, layout)
    publish_feed(served.settings, stage_feed(served.settings, FEED, "2026-10"))
    rows = pl.read_parquet(served.settings.raw / FEED / "month=2026-10" / "accepted.parquet")
    assert sorted(rows.select("item", "result").rows()) == [("公示信息检查", "1"), ("合格证检查", "8")]

    page.get_by_role("link", name="查看或更正").click()
    page.get_by_role("button", name="更正 合格证检查").click()
    at(page, "item.0.result").select_option("未发现问题")
    at(page, "visit.correction_reason").fill("复核后无问题")
    page.get_by_role("button", name="提交更正").click()
    page.wait_for_url("**/receipt/*")
    assert [line["source"] for line in served.journal() if line["kind"] == "kept"] == ["page", "correction"]


@pytest.mark.parametrize("page", [{"viewport": PHONE, "has_touch": True, "is_mobile": True}], indirect=True)
def test_a_drawn_visit_on_a_phone(served, page):
    page.goto("/")
    at(page, "visit").fill("JC-7")
    page.get_by_role("button", name="开始").tap()
    assert at(page, "visit.enterprise_id").input_value() == FIRM
    at(page, "visit.checked_on").fill("2026-10-13")
    for item in range(3):
        at(page, f"item.{item}.result").select_option("未发现问题")
    # nothing is wider than the screen, and what is touched is large enough for a thumb
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    boxes = [
        field.bounding_box() for field in page.locator("main input:visible, main select:visible, main button").all()
    ]
    assert min(box["height"] for box in boxes if box) >= 44
    page.get_by_role("button", name="提交 Send").tap()
    page.wait_for_url("**/receipt/*")
    rows = served.journal()[0]["rows"]
    assert [row["visit_id"] for row in rows] == ["JC-7"] * 3 and rows[0]["lead_inspector_id"].startswith("ECRHASHAAAA")


@pytest.mark.parametrize("page", [{"java_script_enabled": False}], indirect=True)
def test_without_a_script_a_file_is_chosen_shown_and_sent(served, page):
    page.goto("/file")
    header = ["UNISCID", "RANINSTASKID", "抽查事项", "INSDATE", "检查结果"]
    rows = [[FIRM, "RW-1", "事项", "2026-10-02", "正常"], [FIRM, "RW-2", "事项", "2026-10-02", "不清楚"]]
    file = {"name": "结果.csv", "mimeType": "text/csv", "buffer": as_bytes("gb18030", rows, header)}
    at(page, "file").set_input_files(file)
    page.get_by_role("button", name="检查 Check it").click()
    assert "可接收 1 行" in page.get_by_role("status").inner_text()
    refused = page.get_by_role("region", name="退回").get_by_role("row").nth(1).inner_text()
    assert re.match(r"3\s+检查结果\s+'不清楚'", refused)
    page.get_by_role("button", name="提交 1 行").click()
    page.wait_for_url("**/receipt/*")
    assert [line["refused"] for line in served.journal()] == [1]


def test_every_field_has_a_label_and_every_page_a_heading(page):
    for path in ("/", "/visit", "/visit?visit=JC-7", "/file", "/results?q=x", "/no"):
        page.goto(path)
        assert page.get_by_role("heading", level=1).count() == 1, path
        unnamed = page.evaluate(
            "[...document.querySelectorAll('input:not([type=hidden]), select')].filter(one => !one.labels.length)"
            ".map(one => one.id)"
        )
        assert unnamed == [], path
        identical = page.evaluate(
            "(ids => ids.filter((id, at) => ids.indexOf(id) !== at))"
            "([...document.querySelectorAll('[id]')].map(one => one.id))"
        )
        assert identical == [], path
