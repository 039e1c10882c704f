"""The Data Docs page of one feed's month: readable offline, the same bytes for the same delivery.

Belongs here: the looks. Great Expectations' own page loads its styles, scripts and logo from six hosts on the internet,
so its sentences are kept and its page is not. Does not belong here: the judgement (``bridge``).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.feeds.contract import Contract
from orchestration.quality.suites import DIMENSIONS

if TYPE_CHECKING:
    from orchestration.feeds.ingest import FeedMonth

_STYLE = """
:root{color-scheme:light dark;--ok:#1a7f37;--bad:#c4281c;--dim:#69707a;--line:#d5d9de;--card:#f6f7f9}
@media(prefers-color-scheme:dark){:root{--ok:#4ac26b;--bad:#ff7b72;--dim:#9aa3ad;--line:#3a4048;--card:#1d2126}}
body{font:15px/1.5 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;
max-width:72rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:2rem 0 .4rem}h2 span,.dim{color:var(--dim);font-weight:400}
.verdict{font-weight:700}.ok{color:var(--ok)}.bad{color:var(--bad)}
dl{display:flex;flex-wrap:wrap;gap:.6rem;margin:1rem 0}
dl div{background:var(--card);padding:.4rem .9rem;border-radius:.4rem}
dt{color:var(--dim);font-size:.8rem}dd{margin:0;font-weight:600}
table{border-collapse:collapse;width:100%;table-layout:fixed}
td,th{text-align:left;vertical-align:top;padding:.4rem .6rem;border-top:1px solid var(--line);overflow-wrap:anywhere}
th{font-size:.8rem;color:var(--dim);border:0}
.failures{border-left:4px solid var(--bad);background:var(--card);padding:.6rem 1rem .6rem 2rem}
"""
_NOTE = (
    "✓ held, ✗ failed, – not judged. A share may fall short by what chance does to so few rows. "
    "Values of names, texts and identifiers are never shown."
)


@dataclass(frozen=True)
class Entry:
    """One line of the page: a check, what was expected, why, what was found."""

    dimension: str
    column: str
    passed: bool
    judged: bool
    expected: str | None
    why: str
    observed: str


def write_page(
    path: Path, contract: Contract, summary: FeedMonth, *, rows: int, entries: Sequence[Entry], failures: Sequence[str]
) -> None:
    """Write the page; it appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    scratch.write_text(render_page(contract, summary, rows=rows, entries=entries, failures=failures), encoding="utf-8")
    scratch.replace(path)


def render_page(
    contract: Contract, summary: FeedMonth, rows: int, entries: Sequence[Entry], failures: Sequence[str]
) -> str:
    """The page as HTML without any address in it."""
    title = f"{contract.title_zh} · {contract.title_en} · {summary.month}"
    judged = [entry for entry in entries if entry.judged]
    held = sum(entry.passed for entry in judged)
    verdict = (
        '<span class="ok">passed 通过</span>'
        if not failures
        else '<span class="bad">failed 未通过: nothing downstream of this delivery is computed</span>'
    )
    facts = {
        "delivered 交付": summary.delivered,
        "accepted 接收": summary.accepted,
        "quarantined 隔离": summary.quarantined,
        "superseded 被替代": summary.superseded,
        "rows judged 评判行数": rows,
        "checks held 检查通过": f"{held} of {len(judged)}",
        "not judged 未评": len(entries) - len(judged),
    }
    cards = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(str(value))}</dd></div>" for name, value in facts.items())
    listed = "".join(f"<li>{escape(failure)}</li>" for failure in failures)
    sections = "".join(
        _section(name, zh, own)
        for name, zh in DIMENSIONS.items()
        if (own := [entry for entry in entries if entry.dimension == name])
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>'
        f'<h1>{escape(title)}</h1><p><span class="verdict">{verdict}</span> '
        f'<span class="dim">feed {escape(contract.feed)}, owner {escape(contract.owner)}</span></p><dl>{cards}</dl>'
        + (f'<ul class="failures">{listed}</ul>' if failures else "")
        + sections
        + f'<p class="dim">{escape(_NOTE)}</p></body></html>\n'
    )


def _section(name: str, zh: str, entries: Sequence[Entry]) -> str:
    rows = "".join(
        f"<tr><td>{_mark(entry)}</td><td><b>{escape(entry.column)}</b><br>{escape(entry.expected or entry.why)}</td>"
        f'<td class="dim">{escape(entry.why)}</td><td>{escape(entry.observed)}</td></tr>'
        for entry in entries
    )
    return (
        f"<h2>{zh} <span>{name}</span></h2><table><colgroup><col style='width:3rem'><col style='width:40%'><col><col>"
        f"</colgroup><tr><th></th><th>expected</th><th>why</th><th>found</th></tr>{rows}</table>"
    )


def _mark(entry: Entry) -> str:
    if not entry.judged:
        return '<span class="dim" title="not judged">–</span>'
    return '<span class="ok">✓</span>' if entry.passed else '<span class="bad">✗</span>'
