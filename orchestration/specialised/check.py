"""Does the specialised classification agree with itself and with the dbt models? The build fails if not.

Belongs here: the check that lint, tests and the build call.
Does not belong here: single faults of a version (``faults``).

Agreement with dbt: every indicator of any version is named in a model under ``models/specialised``, no model names one
that no version knows; every ``parameter`` that a model reads is in a version, and none is there that no model reads.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from orchestration.catalogue.check import PARAMETER_READ
from orchestration.catalogue.faults import refuse
from orchestration.settings import Settings
from orchestration.specialised.load import specialised_versions
from orchestration.specialised.model import Specialised

CODE_READ = re.compile(r"\bS[0-9]{6}\b")


def check_specialised(settings: Settings) -> list[str]:
    """Check every version that holds in this jurisdiction; returns warnings.

    Raises:
        CatalogueError: with one sentence a fault, each naming file, line and cure.
    """
    return [sentence for version in specialised_versions(settings) for sentence in _warnings(version)]


def check_specialised_models(settings: Settings, manifest: Path | dict[str, Any]) -> None:
    """Check that the versions and the dbt models agree.

    Args:
        settings: which jurisdiction.
        manifest: dbt's ``manifest.json`` or its content.

    Raises:
        CatalogueError: with one sentence a disagreement.
    """
    content = manifest if isinstance(manifest, dict) else json.loads(manifest.read_text(encoding="utf-8"))
    versions = specialised_versions(settings)
    if settings.definition != settings.canonical:
        versions = specialised_versions(replace(settings, jurisdiction="henan")) + versions
    refuse(_model_faults(versions, content))


def _warnings(version: Specialised) -> Iterator[str]:
    """What is allowed but worth a look: a part whose cap no enterprise can reach."""
    for part in version.parts:
        reach = sum(
            max(indicator.weight * band.risk / 100 for band in version.bands_of(indicator.code))
            for indicator in version.indicators
            if (indicator.field, indicator.part) == (part.field, part.part)
        )
        if part.part != "general" and reach < part.cap:
            yield (
                f"{version.at('parts.csv', part.field, part.part)}: the indicators of the {part.part} part of "
                f"{part.field} give at most {reach} points, less than its cap {part.cap}."
            )


def _model_faults(versions: list[Specialised], manifest: dict[str, Any]) -> Iterator[str]:
    models = [
        node for node in manifest["nodes"].values() if node["resource_type"] == "model" and "specialised" in node["fqn"]
    ]
    codes: dict[str, str] = {}
    parameters: dict[tuple[str, str], str] = {}
    for node in models:
        code_only = "\n".join(
            line for line in node.get("raw_code", "").splitlines() if not line.lstrip().startswith("--")
        )
        codes |= dict.fromkeys(CODE_READ.findall(code_only), node["original_file_path"])
        parameters |= dict.fromkeys(PARAMETER_READ.findall(code_only), node["original_file_path"])
    known = {indicator.code: version for version in versions for indicator in version.indicators}
    given = {(parameter.code, parameter.name): version for version in versions for parameter in version.parameters}
    for code, version in sorted(known.items(), key=lambda item: item[0]):
        if code not in codes:
            yield (
                f"{version.at('indicators.csv', code)}: no model under models/specialised tells of {code}, so its "
                "value would always be that without a record; add its records or remove the row."
            )
    for code, path in sorted(codes.items()):
        if code not in known:
            yield f"{path}: {code} is in no version of data/specialised; add it to indicators.csv or mend the code."
    for (code, name), path in sorted(parameters.items()):
        if (code, name) not in given:
            yield f"{path}: the parameter {name} of {code} is in no version; add it to parameters.csv."
    for (code, name), version in sorted(given.items(), key=lambda item: item[0]):
        if (code, name) not in parameters:
            yield (
                f"{version.at('parameters.csv', code, name)}: no model reads the parameter {name} of {code}, so it "
                "would change nothing; mend the name or remove the row."
            )
