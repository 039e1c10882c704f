"""Reading the sources of a jurisdiction; each fault is a sentence with file, field and cure.

Belongs here: files, code lists, agreement between sources.
Does not belong here: what one source may say (``model``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml
from pydantic import ValidationError

from orchestration import yaml_text
from orchestration.feeds.contract import code_list
from orchestration.settings import Settings, month_check
from orchestration.web.sources.model import Source

TOPICS = "web_topics"
"""Code list of the topics."""


class SourceError(ValueError):
    """A source cannot be used; one line per fault: file, field, cure."""


def sources_folder(settings: Settings) -> Path:
    """Where the sources of the jurisdiction lie; without it there is no web branch."""
    return settings.definition / "web" / "sources"


def load_sources(settings: Settings) -> dict[str, Source]:
    """All sources of the jurisdiction by name; empty where it has none.

    Raises:
        SourceError: at least one file cannot be used; all faults are told.
    """
    topics = [row["code"] for row in code_list(settings, TOPICS)]
    found: dict[str, Source] = {}
    faults: list[str] = []
    for path in sorted(sources_folder(settings).glob("*.yml")):
        try:
            source = read_source(path)
        except SourceError as error:
            faults.append(str(error))
            continue
        if source.topic not in topics:
            faults.append(f"{_place(path)}: topic: {source.topic!r} is not in {TOPICS}; use {', '.join(topics)}.")
        found[source.name] = source
    faults.extend(_shared_starts(list(found.values())))
    if faults:
        raise SourceError("\n".join(faults))
    return found


def source_named(settings: Settings, name: str) -> Source:
    """One source.

    Raises:
        SourceError: there is none of this name, or it cannot be used.
    """
    known = load_sources(settings)
    if name not in known:
        there = ", ".join(known) or "none"
        raise SourceError(f"There is no source {name!r} in {_place(sources_folder(settings))}; there are {there}.")
    return known[name]


def sources_in(settings: Settings, month: str) -> list[Source]:
    """Sources that are in force in a month, by name."""
    month_check(month)
    return [source for source in load_sources(settings).values() if source.in_force(month)]


def read_source(path: Path) -> Source:
    """One file.

    Raises:
        SourceError: it cannot be read or says something that cannot be.
    """
    here = _place(path)
    try:
        given = yaml_text.load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise SourceError(f"{here}: is no YAML in UTF-8 ({reason}); correct it.") from error
    if not isinstance(given, dict):
        raise SourceError(f"{here}: holds no fields; write 'name: {path.stem}' and so on.")
    if given.get("name") != path.stem:
        raise SourceError(f"{here}: name: is {given.get('name')!r}; write {path.stem!r}, as the file is called.")
    try:
        return Source.model_validate(given)
    except ValidationError as error:
        raise SourceError("\n".join(_sentences(here, error))) from error


def _sentences(here: str, error: ValidationError) -> Iterator[str]:
    for fault in error.errors(include_url=False):
        field = ".".join(str(part) for part in fault["loc"])
        if fault["type"] == "missing":
            yield f"{here}: {field}: is missing; add it."
        elif fault["type"] == "extra_forbidden":
            yield f"{here}: {field}: is no field of a source; remove it or mend its name."
        else:
            message = fault["msg"].removeprefix("Value error, ")
            place = f"{field}: " if field else ""
            given = "" if fault["type"] == "value_error" else f", not {fault['input']!r}"
            yield f"{here}: {place}{message}{given}."


def _shared_starts(sources: Sequence[Source]) -> Iterator[str]:
    """Two sources that begin at one address in one month would find everything twice."""
    owner: dict[str, Source] = {}
    for source in sources:
        for url in source.start.urls:
            other = owner.setdefault(url, source)
            last = min(one.effective_to or "9999-12" for one in (source, other))
            if other is not source and max(source.effective_from, other.effective_from) <= last:
                yield (
                    f"{source.name}.yml: start.urls: {url} is also where {other.name}.yml begins in the same months; "
                    "keep it in one of them."
                )


def _place(path: Path) -> str:
    """A file as a sentence names it: from the folder of the jurisdiction on."""
    return "/".join(path.parts[-3:])
