"""Rates with their intervals as a small picture (SVG).

Belongs here: shapes. Does not belong here: which rates are drawn (``defs/effect_shown``), their numbers (``report``).

A picture travels inside the metadata of a partition, which every page about it reads, and the Dagster UI shows at once
only what has less than ``AT_ONCE`` characters; longer ones open by a click. So it is written by hand, as short as can
be: a chart of any library is ten to a hundred times as long, or needs a renderer. What does not fit is left out at the
end.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import quote

from orchestration.evaluation.measures import Estimate

Row = tuple[str, Estimate | None, Estimate | None]
"""Label, rate of what was visited, rate of what it stands for."""
LEFT, WIDE, STEP, TOP = 90, 300, 20, 20
"""Pixels: labels, the scale from 0 to 100 %, a row, above the rows."""
ROWS = 20
"""Rows that a picture has at most."""
AT_ONCE = 1_000
"""Characters of Markdown that the UI shows without a click (``MetadataEntry`` of its sources)."""
_COLOURS = ("#98a2b3", "#175cd3")
_PLAIN = " '/:=.,-"
"""Characters beside letters and digits that an address within angle brackets may hold as they are."""


def picture(rows: Sequence[Row], legend: tuple[str, str] = ("visited", "population")) -> str:
    """An SVG of at most ``ROWS`` rows: a line from lower to upper limit and a dot at the rate, grey above blue."""
    shown = rows[:ROWS]
    bottom = TOP + STEP * len(shown)
    marks = [f"<path d='{''.join(f'M{LEFT + x} {TOP}V{bottom}' for x in (0, 75, 150, 225, WIDE))}' stroke='#ddd'/>"]
    marks += [f"<text x='{LEFT + x}' y='{bottom + 13}'>{text}</text>" for x, text in ((0, "0"), (WIDE, "100 %"))]
    for series, (colour, name) in enumerate(zip(_COLOURS, legend, strict=True)):
        marks.append(f"<text x='{LEFT + 90 * series}' y='12' fill='{colour}'>{escape(name)}</text>")
        known = [
            (TOP + STEP * at + 7 + 6 * series, value) for at, (_, *both) in enumerate(shown) if (value := both[series])
        ]
        if known:
            lines = "".join(f"M{_x(value.lower)} {y}H{_x(value.upper)}" for y, value in known)
            dots = "".join(f"M{_x(value.value)} {y}h0" for y, value in known)
            marks.append(f"<g stroke='{colour}'><path d='{lines}'/><path d='{dots}' stroke-width='6'/></g>")
    marks += [f"<text y='{TOP + STEP * at + 14}'>{escape(row[0][:14])}</text>" for at, row in enumerate(shown)]
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{LEFT + WIDE + 40}' height='{bottom + 18}' "
        f"font-size='11' stroke-linecap='round'>{''.join(marks)}</svg>"
    )


def _x(share: float) -> int:
    return round(LEFT + WIDE * share)


def inline(title: str, rows: Sequence[Row], legend: tuple[str, str] = ("visited", "population")) -> str:
    """The picture as Markdown that shows it without asking for another file; no rows give no picture."""
    return f"![{title}](<data:image/svg+xml,{quote(picture(rows, legend), safe=_PLAIN)}>)" if rows else ""
