"""The day a text was published, from the many ways in which pages write it.

Belongs here: reading one text that states a day; refusing days that cannot be.
Does not belong here: finding that text in a page (``page``).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime

EARLIEST = date(1990, 1, 1)
"""No public web page is older."""

_FULL = re.compile(r"(?<!\d)(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)")
_PACKED = re.compile(r"^\s*(\d{4})(\d{2})(\d{2})(?:\d{6})?\s*$")
_SHORT = re.compile(r"(?<![\d年.-])(\d{1,2})\s*[-/月]\s*(\d{1,2})(?![\d.-])")
_AGO = re.compile(
    r"(\d+|[一二两三四五六七八九十半几]+)\s*(?:个)?\s*(秒钟?|分钟?|小时|钟头|天|日|周|星期|礼拜|月|年)\s*(?:以?前|之前)"
)
_ZONED = re.compile(
    r"^\s*\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})\s*$", re.IGNORECASE
)
_MAIL = re.compile(r"^\s*(?:[A-Za-z]{3},\s*)?\d{1,2} [A-Za-z]{3} \d{4} \d{2}:\d{2}")
_EPOCH = re.compile(r"^\s*(\d{10}|\d{13})\s*$")
_WORDS = {"刚刚": 0, "刚才": 0, "今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "前天": 2, "前日": 2}
_DIGITS = {mark: str(number) for number, mark in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0", "Ｏ": "0"}
_HAN_YEAR = re.compile(
    r"([〇零○Ｏ一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)
_DAYS = {"天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30, "年": 365}


class DayError(ValueError):
    """A text states no usable day; ``reason`` counts it, the message says it.

    Attributes:
        reason: no_date, impossible_date, future_date.
    """

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


def read_day(text: str, fetched_at: datetime, zone: tzinfo) -> date:
    """The day that ``text`` states.

    Read are 2026-05-03, 2026/5/3, 2026.5.3, 2026年5月3日, 二〇二六年五月三日, 20260503, each with a time behind it or
    words around it; a time with a zone, mail dates (RSS) and seconds or milliseconds since 1970 as the day in
    ``zone``; 05-03 and 5月3日 as the last such day before the fetch; 3天前, 2小时前, 昨天 counted from the fetch.

    Args:
        text: what a list or a page says.
        fetched_at: when it was fetched, with a zone.
        zone: zone of the pages' days.

    Raises:
        DayError: there is no day in it, it does not exist, lies before 1990 or after the day of the fetch.
    """
    shown = text.strip()[:80]
    here = fetched_at.astimezone(zone)
    found = _exact(shown, zone) or _written(shown, here.date()) or _relative(shown, here)
    if found is None:
        raise DayError("no_date", f"{shown!r} states no day; name the field or place of the day in the source's file.")
    if found > here.date():
        raise DayError("future_date", f"{shown!r} lies after {here.date()}, the day of the fetch; ask the site.")
    if found < EARLIEST:
        raise DayError("impossible_date", f"{shown!r} lies before {EARLIEST}, so it is no day of a web page.")
    return found


def _exact(text: str, zone: tzinfo) -> date | None:
    """A moment with its zone: it may be another day there than here."""
    if match := _EPOCH.match(text):
        seconds = int(match[1]) / (1000 if len(match[1]) == 13 else 1)
        return datetime.fromtimestamp(seconds, UTC).astimezone(zone).date()
    try:
        if _ZONED.match(text):
            return datetime.fromisoformat(text.strip().upper()).astimezone(zone).date()
        if _MAIL.match(text):
            moment = parsedate_to_datetime(text.strip())
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(zone).date()
    except ValueError as error:
        raise DayError("impossible_date", f"{text!r} is no moment that exists; ask the site.") from error
    return None


def _written(text: str, today: date) -> date | None:
    if match := _HAN_YEAR.search(text):
        year = int("".join(_DIGITS[mark] for mark in match[1]))
        return _real(year, _han(match[2]), _han(match[3]), text)
    if match := _FULL.search(text) or _PACKED.match(text):
        return _real(int(match[1]), int(match[2]), int(match[3]), text)
    if match := _SHORT.search(text):
        month, day = int(match[1]), int(match[2])
        for year in (today.year, today.year - 1):
            if (month, day) <= (today.month, today.day) or year < today.year:
                return _leap(year, month, day) if (month, day) == (2, 29) else _real(year, month, day, text)
    return None


def _leap(year: int, month: int, day: int) -> date:
    """The last 29 February up to ``year``."""
    while year % 4 or (year % 100 == 0 and year % 400):
        year -= 1
    return date(year, month, day)


def _relative(text: str, here: datetime) -> date | None:
    for word, days in _WORDS.items():
        if word in text:
            return here.date() - timedelta(days=days)
    match = _AGO.search(text)
    if match is None:
        return None
    vague = {"半": 0.5, "几": 3.0}
    amount = vague.get(match[1]) or (int(match[1]) if match[1].isdigit() else _han(match[1]))
    if match[2] in _DAYS:
        days = round(amount * _DAYS[match[2]])
        return here.date() - timedelta(days=min(days, 40_000))
    seconds = {"秒": 1, "分": 60}.get(match[2][0], 3600)
    return (here - timedelta(seconds=min(amount, 1e7) * seconds)).date()


def _han(text: str) -> int:
    """Chinese numeral from 一 to 九十九; what is none counts as 0 and makes no real day."""
    text = text.replace("两", "二")
    tens, ten, ones = text.rpartition("十")
    value = (int(_DIGITS.get(tens, "1" if not tens else "0")) * 10) if ten else 0
    return value + (int(_DIGITS.get(ones, "0")) if ones else 0)


def _real(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise DayError("impossible_date", f"{text!r} is no day of the calendar; ask the site.") from error
