"""Headers: which delivered column is which column of the contract.

Belongs here: normalising header texts, matching them, saying what is unknown, doubled or missing.
Does not belong here: reading files (``tables``), cleaning values (``clean``).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from orchestration.feeds.contract import Column, Contract
from orchestration.feeds.errors import Where, shown


def normal(header: str) -> str:
    """A header without what senders add to it: byte order mark, spaces, quotes, full width, case, ``(万元)``, ``*``."""
    text = unicodedata.normalize("NFKC", header.replace("\ufeff", ""))
    text = "".join(text.split()).strip("\"'*").casefold()
    return text.removesuffix("(万元)")


class Headers:
    """The header names that one contract accepts."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.columns: dict[str, Column] = {}
        for column in contract.columns:
            for name in (column.name, column.national, column.zh, *column.aliases):
                self.columns.setdefault(normal(name), column)
        self.copied = {normal(column.copies) for column in contract.columns if column.copies}
        self.ignored = {normal(name) for name in contract.ignored_headers}
        # A sender may use the name of one of our columns for something else: what is ignored expressly stays ignored.
        self.columns = {name: column for name, column in self.columns.items() if name not in self.ignored}

    def knows(self, header: str) -> bool:
        """Whether the contract has a use, or an express non-use, for this header."""
        name = normal(header)
        return name in self.columns or name in self.copied or name in self.ignored

    def match(self, delivered: Sequence[str | None], where: Where, line: int | None = None) -> dict[str, int]:
        """Contract column -> position of the delivered column that fills it.

        Args:
            delivered: header texts; None for a column without header that holds nothing.
            where: for sentences.
            line: line of the headers, where the format has lines.

        Raises:
            FeedStop: a header is unknown or comes twice, or a required column is not there.
        """
        found: dict[str, int] = {}
        positions: dict[str, int] = {}
        for position, header in enumerate(delivered):
            if header is None:
                continue
            name = normal(header)
            positions.setdefault(name, position)
            if name in self.columns:
                meant = self.columns[name].name
                if meant in found:
                    raise where.stop(
                        f"the columns {shown(delivered[found[meant]])} and {shown(header)} both mean {meant}",
                        "ask the sender to deliver it once, or put one of them into 'ignored_headers' of the contract",
                        line=line,
                    )
                found[meant] = position
            elif name not in self.ignored and name not in self.copied:
                raise where.stop(
                    f"unknown column {shown(header)} (column {position + 1})",
                    "add it to 'aliases' of its column or to 'ignored_headers' in the contract "
                    f"{self.contract.feed}.yml",
                    line=line,
                )
        for column in self.contract.columns:
            if column.name in found:
                continue
            if column.copies and normal(column.copies) in positions:
                found[column.name] = positions[normal(column.copies)]
            elif column.required and column.constant is None:
                raise where.stop(
                    f"the required column {column.name} ({column.zh}, {column.national}) is missing",
                    "ask the sender for it, or add its header to 'aliases' in the contract",
                    line=line,
                )
        return found
