"""Does the catalogue agree with itself and with the dbt models? The build fails if not.

Belongs here: the check that lint, tests and the build call.
Does not belong here: single faults of a version (``faults``).

Agreement with dbt: every indicator of any version is exactly one column of exactly one model under
``models/indicators``, the model is named by the level-2 code, no model has an indicator column that no version knows,
and where a model's test ``indicator_holds`` lists the categories it may give, each has a band. Every ``parameter`` that
a model or a macro reads is in a version, and none is there that nobody reads: changing it would change nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from orchestration.catalogue.faults import refuse, warnings
from orchestration.catalogue.load import catalogue_versions
from orchestration.catalogue.model import Catalogue
from orchestration.settings import Settings, jurisdictions

INDICATOR_COLUMN = re.compile(r"^h[0-9]{6}$")
PARAMETER_READ = re.compile(r"""\bparameter\(\s*["'](\w+)["']\s*,\s*["'](\w+)["']\s*\)""")


def check_catalogue(settings: Settings) -> list[str]:
    """Check every version of this jurisdiction; returns warnings.

    Raises:
        CatalogueError: with one sentence a fault, each naming file, line and cure.
    """
    return [sentence for version in catalogue_versions(settings) for sentence in warnings(version)]


def check_models(settings: Settings, manifest: Path | dict[str, Any]) -> None:
    """Check that catalogue and dbt models agree.

    A jurisdiction's own catalogue may use fewer indicators than the models offer: what the catalogue of any
    jurisdiction knows is known. What its own catalogue names must be in a model.

    Args:
        settings: which jurisdiction.
        manifest: dbt's ``manifest.json`` or its content.

    Raises:
        CatalogueError: with one sentence a disagreement.
    """
    content = manifest if isinstance(manifest, dict) else json.loads(manifest.read_text(encoding="utf-8"))
    versions = {name: catalogue_versions(replace(settings, jurisdiction=name)) for name in jurisdictions()}
    judged = list(dict.fromkeys(["henan", settings.jurisdiction]))
    elsewhere = [version for name, those in versions.items() if name not in judged for version in those]
    refuse(_model_faults([version for name in judged for version in versions[name]], elsewhere, content))


def indicator_models(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Models under ``models/indicators`` by name."""
    return {
        node["name"]: node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and "indicators" in node["fqn"]
    }


def _model_faults(versions: list[Catalogue], elsewhere: list[Catalogue], manifest: dict[str, Any]) -> Iterator[str]:
    """Faults of ``versions``; what only ``elsewhere`` knows is known, and judged where it is in force."""
    places: dict[str, list[str]] = {}
    models = indicator_models(manifest)
    for name, node in models.items():
        for column in node["columns"]:
            if INDICATOR_COLUMN.match(column.lower()):
                places.setdefault(column.upper(), []).append(name)
    known = {indicator.code: (version, indicator) for version in versions for indicator in version.indicators}
    for code, (version, indicator) in sorted(known.items()):
        here = version.at("indicators.csv", code)
        found = places.get(code, [])
        if not found:
            yield (
                f"{here}: {code} {indicator.name_zh} has no column {code.lower()} in a model under models/indicators; "
                f"add it to the model {indicator.l2_code.lower()}_... and its YAML."
            )
        if len(found) > 1:
            yield f"{here}: {code} is a column of {', '.join(sorted(found))}; keep it in one model."
        for name in found:
            if not name.startswith(f"{indicator.l2_code.lower()}_"):
                yield f"{here}: {code} is a column of {name}, which is not a model of {indicator.l2_code}; move it."
    for code, names in sorted(places.items()):
        if code not in known and not any(code in version.by_code for version in elsewhere):
            path = models[names[0]]["original_file_path"]
            yield f"{path}: column {code.lower()} is in no catalogue version; add it to indicators.csv or remove it."
    yield from _accepted_faults(versions, manifest, set(models))
    # the graph of affiliates reads numbers of the indicators on it; specialised models have a catalogue apart
    graph = [node for node in manifest["nodes"].values() if "affiliates" in node.get("fqn", ())]
    readers = [*models.values(), *(node for node in graph if node["resource_type"] == "model")]
    yield from _parameter_faults(versions, elsewhere, [*readers, *manifest.get("macros", {}).values()])


def _accepted_faults(versions: list[Catalogue], manifest: dict[str, Any], models: set[str]) -> Iterator[str]:
    for node in manifest["nodes"].values():
        test = node.get("test_metadata") or {}
        owner = str(node.get("attached_node") or "").rsplit(".", 1)[-1]
        if test.get("name") != "indicator_holds" or owner not in models:
            continue
        values = (test["kwargs"].get("arguments") or test["kwargs"])["values"]
        for column, rule in values.items():
            code = str(column).upper()
            for version in versions:
                bands = version.bands_of(code) if code in version.by_code else []
                missing = set(map(str, rule.get("in", ()))) - {str(band.category) for band in bands}
                if bands and missing:
                    yield (
                        f"{version.at('bands.csv', code, '1')}: {code} has no band for {', '.join(sorted(missing))}, "
                        f"which the model {owner} may give; add it."
                    )


def _parameter_faults(
    versions: list[Catalogue], elsewhere: list[Catalogue], readers: list[dict[str, Any]]
) -> Iterator[str]:
    """Readers are models, and macros, for what a model and its evidence share stands in a macro."""
    read = {
        found: node["original_file_path"]
        for node in readers
        for found in PARAMETER_READ.findall(node.get("raw_code") or node.get("macro_sql") or "")
        if not found[0].startswith("S")  # key fields have parameters of their own: orchestration.specialised
    }
    given = {(parameter.code, parameter.name): version for version in versions for parameter in version.parameters}
    other = {(parameter.code, parameter.name) for version in elsewhere for parameter in version.parameters}
    for (code, name), path in sorted(read.items()):
        if (code, name) not in given and (code, name) not in other:
            yield f"{path}: the parameter {name} of {code} is in no catalogue version; add it to parameters.csv."
    for (code, name), version in sorted(given.items(), key=lambda item: item[0]):
        if (code, name) not in read:
            yield (
                f"{version.at('parameters.csv', code, name)}: no model reads the parameter {name} of {code}, so it "
                "would change nothing; mend the name or remove the row."
            )
