"""What codes of groups are called, from the data that defines them.

Belongs here: names of regions, classes, key fields and kinds of checks. Does not belong here: where they are printed.
"""

from __future__ import annotations

from orchestration.catalogue import CatalogueError, load_catalogue
from orchestration.effect.report import Names
from orchestration.feeds.contract import code_list
from orchestration.settings import Settings, region_names
from orchestration.specialised.load import load_specialised


def names_of(settings: Settings, month: str) -> Names:
    """Names of regions, classes, key fields and kinds of checks."""
    catalogue = load_catalogue(settings, month)
    try:
        fields = {field.field: f"{field.zh} {field.en}" for field in load_specialised(settings, month).fields}
    except CatalogueError:  # a jurisdiction without key fields
        fields = {}
    return {
        "region": region_names(settings),
        "class": {known.name: f"{known.zh} {known.en}" for known in catalogue.classes},
        "field": fields,
        "kind": {row["code"]: f"{row['label_zh']} {row['label_en']}" for row in code_list(settings, "check_kinds")},
    }
