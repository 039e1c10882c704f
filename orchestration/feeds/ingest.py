"""Taking a feed's month in: stage, publish, discard.

Belongs here: the order of the steps, what becomes of each row, the row accounting, the atomic replacement.
Does not belong here: which files count (``ledger``), reading (``reader``), cleaning (``clean``), quality (``quality``).

Every delivered row ends accepted, quarantined or superseded, and the three add up to what was delivered: that is
asserted, not assumed. Staging writes nothing that others see; publishing replaces one folder by rename.
"""

from __future__ import annotations

import os
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

from orchestration.feeds.contract import Contract, load_contract
from orchestration.feeds.errors import FeedStop, Where
from orchestration.feeds.ledger import SEALED, Plan, Planned, original, partition, plan, seal, stopped
from orchestration.feeds.manifest import ACCEPTED, MISSING, Delivery, FeedMonth, read_manifest
from orchestration.feeds.reader import Delivered, read_delivery
from orchestration.feeds.rows import Sorter
from orchestration.lake import workbench
from orchestration.settings import Settings, month_check

__all__ = ["FeedMonth", "FeedStop", "Staged", "discard_feed", "publish_feed", "read_manifest", "seal", "stage_feed"]

FILES = "originals"
"""Sub-folder of a staged month with the delivered files, until they are published."""


@dataclass(frozen=True)
class Staged:
    """A month that has been read and sorted but not published: the same files as a raw partition, in ``folder``."""

    contract: Contract
    month: str
    folder: Path
    summary: FeedMonth


def stage_feed(settings: Settings, feed: str, month: str) -> Staged:
    """Read, clean and sort what was delivered for a feed and month, without publishing it.

    Raises:
        FeedStop: an unreadable file, an unknown column or code, too few rows, or no file for a required feed; one
            sentence with feed, month, file, line and cure.
    """
    contract = load_contract(settings, feed)
    where = Where(feed, month_check(month))
    recover(settings, feed, month)
    planned = plan(settings, contract, month)
    folder = settings.temporary / f"stage-{feed}-{month}-{uuid.uuid4().hex[:12]}"
    folder.mkdir(parents=True)
    try:
        if not planned.files:
            _missing(settings, contract, where, planned)
        summary = _stage(settings, contract, where, planned, folder)
        summary.write(folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Staged(contract, month, folder, summary)


def _missing(settings: Settings, contract: Contract, where: Where, planned: Plan) -> None:
    """Stop a required feed that has no file."""
    if not contract.required:
        return
    only = " but repeats of earlier deliveries" if planned.repeats else ""
    raise where.stop(
        f"no file{only} has been delivered ({contract.title_zh}, due on day {contract.due_day} of the following month)",
        f"ask {contract.owner} to deliver into {settings.landing / contract.feed / where.month}",
    )


def _stage(settings: Settings, contract: Contract, where: Where, planned: Plan, folder: Path) -> FeedMonth:
    work = folder / "work"
    work.mkdir()
    warnings = list(planned.warnings)
    with workbench(settings) as connection:
        sorter = Sorter(connection, settings, contract, where.month, folder)
        deliveries = []
        for number, file in enumerate(planned.files):
            local = _keep(settings, file, folder / FILES)
            place = Where(where.feed, where.month, file.file)
            try:
                delivered = read_delivery(connection, local, place, contract, work / f"{number:05d}")
            except FeedStop as stop:
                if file.replaced_by is None:
                    raise
                # its correction is here: an unreadable first version must not stop the month
                warnings.append(f"{stop} It was corrected by delivery {file.replaced_by}, so nothing is lost.")
                delivered = Delivered((), "unreadable", None)
            sorter.add(number, file, delivered)
            deliveries.append(_delivery(file, delivered))
        counts = sorter.sort() if planned.files else sorter.nothing()
    shutil.rmtree(work)
    current = sum(delivery.rows for delivery in deliveries if delivery.replaced_by is None)
    delivered_rows = sum(delivery.rows for delivery in deliveries)
    if delivered_rows != counts.accepted + counts.quarantined + counts.superseded:
        raise AssertionError(
            f"{where.feed} {where.month}: {delivered_rows} rows were delivered, but {counts.accepted} accepted, "
            f"{counts.quarantined} quarantined and {counts.superseded} superseded; this is an error of the platform."
        )
    if not planned.files:
        warnings.append(
            f"{where.feed} {where.month}: nothing was delivered ({contract.title_zh}, {contract.owner}, due on day "
            f"{contract.due_day} of the following month); what depends on it is unknown for now."
        )
    elif current < contract.volume.min:
        files = ", ".join(delivery.file for delivery in deliveries)
        raise where.stop(
            f"{current:,} rows were delivered in {files}, fewer than the contract's minimum of {contract.volume.min:,}",
            f"ask {contract.owner} for the complete delivery, or lower volume.min in the contract",
        )
    elif current > contract.volume.max:
        warnings.append(
            f"{where.feed} {where.month}: {current:,} rows were delivered, more than the contract's maximum of "
            f"{contract.volume.max:,}; they were taken in, check that the delivery is what it should be."
        )
    return FeedMonth(
        feed=where.feed,
        month=where.month,
        status=ACCEPTED if planned.files else MISSING,
        delivered=delivered_rows,
        accepted=counts.accepted,
        quarantined=counts.quarantined,
        superseded=counts.superseded,
        supersedes=planned.supersedes,
        deliveries=tuple(deliveries),
        repeats=planned.repeats,
        cleaned=counts.cleaned,
        quarantine_reasons=counts.reasons,
        warnings=tuple(warnings + counts.warnings),
    )


def _delivery(file: Planned, delivered: Delivered) -> Delivery:
    return Delivery(
        delivery_id=file.delivery_id,
        sha256=file.sha256,
        file=file.file,
        revision=file.revision,
        replaced_by=file.replaced_by,
        format=delivered.format,
        encoding=delivered.encoding,
        rows=delivered.rows,
        arrived_folder=file.arrived_folder,
    )


def _keep(settings: Settings, file: Planned, folder: Path) -> Path:
    """The kept original of a file, or a private copy that becomes it: what is read is what is kept."""
    kept = original(settings, file.sha256)
    if kept.is_file():
        return kept
    folder.mkdir(exist_ok=True)
    copy = folder / file.sha256
    with file.path.open("rb") as source, _private(copy) as sink:
        shutil.copyfileobj(source, sink, 8 * 1024 * 1024)
    return copy


def _private(path: Path):  # type: ignore[no-untyped-def]  # the type of an open binary file is not public
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def publish_feed(settings: Settings, staged: Staged) -> FeedMonth:
    """Make a staged month visible: keep its originals, then replace its raw partition by rename.

    A crash between the renames is mended by the next call for the same month (``recover``).
    """
    feed, month = staged.contract.feed, staged.month
    recover(settings, feed, month)
    for copy in sorted((staged.folder / FILES).glob("*")):
        kept = original(settings, copy.name)
        kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        copy.rename(kept)
    shutil.rmtree(staged.folder / FILES, ignore_errors=True)
    target, aside = partition(settings, feed, month), _aside(settings, feed, month)
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        if (target / SEALED).exists():
            (staged.folder / SEALED).touch()
        aside.parent.mkdir(parents=True, exist_ok=True)
        target.rename(aside)
    staged.folder.rename(target)
    stopped(settings, feed).clear(month)
    shutil.rmtree(aside, ignore_errors=True)
    return staged.summary


def discard_feed(staged: Staged) -> None:
    """Throw a staged month away; the landing folder stays as it is."""
    shutil.rmtree(staged.folder, ignore_errors=True)


def _aside(settings: Settings, feed: str, month: str) -> Path:
    return settings.temporary / "replaced" / f"{feed}-{month}"


def recover(settings: Settings, feed: str, month: str) -> None:
    """Finish or undo a replacement that a crash cut in two: the old partition comes back if no new one is there."""
    target, aside = partition(settings, feed, month), _aside(settings, feed, month)
    if not aside.exists():
        return
    if target.exists():
        shutil.rmtree(aside)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        aside.rename(target)
