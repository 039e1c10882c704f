"""The pages: routes, forms in and out, what is kept.

Belongs here: HTTP, and nothing that a person could not do by hand with the other modules.
Does not belong here: judging (``judge``, ``rules``, ``visit``), HTML (``templates``), protection (``guard``).

Every page works without a script; the one script there is adds an item without asking the server.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from orchestration.form import blank, guard, visit
from orchestration.form.desk import Desk, deliver_always, deliver_now, padded, plain, written
from orchestration.form.journal import Journal
from orchestration.form.layout import FormError, load_layout
from orchestration.form.pages import Pages
from orchestration.form.recorded import find, with_keys
from orchestration.form.upload import preview, still_good
from orchestration.form.visit import Written
from orchestration.settings import Settings

HERE = Path(__file__).parent
PAGE_BYTES = 1_000_000
"""Bytes of a page that is sent."""
SPARE_BYTES = 100_000
"""Bytes that a form has beside the file in it."""
CHOSEN = 80
"""Characters of a file's name that a page shows."""


def _page(request: Request, name: str, status: int = 200, **values: Any) -> Response:
    """A page with the browser's token in its forms."""
    desk: Desk = request.app.state.desk
    token = guard.token(request)
    now = {"today": desk.today, "month": desk.month, "failing": desk.failing_since}
    answer = desk.pages.answer(name, status, token=token, **now, **values)
    guard.remember(answer, token)
    return answer


async def _form(request: Request) -> tuple[FormData, bool]:
    """What was sent, and whether it came from a page of ours."""
    plan = request.app.state.desk.layout
    fields = (len(plan.visit) + len(plan.item)) * (plan.plan.items_at_most + 1)
    form = await request.form(max_files=1, max_fields=fields + SPARE_BYTES // 1000)
    return form, guard.own_page(request, form.get(guard.FIELD))


async def home(request: Request) -> Response:
    """What can be done here, and what waits."""
    desk: Desk = request.app.state.desk

    def waiting() -> int:
        submissions, batches = Journal(desk.settings).read()
        done = {receipt for batch in batches if batch.folder for receipt in batch.receipts}
        return sum(one.receipt not in done for one in submissions)

    return _page(request, "home.html", waiting=await run_in_threadpool(waiting))


async def new_visit(request: Request) -> Response:
    """An empty page for a visit, or that of a drawn visit."""
    desk: Desk = request.app.state.desk
    number = " ".join(request.query_params.get("visit", "").split())
    drawn = await run_in_threadpool(visit.from_draw, desk.settings, desk.layout, number)
    page, carried = drawn or (padded(desk, Written({desk.layout.plan.visit_number: number}, [])), {})
    unknown = "" if drawn else number
    return _page(request, "visit.html", written=page, shown=visit.Shown(), carried=carried, unknown=unknown)


async def keep_visit(request: Request) -> Response:
    """Keep the results of a visit, or say what is wrong with them."""
    desk: Desk = request.app.state.desk
    form, ours = await _form(request)
    page = written(desk, form)
    number = page.visit.get(desk.layout.plan.visit_number, "")
    drawn = await run_in_threadpool(visit.from_draw, desk.settings, desk.layout, number)
    carried = drawn[1] if drawn else {}
    if not ours:
        return _page(request, "visit.html", 403, written=page, shown=visit.Shown(), carried=carried, stale=True)
    if "more" in form:
        return _page(request, "visit.html", written=padded(desk, page, 1), shown=visit.Shown(), carried=carried)
    return await _keep(request, "page", page, carried)


async def _keep(request: Request, source: str, page: Written, carried: dict[str, str], **values: Any) -> Response:
    """Judge a page and keep it, or show it with what is wrong."""
    desk: Desk = request.app.state.desk
    async with desk.alone:
        judged, shown = await run_in_threadpool(visit.check, desk.settings, desk.layout, desk.arrival, page, carried)
        rows = plain(desk, judged.rows)
        receipt: str | None = None
        if shown.clean:
            receipt = await run_in_threadpool(desk.keep, source, rows)
        elif shown.unchanged(len(rows)):
            # a button that was pressed twice: the first time counted
            receipt = await run_in_threadpool(desk.kept_before, rows)
    if receipt is None:
        return _page(request, "visit.html", 422, written=page, shown=shown, carried=carried, **values)
    return RedirectResponse(f"/receipt/{receipt}", 303)


async def results(request: Request) -> Response:
    """Recorded results of a visit, task or enterprise."""
    desk: Desk = request.app.state.desk
    asked = request.query_params.get("q", "").strip()
    found = await run_in_threadpool(find, desk.settings, desk.layout, asked)
    return _page(request, "results.html", asked=asked, found=found.to_dicts())


async def _recorded(desk: Desk, given: Callable[[str], str | None]) -> dict[str, Any]:
    """The recorded result with the key that a request names."""
    key = desk.layout.contract.key
    asked = pl.DataFrame({name: [given(name) or ""] for name in key}, schema=dict.fromkeys(key, pl.String))
    found = await run_in_threadpool(with_keys, desk.settings, desk.layout, asked)
    if not found.height:
        raise HTTPException(404)
    return dict(found.row(0, named=True))


async def new_correction(request: Request) -> Response:
    """The page of a recorded result, filled in, to be corrected."""
    desk: Desk = request.app.state.desk
    result = await _recorded(desk, request.query_params.get)
    page, carried = visit.from_result(desk.layout, result)
    return _page(request, "visit.html", written=page, shown=visit.Shown(), carried=carried, result=result)


async def keep_correction(request: Request) -> Response:
    """Keep a correction: the same key, other values, a reason."""
    desk: Desk = request.app.state.desk
    form, ours = await _form(request)
    page = written(desk, form, correction=True)
    result = await _recorded(desk, {**page.items[0], **page.visit}.get)
    _, carried = visit.from_result(desk.layout, result)
    if not ours:
        values = {"written": page, "carried": carried, "result": result}
        return _page(request, "visit.html", 403, shown=visit.Shown(), stale=True, **values)
    return await _keep(request, "correction", page, carried, result=result)


async def new_file(request: Request) -> Response:
    """The page on which a file is chosen."""
    return _page(request, "file.html")


async def show_file(request: Request) -> Response:
    """What would become of a file."""
    desk: Desk = request.app.state.desk
    form, ours = await _form(request)
    chosen = form.get("file")
    if not ours:
        return _page(request, "file.html", 403, stale=True)
    if not isinstance(chosen, UploadFile) or not chosen.filename:
        return _page(request, "file.html", 422, problem=("请选择一个文件", "Choose a file first."))
    content = await chosen.read()
    try:
        found = await run_in_threadpool(preview, desk.settings, desk.layout, desk.arrival, content)
    except FormError as error:
        return _page(
            request,
            "file.html",
            422,
            problem=("文件无法读取，请对照空白模板", str(error)),
            chosen=chosen.filename[:CHOSEN],
        )
    number = secrets.token_hex(16)
    desk.hold(number, guard.token(request), found)
    return _page(request, "preview.html", preview=found, number=number, chosen=chosen.filename[:CHOSEN])


async def keep_file(request: Request) -> Response:
    """Keep the rows of a file that was shown."""
    desk: Desk = request.app.state.desk
    form, ours = await _form(request)
    number = str(form.get("number", ""))
    owner, found = desk.held.get(number, ("", None))
    if not ours or found is None or owner != guard.token(request) or not found.rows.height:
        return _page(request, "file.html", 403, stale=True)
    async with desk.alone:
        if not await run_in_threadpool(still_good, desk.settings, desk.layout, found):
            return _page(request, "file.html", 409, stale=True)
        del desk.held[number]
        kept = {"refused": found.refused, "sha256": found.sha256}
        receipt = await run_in_threadpool(desk.keep, "file", plain(desk, found.rows), **kept)
    return RedirectResponse(f"/receipt/{receipt}", 303)


async def template(request: Request) -> Response:
    """The empty table to fill in."""
    desk: Desk = request.app.state.desk
    kind = request.path_params["kind"]
    if kind == "csv":
        content, media = blank.blank_csv(desk.layout), "text/csv; charset=utf-8"
    elif kind == "xlsx":
        content = await run_in_threadpool(blank.blank_xlsx, desk.settings, desk.layout)
        media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    else:
        raise HTTPException(404)
    name = f"{desk.layout.contract.feed}.{kind}"
    return Response(content, media_type=media, headers={"content-disposition": f'attachment; filename="{name}"'})


async def receipt(request: Request) -> Response:
    """What was kept under a receipt, and where it went."""
    desk: Desk = request.app.state.desk
    found = await run_in_threadpool(Journal(desk.settings).find, request.path_params["number"])
    if found is None:
        raise HTTPException(404)
    return _page(request, "receipt.html", submission=found[0], batch=found[1])


async def problem(request: Request, error: Exception) -> Response:
    """A page for what could not be answered; what went wrong inside is nobody's to read."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    return _page(request, "problem.html", status, code=status)


def build_app(settings: Settings, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Starlette:
    """The form as an ASGI application.

    Args:
        settings: whose platform.
        now: the moment, with its time zone.

    Raises:
        FormError: ``data/form.yml`` cannot be used.
    """
    layout = load_layout(settings)
    desk = Desk(settings, layout, Pages(settings, layout), now)
    file_bytes = layout.plan.file_megabytes * 1_000_000 + SPARE_BYTES

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(deliver_always(desk))
        yield
        task.cancel()
        try:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        finally:
            await run_in_threadpool(deliver_now, desk)

    app = Starlette(
        routes=[
            Route("/", home),
            Route("/visit", new_visit),
            Route("/visit", keep_visit, methods=["POST"]),
            Route("/results", results),
            Route("/correct", new_correction),
            Route("/correct", keep_correction, methods=["POST"]),
            Route("/file", new_file),
            Route("/file", show_file, methods=["POST"]),
            Route("/file/keep", keep_file, methods=["POST"]),
            Route("/template.{kind}", template),
            Route("/receipt/{number}", receipt),
            Mount("/static", StaticFiles(directory=HERE / "static")),
        ],
        middleware=[
            Middleware(
                guard.Bounds, largest=lambda path: file_bytes if path == "/file" else PAGE_BYTES, failed=problem
            ),
            Middleware(TrustedHostMiddleware, allowed_hosts=list(guard.HOSTS), www_redirect=False),
        ],
        exception_handlers={HTTPException: problem},
        lifespan=lifespan,
    )
    app.state.desk = desk
    return app
