"""The ledger of deliveries: which files count for a month, which came before, which correct which.

Belongs here: the landing folders, kept originals, revisions, repeats, late files, sealed months.
Does not belong here: what the files hold (``reader``).

The manifests of published months are the ledger. A month is sealed once a later month of its feed is published, or
by ``seal``: what it consists of never changes again, and a file that turns up in its folder lands in the month that is
taken in next. So a month can be taken in again at any time, also from kept originals, and gives the same rows.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from pathlib import Path

from orchestration.feeds.contract import Contract, delivered_feeds
from orchestration.feeds.errors import Where
from orchestration.feeds.manifest import ID_LENGTH, MANIFEST, MISSING, FeedMonth, Repeat, read_manifest
from orchestration.marks import Marks
from orchestration.settings import MONTH, Settings, month_check, month_shift

SEALED = "sealed"
"""Name of the mark in a raw partition."""
_NAME = re.compile(
    r"^(?P<stem>.+?)(?:\.r(?P<revision>[0-9]{1,4}))?(?:\.[A-Za-z0-9]+)?(?:\.(?:gz|gzip|zip))?$", re.IGNORECASE
)
_UNFINISHED = (".tmp", ".part", ".partial", ".filepart", ".crdownload", ".swp", "~")


@dataclass(frozen=True)
class Planned:
    """A file that counts for the month.

    Attributes:
        path: the file as it can be read now, landing file or kept original.
        sha256: of its content.
        file: name under which it came first.
        stem: name without revision and extension, by which corrections find what they correct.
        revision: 1 for a first delivery.
        arrived_folder: month folder in which it lay.
        replaced_by: delivery id of its correction in the same month.
    """

    path: Path
    sha256: str
    file: str
    stem: str
    revision: int
    arrived_folder: str
    replaced_by: str | None = None

    @property
    def delivery_id(self) -> str:
        """Short name of the delivery."""
        return self.sha256[:ID_LENGTH]


@dataclass(frozen=True)
class Plan:
    """What a month consists of."""

    files: tuple[Planned, ...]
    repeats: tuple[Repeat, ...]
    supersedes: tuple[str, ...]
    warnings: tuple[str, ...]


def name_parts(name: str) -> tuple[str, int]:
    """Stem and revision of a file name: ``base.r2.csv`` is revision 2 of ``base``."""
    match = _NAME.match(name)
    if match is None:
        return name.casefold(), 1
    return match["stem"].casefold(), int(match["revision"] or 1)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def partition(settings: Settings, feed: str, month: str) -> Path:
    """Folder of a published month."""
    return settings.raw / feed / f"month={month}"


def published(settings: Settings, feed: str) -> dict[str, FeedMonth]:
    """Manifests of the feed's published months, oldest first."""
    months = {}
    for path in sorted((settings.raw / feed).glob(f"month=*/{MANIFEST}")):
        month = path.parent.name.removeprefix("month=")
        if MONTH.match(month):
            months[month] = read_manifest(path.parent)
    return months


def seal(settings: Settings, feed: str, month: str) -> None:
    """Close a published month for new files, for example because its classes have been computed."""
    folder = partition(settings, feed, month)
    if (folder / MANIFEST).is_file():
        (folder / SEALED).touch()


def mark_stopped(settings: Settings, feed: str, month: str, sentence: str) -> None:
    """Remember that a month of a feed was refused, until it is published: it stays open, and nothing is computed."""
    stopped(settings, feed).put(month, sentence)


def stopped(settings: Settings, feed: str) -> Marks:
    """The months of a feed that were refused and have not been published since."""
    return Marks(settings.raw / feed / "stopped")


def waiting(settings: Settings, month: str) -> list[str]:
    """Why a month cannot be computed yet: one sentence per feed that was not taken in, or was refused and not mended.

    A feed's refused earlier month counts too: computed without it, this month would be another one once it is mended.
    """
    sentences = []
    for feed in delivered_feeds(settings):
        refused = stopped(settings, feed).until(month)
        sentences += [f"{feed} {then} was refused: {sentence}" for then, sentence in refused.items()]
        if month not in refused and not (partition(settings, feed, month) / MANIFEST).is_file():
            sentences.append(f"{feed} {month} has not been taken in; materialise raw/{feed} for the month first.")
    return sentences


def came_missing(settings: Settings, feed: str, month: str) -> bool:
    """Whether the month was taken in, but nothing had been delivered for it."""
    folder = partition(settings, feed, month)
    return (folder / MANIFEST).is_file() and read_manifest(folder).status == MISSING


def is_sealed(settings: Settings, feed: str, month: str) -> bool:
    """Whether new files for the month land in a later one; never while the month stands refused and unpublished."""
    folder = partition(settings, feed, month)
    if (folder / SEALED).exists():
        return True
    if not (folder / MANIFEST).is_file() and stopped(settings, feed).of(month) is not None:
        return False
    folders = (settings.raw / feed).glob(f"month=*/{MANIFEST}")
    return any(MONTH.match(name) and name > month for name in (path.parent.name[6:] for path in folders))


def first_open(settings: Settings, feed: str, month: str) -> str:
    """The first month from ``month`` on that still takes deliveries of a feed in: a closed one keeps what it said."""
    while is_sealed(settings, feed, month_check(month)):
        month = month_shift(month, 1)
    return month


def original(settings: Settings, sha256: str) -> Path:
    """Where the original with this hash is kept."""
    return settings.originals / sha256[:2] / sha256


def landed(settings: Settings, feed: str, month: str) -> list[Path]:
    """Finished files in a landing folder, in order of stem, revision and name."""
    folder = settings.landing / feed / month
    if not folder.is_dir():
        return []
    files = [
        path
        for path in folder.iterdir()
        if path.is_file() and not path.is_symlink() and not path.name.startswith((".", "~$"))
        and not path.name.casefold().endswith(_UNFINISHED)
    ]  # fmt: skip
    return sorted(files, key=lambda path: (*name_parts(path.name), path.name))


def _candidates(settings: Settings, feed: str, month: str, ledger: dict[str, FeedMonth]) -> list[tuple[str, Path]]:
    """Files that may be new in ``month``: of its own folder, and of folders whose month is over."""
    if is_sealed(settings, feed, month):
        return []
    root = settings.landing / feed
    folders = sorted(path.name for path in root.iterdir() if MONTH.match(path.name)) if root.is_dir() else []
    over = [name for name in folders if name < month and (name in ledger or is_sealed(settings, feed, name))]
    return [(name, path) for name in [*over, month] for path in landed(settings, feed, name)]


def _kept(settings: Settings, known: FeedMonth | None, where: Where) -> list[Planned]:
    """The files that the published month consists of."""
    files = []
    for delivery in known.deliveries if known else ():
        path = original(settings, delivery.sha256)
        if not path.is_file():
            path = settings.landing / where.feed / delivery.arrived_folder / delivery.file
        if not path.is_file() or sha256_of(path) != delivery.sha256:
            raise Where(where.feed, where.month, delivery.file).stop(
                f"the kept original with sha256 {delivery.sha256} is gone or damaged", "restore it from the backup"
            )
        stem = name_parts(delivery.file)[0]
        files.append(Planned(path, delivery.sha256, delivery.file, stem, delivery.revision, delivery.arrived_folder))
    return files


def plan(settings: Settings, contract: Contract, month: str) -> Plan:
    """Which files count for a month.

    Raises:
        FeedStop: a file of the published month can no longer be found.
    """
    feed = contract.feed
    ledger = published(settings, feed)
    mine = ledger.get(month)
    files = _kept(settings, mine, Where(feed, month))
    repeats = list(mine.repeats) if mine else []
    known_repeats = {(r.sha256, r.file, r.arrived_folder) for entry in ledger.values() for r in entry.repeats}
    taken = {
        delivery.sha256: (received, delivery.file, delivery.arrived_folder)
        for received, entry in ledger.items()
        for delivery in entry.deliveries
        # files without rows look alike: each says "nothing this month" for its own month, none repeats another
        if delivery.rows or received == month
    }
    placed = {(d.sha256, d.file, d.arrived_folder) for entry in ledger.values() for d in entry.deliveries}
    revisions: dict[tuple[str, str], int] = {}
    for entry in ledger.values():
        for delivery in entry.deliveries:
            place = (delivery.arrived_folder, delivery.file)
            revisions[place] = max(delivery.revision, revisions.get(place, 0))
    for folder, path in _candidates(settings, feed, month, ledger):
        sha256 = sha256_of(path)
        if (sha256, path.name, folder) in placed:
            continue
        if sha256 in taken:
            first_month, first_file, first_folder = taken[sha256]
            itself = (first_file, first_folder) == (path.name, folder)
            if not itself and (sha256, path.name, folder) not in known_repeats:
                repeats.append(Repeat(sha256, path.name, folder, first_month, first_file))
            continue
        stem, revision = name_parts(path.name)
        # other content under the same name is a correction that forgot to say so
        revision = max(revision, revisions.get((folder, path.name), 0) + 1)
        taken[sha256] = (month, path.name, folder)
        files.append(Planned(path, sha256, path.name, stem, revision, folder))
    files.sort(key=lambda file: (file.arrived_folder, file.stem, file.revision, file.file, file.sha256))
    marked, supersedes, warnings = _corrections(files, ledger, feed, month)
    warnings += [
        f"{feed} {month}: file {file.file} arrived late, in the folder of {file.arrived_folder}; "
        f"its rows count from {month} on."
        for file in marked
        if file.arrived_folder != month
    ]
    warnings += [
        f"{feed} {month}: file {repeat.file} repeats {repeat.first_file} of {repeat.first_month} and changes nothing."
        for repeat in repeats
    ]
    if is_sealed(settings, feed, month):
        waiting = [path.name for path in landed(settings, feed, month) if sha256_of(path) not in taken]
        warnings += [
            f"{feed} {month}: file {name} came after the month was sealed; its rows will count from the next month "
            "that is taken in."
            for name in waiting
        ]
    return Plan(tuple(marked), tuple(repeats), tuple(supersedes), tuple(warnings))


def _corrections(
    files: list[Planned], ledger: dict[str, FeedMonth], feed: str, month: str
) -> tuple[list[Planned], list[str], list[str]]:
    """Mark files that another one of the month corrects; find deliveries of earlier months that are corrected.

    A correction replaces the next lower revision of its stem: in its own landing folder, else in an older folder of
    the same month's files, else in the latest earlier month that has one. Departments use the same name every month,
    so an older file of that name stays what it is.
    """
    replaced: dict[str, str] = {}
    supersedes: list[str] = []
    warnings: list[str] = []
    for file in files:
        if file.revision == 1:
            continue
        lower = [
            f
            for f in files
            if f.stem == file.stem and f.revision < file.revision and f.arrived_folder <= file.arrived_folder
        ]
        if lower:
            newest = max(lower, key=lambda f: (f.arrived_folder, f.revision))
            for other in lower:
                if (other.arrived_folder, other.revision) == (newest.arrived_folder, newest.revision):
                    replaced[other.sha256] = file.delivery_id
            continue
        found: list[str] = []
        for earlier in sorted((name for name in ledger if name < month), reverse=True):
            found = [
                delivery.delivery_id
                for delivery in ledger[earlier].deliveries
                if name_parts(delivery.file)[0] == file.stem
                and delivery.revision < file.revision
                and delivery.replaced_by is None
            ]
            if found:
                break
        supersedes += found
        if not found:
            warnings.append(
                f"{feed} {month}: file {file.file} is revision {file.revision}, but no earlier revision is known; "
                "it was taken in as a first delivery."
            )
    marked = [replace(file, replaced_by=replaced.get(file.sha256)) for file in files]
    return marked, sorted(set(supersedes)), warnings
