"""How a source says where something stands on a page: CSS, XPath or, for JSON, JMESPath.

Belongs here: checking a selector, finding items with it, reading one value with it.
Does not belong here: which selectors a source has (``model``), pages and addresses (``crawl``).

A selector that begins with ``/``, ``./`` or ``(`` is XPath, any other one is CSS with ``::text`` and ``::attr(name)``.
A selector that finds an element gives the text in it, blanks folded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import jmespath
from cssselect import SelectorError
from jmespath.exceptions import JMESPathError
from jmespath.parser import ParsedResult
from lxml import etree
from parsel import Selector
from parsel.csstranslator import HTMLTranslator

_BLANKS = re.compile(r"\s+")


def is_xpath(selector: str) -> bool:
    """Whether a selector is meant as XPath."""
    return selector.startswith(("/", "./", "("))


@cache
def xpath_of(selector: str) -> str:
    """The XPath, relative to an element, that a selector for HTML or XML stands for.

    Raises:
        ValueError: it cannot be read; the sentence says what is wrong.
    """
    try:
        path = (
            selector if is_xpath(selector) else HTMLTranslator().css_to_xpath(selector, prefix="descendant-or-self::")
        )
        etree.XPath(path)
    except (SelectorError, etree.XPathError) as error:
        kind = "XPath" if is_xpath(selector) else "CSS selector"
        raise ValueError(f"{selector!r} is no {kind} ({error}); correct it") from error
    return path


@cache
def query_of(selector: str) -> ParsedResult:
    """The JMESPath that a selector for JSON stands for.

    Raises:
        ValueError: it cannot be read; the sentence says what is wrong.
    """
    try:
        return jmespath.compile(selector)
    except JMESPathError as error:
        reason = _BLANKS.sub(" ", str(error))
        raise ValueError(f"{selector!r} is no JMESPath ({reason}); correct it") from error


def folded(text: str) -> str:
    """A text with its blanks folded to single ones and none at its ends."""
    return _BLANKS.sub(" ", text).strip()


def find(part: Selector, selector: str) -> Sequence[Selector]:
    """All elements below ``part`` that a selector finds."""
    return part.xpath(xpath_of(selector))


def text_at(part: Selector, selector: str) -> str | None:
    """Text of the first place that a selector finds below ``part``; None where there is none or it is empty."""
    for found in find(part, selector)[:1]:
        root = found.root
        text = "".join(root.itertext()) if isinstance(root, etree._Element) else str(root)
        return folded(text) or None
    return None


def value_at(entry: Any, selector: str) -> str | None:
    """A value of a JSON entry as text; None where there is none. Lists and objects are given as JSON."""
    value = query_of(selector).search(entry)
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else json.dumps(value, ensure_ascii=False)
