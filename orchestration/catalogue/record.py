"""The record that a shadow run leaves beside a version: ``shadow.yml``, with a digest of what it ran.

Belongs here: the digest, writing and reading the record, what a learned version lacks to be in force.
Does not belong here: the shadow run (``orchestration.shadow``), other faults of a version (``faults``).

Learned points go live only after a shadow run and a person's decision. So a version that names the model it was learned
from, and an effective month, needs a record of exactly its files and the name of who decided. The digest is of what
decides a class: months in force, who approved, titles and comments may change after the run, nothing else. A person
who removes ``learned_from`` removes the demand too: that is seen in the history of the file, not here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError

from orchestration import yaml_text
from orchestration.catalogue.model import Catalogue, Part

RECORD = "shadow.yml"
HEADER = "catalogue.yml"
FREE = ("effective_from", "effective_to", "approved_by", "title_zh", "title_en")
"""Keys of the header that decide no class, or are the decision itself."""
NOTE = "# Written by make shadow, of exactly the files beside it; make lint compares them. Not to be edited.\n"


class Record(Part):
    """What a shadow run leaves.

    Attributes:
        version: of the candidate.
        digest: of its files (``digest``).
        months: months that were compared.
        moved: month -> share of all enterprises whose class differs from the one in force.
        shares: month -> class -> share of all enterprises ``in_force`` and under the ``candidate``.
    """

    version: str
    digest: str = Field(..., pattern=r"^[0-9a-f]{64}$")
    months: tuple[str, ...] = Field(..., min_length=1)
    moved: dict[str, float]
    shares: dict[str, dict[str, dict[str, float]]]


def digest(folder: Path) -> str:
    """Hash of a version's files apart from ``FREE``, comments and line ends."""
    header = yaml_text.load((folder / HEADER).read_text(encoding="utf-8"))
    kept = {name: value for name, value in header.items() if name not in FREE}
    found = hashlib.sha256(json.dumps(kept, sort_keys=True, default=str).encode())
    for path in sorted(folder.glob("*.csv")):
        found.update(f"\0{path.name}\0{path.read_text(encoding='utf-8')}".encode())
    return found.hexdigest()


def write_record(
    folder: Path, version: str, ran: str, moved: Mapping[str, float], shares: Sequence[Mapping[str, Any]]
) -> Path:
    """Write the record of a run.

    Args:
        folder: of the version.
        version: its name.
        ran: digest of the files that were computed.
        moved: month -> share of all enterprises whose class would change.
        shares: rows of month, class, in_force, candidate.

    Returns:
        The file.
    """
    table: dict[str, dict[str, dict[str, float]]] = {}
    for row in shares:
        told = {side: round(float(row[side]), 5) for side in ("in_force", "candidate")}
        table.setdefault(row["month"], {})[row["class"]] = told
    content = {
        "version": version,
        "digest": ran,
        "months": sorted(moved),
        "moved": {month: round(moved[month], 5) for month in sorted(moved)},
        "shares": table,
    }
    path = folder / RECORD
    path.write_text(NOTE + yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return path


def record_faults(version: Catalogue) -> Iterator[str]:
    """What a learned version with an effective month lacks: a shadow run of just these files, a person's decision."""
    if version.learned_from is None or version.effective_from is None:
        return
    here = version.at(HEADER, "effective_from")
    cure = f"leave effective_from empty, run make shadow V={version.version}, and set it then."
    path = version.folder / RECORD
    try:
        record = Record.model_validate(yaml_text.load(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        yield f"{here}: {version.version} has learned points and never ran in the shadow ({RECORD} is missing); {cure}"
    except (yaml.YAMLError, ValidationError, UnicodeDecodeError):
        yield f"{path}: is no record of a shadow run; {cure}"
    else:
        if record.version != version.version or record.digest != digest(version.folder):
            yield f"{here}: the files of {version.version} are not those that ran in the shadow ({RECORD}); {cure}"
    if version.approved_by is None:
        yield (
            f"{here}: {version.version} has learned points, and nobody is named who put them into force; write name or "
            "number of the decision in approved_by."
        )
