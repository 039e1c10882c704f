"""The indicator catalogue: what the regulator decides, as versioned data with effective months.

Belongs here: the shape of a version (``model``), reading one (``load``), refusing a wrong one (``faults``), one with
learned points that never ran in the shadow (``record``) and one that disagrees with the dbt models (``check``).
Does not belong here: computing indicators (``dbt_project/models/indicators``), points (``dbt_project/macros``), or
classes (``risk``).
"""

from orchestration.catalogue.check import check_catalogue, check_models
from orchestration.catalogue.load import catalogue_folder, catalogue_versions, load_catalogue
from orchestration.catalogue.model import Catalogue, CatalogueError

__all__ = [
    "Catalogue",
    "CatalogueError",
    "catalogue_folder",
    "catalogue_versions",
    "check_catalogue",
    "check_models",
    "load_catalogue",
]
