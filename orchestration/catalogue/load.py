"""Reading catalogue versions from their folders, and finding the one in force.

Belongs here: files, lines, the choice by month. Does not belong here: whether the parts agree (``faults``).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from orchestration import yaml_text
from orchestration.catalogue.faults import refuse, version_faults
from orchestration.catalogue.model import Band, Catalogue, CatalogueError, Header, Indicator, Level, Parameter, Part
from orchestration.catalogue.ranges import Version
from orchestration.policy import version_in_force
from orchestration.settings import Settings, month_check

FILES = ("catalogue.yml", "indicators.csv", "bands.csv", "levels.csv")
PARAMETERS = "parameters.csv"
"""May be missing: what a version does not set is taken from the canonical catalogue (``warehouse.environment``)."""
NULLABLE = ("lower", "upper", "category")
AnyPart = TypeVar("AnyPart", bound=Part)
AnyVersion = TypeVar("AnyVersion", bound=Version)
Lines = dict[tuple[str, ...], int]
"""(file, key) -> line."""


def _yaml_lines(node: yaml.Node, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], int]:
    lines = {path: node.start_mark.line + 1}
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            lines |= _yaml_lines(value, (*path, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            lines |= _yaml_lines(value, (*path, str(number)))
    return lines


def _message(error: ValidationError) -> tuple[tuple[str, ...], str]:
    first = error.errors()[0]
    return tuple(map(str, first["loc"])), str(first["msg"]).removeprefix("Value error, ")


def read_header(path: Path, model: type[AnyPart]) -> tuple[AnyPart, Lines]:
    """The YAML file of a version and the line of each of its keys.

    Raises:
        CatalogueError: not YAML, or a value is malformed; the sentence names file and line.
    """
    text = path.read_text(encoding="utf-8")
    try:
        content, node = yaml_text.load(text), yaml_text.compose(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise CatalogueError(f"{path}{line}: not valid YAML ({str(error).splitlines()[0]}); mend the line.") from error
    if node is None:
        raise CatalogueError(f"{path}: is empty; copy the file of the version before and change it.")
    lines = _yaml_lines(node)
    try:
        return model.model_validate(content), {(path.name, *key): line for key, line in lines.items()}
    except ValidationError as error:
        place, message = _message(error)
        known = next(place[:size] for size in range(len(place), -1, -1) if place[:size] in lines)
        name = ".".join(place) or "the file"
        raise CatalogueError(f"{path}:{lines[known]}: {name}: {message}; mend the value.") from error


def read_rows(path: Path, model: type[AnyPart], key: tuple[str, ...]) -> tuple[tuple[AnyPart, ...], Lines]:
    """The rows of a CSV file of a version, sorted by ``key``, and the line of each.

    Raises:
        CatalogueError: a row is malformed or stands twice; the sentence names file and line.
    """
    parts: list[AnyPart] = []
    lines: Lines = {}
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        for text in reader:
            row: dict[str, Any] = {name: (value or "").strip() for name, value in text.items() if name is not None}
            if None in text:
                raise CatalogueError(f"{path}:{reader.line_num}: more values than headers; quote the comma.")
            row |= {name: row[name] or None for name in NULLABLE if name in row}
            if "feeds" in row:
                row["feeds"] = tuple(feed for feed in row["feeds"].split(";") if feed)
            try:
                part = model.model_validate(row | ({"level": int(row["level"])} if model is Level else {}))
            except ValidationError as error:
                place, message = _message(error)
                name = ".".join(place) or "row"
                raise CatalogueError(f"{path}:{reader.line_num}: {name}: {message}; mend the value.") from error
            name_of = tuple(str(getattr(part, field)) for field in key)
            if (path.name, *name_of) in lines:
                name = f" {key[-1]} ".join(name_of)
                raise CatalogueError(
                    f"{path}:{reader.line_num}: {name} stands here a second time, first on line "
                    f"{lines[(path.name, *name_of)]}; keep one."
                )
            lines[(path.name, *name_of)] = reader.line_num
            parts.append(part)
    return tuple(sorted(parts, key=lambda part: [getattr(part, field) for field in key])), lines


@cache
def _read(folder: Path, stamp: str) -> Catalogue:
    for name in FILES:
        if not (folder / name).is_file():
            raise CatalogueError(f"{folder / name}: is missing; a catalogue version has the files {', '.join(FILES)}.")
    header, lines = read_header(folder / "catalogue.yml", Header)
    indicators, more = read_rows(folder / "indicators.csv", Indicator, ("code",))
    lines |= more
    bands, more = read_rows(folder / "bands.csv", Band, ("code", "band"))
    lines |= more
    levels, more = read_rows(folder / "levels.csv", Level, ("code",))
    lines |= more
    parameters: tuple[Parameter, ...] = ()
    if (folder / PARAMETERS).is_file():
        parameters, more = read_rows(folder / PARAMETERS, Parameter, ("code", "name"))
        lines |= more
    return Catalogue.model_construct(
        **{name: getattr(header, name) for name in Header.model_fields},
        folder=folder,
        indicators=indicators,
        bands=bands,
        levels=levels,
        parameters=parameters,
        lines=lines,
    )


def read_version(folder: Path) -> Catalogue:
    """The version in ``folder``, each part well formed; whether the parts agree is for ``faults``.

    Raises:
        CatalogueError: a file is missing or a part is malformed; the sentence names file and line.
    """
    files = [folder / name for name in (*FILES, PARAMETERS)]
    stamp = [(path.stat().st_mtime_ns, path.stat().st_size) if path.is_file() else None for path in files]
    return _read(folder, json.dumps(stamp))


def checked_versions(
    settings: Settings,
    root: Path,
    files: Sequence[str],
    read: Callable[[Path], AnyVersion],
    faults: Callable[[Settings, Sequence[AnyVersion]], Iterable[str]],
) -> list[AnyVersion]:
    """All versions below a folder, candidates first, then oldest first, checked singly and against each other.

    Args:
        settings: whose versions.
        root: has a folder for each of them.
        files: that a version has, its header first.
        read: reads one folder.
        faults: of versions in this order.

    Raises:
        CatalogueError: there is none, one is malformed, contradicts itself, or two are in force in the same month.
    """
    folders = sorted(path.parent for path in root.glob(f"*/{files[0]}"))
    if not folders:
        raise CatalogueError(f"{root}: holds no version; add a folder with {', '.join(files)}.")
    versions = sorted(map(read, folders), key=lambda version: version.effective_from or "")
    refuse(faults(settings, versions))
    return versions


def catalogue_versions(settings: Settings) -> list[Catalogue]:
    """The versions of this jurisdiction, see ``checked_versions``."""
    return checked_versions(settings, settings.definition / "catalogue", FILES, read_version, version_faults)


def load_version(settings: Settings, name: str) -> Catalogue:
    """The version called ``name``, in force or a candidate.

    Raises:
        CatalogueError: there is none of that name, or a version is wrong.
    """
    versions = {version.version: version for version in catalogue_versions(settings)}
    if name not in versions:
        raise CatalogueError(
            f"{settings.definition / 'catalogue'}: has no version {name!r} (there are {', '.join(sorted(versions))}); "
            "copy the folder of a version, name it anew in its catalogue.yml and leave effective_from empty."
        )
    return versions[name]


def load_catalogue(settings: Settings, month: str) -> Catalogue:
    """The version in force in ``month`` (``YYYY-MM``); in the shadow the candidate, whatever the month.

    Raises:
        CatalogueError: no version is in force in that month, or a version is wrong.
    """
    if settings.candidate is not None:
        month_check(month)
        return load_version(settings, settings.candidate)
    return version_in_force(
        catalogue_versions(settings),
        month,
        CatalogueError,
        settings.definition / "catalogue",
        none="no catalogue version is",
        cure="choose another month or widen effective_from.",
    )


def catalogue_folder(settings: Settings, month: str) -> Path:
    """Folder of the version in force in ``month``; dbt reads its CSV files."""
    return load_catalogue(settings, month).folder
