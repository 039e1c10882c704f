"""The delivery of a month: whether there is one, its file in ``landing/``, corrections of it.

Belongs here: the order of the steps, the file, its revisions.
Does not belong here: which rows it has (``rows``), what becomes of it (``feeds.ingest``).

The platform is here a department like any other: it puts a file into ``landing/`` and the door decides what to do with
it. A file that the door has taken is never touched again; what is different by then is a corrected delivery,
``w01_web_signals_<month>.r2.parquet``, which replaces the first one as a whole from the month in which it is taken in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from orchestration.feeds.contract import delivered_feeds
from orchestration.feeds.ledger import is_sealed, name_parts, original, published
from orchestration.settings import Settings, month_check
from orchestration.web.signals.rows import signals_of
from orchestration.web.store import SIGNALS, Partition, months_until, sources_of

FEED = "w01_web_signals"
STEP = "signals"
NOT_DELIVERED = "mention_id"
"""Column of SIGNALS that stays in the web branch."""


class SignalsError(RuntimeError):
    """The signals of a month cannot be delivered; the sentence says what is missing and how to mend it."""


@dataclass(frozen=True)
class SignalsMonth:
    """What the delivery of a month came to.

    Attributes:
        month: YYYY-MM.
        status: delivered (a new file lies in landing), unchanged (the file of an earlier run says the same), or
            nothing (no source, or none that could be reached: the month is unknown, not clean).
        file: the file that holds the month now; None with status nothing.
        signals: rows of it; of these ``review`` wait for a person and ``withdrawn`` are taken back.
        again: signals of earlier months in a new version.
        skipped: texts and mentions that could not become a signal; rows of table ``skipped`` say why.
        reached: sources that were read; ``failed``: sources that were not.
        sentence: the same for a person.
    """

    month: str
    status: str
    file: Path | None
    signals: int
    review: int
    withdrawn: int
    again: int
    skipped: int
    reached: tuple[str, ...]
    failed: tuple[str, ...]
    sentence: str


def deliver_signals(settings: Settings, month: str, say: Callable[[str], None] = lambda line: None) -> SignalsMonth:
    """Put the signals of a month into ``landing/w01_web_signals/<month>/``.

    Running it again with the same texts, matches and judgements changes nothing. With others, the file is replaced as
    long as the door has not taken it; after that a corrected delivery is put beside it. Where the month is closed, the
    correction leaves out what a later month has told anew, so that it does not bring an older version back.

    Args:
        settings: whose lake and landing.
        month: YYYY-MM; nothing fetched, matched or judged in a later month is read.
        say: takes lines of progress.

    Raises:
        SignalsError: texts of the month have not been matched or judged.
    """
    month_check(month)
    reached, failed = read_and_failed(settings, month)
    if FEED not in delivered_feeds(settings) or not reached:
        why = f"none of {len(failed)} sources could be read" if failed else "no source has been crawled"
        sentence = f"{month}: no delivery of {FEED}, because {why}; the month is unknown."
        say(sentence)
        return SignalsMonth(month, "nothing", None, 0, 0, 0, 0, 0, (), failed, sentence)
    _require_steps(settings, month)
    told = signals_of(settings, month)
    signals, again, skipped = told.signals, told.again, told.skipped
    file, fresh = _land(settings, month, signals.drop(NOT_DELIVERED))
    summary = SignalsMonth(
        month=month,
        status="delivered" if fresh else "unchanged",
        file=file,
        signals=signals.height,
        review=signals.filter(pl.col("band") == "review").height,
        withdrawn=signals["withdrawn_on"].count(),
        again=again,
        skipped=skipped.height,
        reached=reached,
        failed=failed,
        sentence=f"{month}: {signals.height:,} web signals, {again:,} of them of earlier months, {skipped.height:,} "
        f"skipped; {'put into' if fresh else 'as they are in'} {file.name}.",
    )
    Partition(settings, STEP, month).replace({"signals": signals, "skipped": skipped}, asdict(summary))
    say(summary.sentence)
    return summary


def read_and_failed(settings: Settings, month: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Sources crawled for a month: those that could be read, in whole or in part, and those that could not."""
    names = sources_of(settings, "crawl", month)
    could = {name: _could_be_read(Partition(settings, "crawl", month, name)) for name in names}
    return tuple(n for n in names if could[n]), tuple(n for n in names if not could[n])


def _could_be_read(crawl: Partition) -> bool:
    """A crawl that failed has told something only if it found items before, new ones or such as were known."""
    summary = crawl.summary()
    return summary.get("status") != "failed" or bool(summary.get("unchanged")) or crawl.read("items").height > 0


def _require_steps(settings: Settings, month: str) -> None:
    for step, made in (("matches", "matched to enterprises"), ("judged", "judged")):
        if not Partition(settings, step, month).exists():
            raise SignalsError(f"The texts of {month} have not been {made}; run the step {step} for {month} first.")


def _land(settings: Settings, month: str, rows: pl.DataFrame) -> tuple[Path, bool]:
    """The file that says these rows, and whether it was written now."""
    stem = f"{FEED}_{month}"
    folder = settings.landing / FEED / month
    taken = {
        delivery.revision: original(settings, delivery.sha256) if delivery.format == "parquet" else None
        for entry in published(settings, FEED).values()
        for delivery in entry.deliveries
        if delivery.arrived_folder == month and name_parts(delivery.file)[0] == stem
    }
    landed = {name_parts(path.name)[1]: path for path in folder.glob(f"{stem}*.parquet")} if folder.is_dir() else {}
    known = landed | taken
    told = _later(settings, month) if is_sealed(settings, FEED, month) else None
    rows = rows if told is None else _without(rows, told)
    newest = max(known, default=0)
    # a person may have corrected the delivery by a file of another format: then it says something else
    if says := known.get(newest):
        content = pl.read_parquet(says)
        if (content if told is None else _without(content, told)).equals(rows):
            return landed.get(newest, says), False
    number = newest + 1 if newest in taken or not known else newest
    path = folder / (f"{stem}.parquet" if number == 1 else f"{stem}.r{number}.parquet")
    folder.mkdir(parents=True, exist_ok=True)
    # the door takes no file whose name begins with a dot
    part = path.with_name(f".{path.name}.part")
    # the number makes a delivery that returns to an older content another file, or the door would call it a repeat
    rows.write_parquet(part, metadata={"feed": FEED, "month": month, "revision": str(number)})
    part.replace(path)
    return path, True


def _later(settings: Settings, month: str) -> pl.DataFrame:
    """Numbers of the signals that months after this one have told."""
    months = [found for found in months_until(settings, STEP, "9999-12") if found > month]
    tables = [Partition(settings, STEP, found).read("signals").select("signal_no") for found in months]
    return pl.concat([pl.DataFrame(schema={"signal_no": SIGNALS["signal_no"]}), *tables]).unique()


def _without(rows: pl.DataFrame, numbers: pl.DataFrame) -> pl.DataFrame:
    return rows.join(numbers, on="signal_no", how="anti", maintain_order="left")
