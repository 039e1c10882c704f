"""What dbt is told about one month: environment variables and the reference folder.

Belongs here: turning Settings, contracts and the catalogue in force into what ``profiles.yml`` and the macros read.
Does not belong here: running dbt (``dbt``).
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from orchestration.catalogue import Catalogue, catalogue_folder, load_catalogue
from orchestration.catalogue.load import catalogue_versions, read_version
from orchestration.feeds.contract import all_feeds, delivered_feeds, load_contract
from orchestration.settings import Settings, month_check
from orchestration.specialised.load import load_specialised
from orchestration.standing.store import joins


def reference_folder(settings: Settings) -> Path:
    """A folder with every reference file in force: the jurisdiction's own, else the canonical one."""
    folder = settings.dbt_target / "reference"
    folder.mkdir(parents=True, exist_ok=True)
    sources = {path.name: path for path in (settings.canonical / "reference").glob("*.csv")}
    sources |= {path.name: path for path in (settings.definition / "reference").glob("*.csv")}
    for name, source in sources.items():
        target = folder / name
        if not target.is_file() or target.read_bytes() != source.read_bytes():
            scratch = folder / f".{name}.new"
            shutil.copyfile(source, scratch)
            scratch.rename(target)
    return folder


def windows(settings: Settings, month: str) -> dict[str, int]:
    """Indicator code -> window in months, from the catalogue version in force.

    An indicator that the jurisdiction's catalogue does not use keeps the window of the canonical catalogue: its model
    is computed all the same and simply enters no score. Beside them the indicators of the key fields, and under the
    code of each field the months for which a lapsed entry in its register makes a member.
    """
    found = {
        indicator.code: indicator.window_months
        for version in _versions(settings, month)
        for indicator in version.indicators
    }
    fields = load_specialised(settings, month)
    found |= {indicator.code: indicator.window_months for indicator in fields.indicators}
    return found | {field.code: field.member_months for field in fields.fields}


def parameters(settings: Settings, month: str) -> dict[str, dict[str, str]]:
    """Indicator code -> name -> number, from the catalogue version in force; what it does not set, the canonical one's.

    Numbers stay text as SQL reads them, so that 0.1 remains exactly 0.1.
    """
    found: dict[str, dict[str, str]] = {}
    for version in _versions(settings, month):
        for parameter in version.parameters:
            found.setdefault(parameter.code, {})[parameter.name] = parameter.text
    for own in load_specialised(settings, month).parameters:
        found.setdefault(own.code, {})[own.name] = own.text
    return found


def _versions(settings: Settings, month: str) -> list[Catalogue]:
    """Versions that may say something about the month, the one that decides last: the jurisdiction's own in force.

    Before it the canonical ones that have begun, oldest first; before those, for months older than the canonical
    catalogue, the ones that have not. First of all the jurisdiction's own that are not in force, candidates among
    them: their indicators are measured in every month, so that it can be learned what they are worth.
    """
    folders = [path.parent for path in (settings.canonical / "catalogue").glob("*/catalogue.yml")]
    dated = [(version.effective_from, version) for version in map(read_version, folders) if version.effective_from]
    canonical = sorted(dated, key=lambda pair: pair[0])
    begun = [version for begins, version in canonical if begins <= month]
    coming = [version for begins, version in reversed(canonical) if begins > month]
    return [*reversed(catalogue_versions(settings)), *coming, *begun, load_catalogue(settings, month)]


def dbt_environment(settings: Settings, month: str) -> dict[str, str]:
    """Every environment variable that ``dbt_project`` reads, for one month.

    Raises:
        SettingsError: the month is not ``YYYY-MM``.
        CatalogueError: no catalogue version is in force in that month.
    """
    fresh = {feed: load_contract(settings, feed).fresh_months for feed in delivered_feeds(settings)}
    return {
        "ECR_HOME": str(settings.home),
        "ECR_JURISDICTION": settings.jurisdiction,
        "ECR_CATALOG": settings.catalog,
        "ECR_DATA_PATH": settings.data_path,
        "ECR_EXTENSIONS": str(settings.extensions),
        "ECR_MEMORY_LIMIT": settings.memory_limit,
        "ECR_MONTH": month_check(month),
        "ECR_CATALOGUE_DIR": str(catalogue_folder(settings, month)),
        "ECR_SPECIALISED_DIR": str(load_specialised(settings, month).folder),
        "ECR_REFERENCE_DIR": str(reference_folder(settings)),
        "ECR_WINDOWS": json.dumps(windows(settings, month)),
        "ECR_PARAMETERS": json.dumps(parameters(settings, month)),
        "ECR_FRESH_MONTHS": json.dumps(fresh),
        "ECR_STANDING": json.dumps(joins(settings, all_feeds(settings), month)),
        "DBT_TARGET_PATH": str(settings.dbt_target / "target"),
        "DBT_LOG_PATH": str(settings.dbt_target / "logs"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
