"""What has to hold at every scale, whatever it takes: one sentence for each thing that does not.

Belongs here: judging what was read (``rows``). No time is judged: a slow machine is not a wrong result.
Does not belong here: reading it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from benchmarks.province.rows import Account, Classified, Fingerprint

SHOWN = 5


def of_accounts(accounts: Iterable[Account], feeds: Iterable[str], months: Iterable[str]) -> list[str]:
    """Every feed of every month is there, its rows add up, and its files hold what it says."""
    by_key = {(account.feed, account.month): account for account in accounts}
    sentences = []
    for month in months:
        for feed in feeds:
            account = by_key.get((feed, month))
            if account is None:
                sentences.append(f"{feed} {month} was not taken in.")
                continue
            parts = (account.accepted, account.quarantined, account.superseded)
            if account.delivered != sum(parts):
                sentences.append(
                    f"{feed} {month}: {account.delivered:,} rows were delivered, but {parts[0]:,} accepted, "
                    f"{parts[1]:,} quarantined and {parts[2]:,} superseded."
                )
            if account.found != parts:
                sentences.append(f"{feed} {month}: its files hold {account.found} rows, its manifest says {parts}.")
    return sentences


def of_classes(found: Classified) -> list[str]:
    """Every live enterprise has exactly one class from A to D, and its score is the sum of its points."""
    month = found.month
    faults = {
        f"{month}: no enterprise was classified.": not found.classes,
        f"{month}: {found.classes:,} classes for {found.enterprises:,} live enterprises.": (
            found.classes != found.enterprises
        ),
        f"{month}: {found.unclassified:,} enterprises are live without a class, or have one and are not live.": (
            found.unclassified
        ),
        f"{month}: {found.twice:,} enterprises have more than one class.": found.twice,
        f"{month}: {found.strange:,} classes are none of A, B, C, D.": found.strange,
        f"{month}: {found.unequal:,} scores are not the sum of their points, or not what was classified.": (
            found.unequal
        ),
    }
    return [sentence for sentence, broken in faults.items() if broken]


def same(what: str, first: Mapping[str, Fingerprint], again: Mapping[str, Fingerprint]) -> list[str]:
    """Two sets of tables, regions or files have the same rows.

    Args:
        what: the subject of the sentence, for example ``2026-10, computed again``.
        first: rows and hash by name.
        again: the same, of the second look.
    """
    return [
        f"{what}: {name} has other rows ({_shown(first.get(name))}, then {_shown(again.get(name))})."
        for name in sorted({*first, *again})
        if first.get(name) != again.get(name)
    ]


def _shown(found: Fingerprint | None) -> str:
    return "none" if found is None else f"{found[0]:,} rows"


def untouched(what: str, before: Mapping[str, list[str]], after: Mapping[str, list[str]], but: str) -> list[str]:
    """Every partition but one still has the files it had."""
    others = {*before, *after} - {but}
    changed = sorted(name for name in others if sorted(before.get(name, [])) != sorted(after.get(name, [])))
    if not changed:
        return []
    more = f" and {len(changed) - SHOWN} more" if len(changed) > SHOWN else ""
    return [f"{what}: the files of {', '.join(changed[:SHOWN])}{more} changed too."]
