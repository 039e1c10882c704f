"""``python -m orchestration.catalogue check [manifest.json]``: refuse what is wrong or what the models contradict."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from orchestration.catalogue.check import check_catalogue, check_models
from orchestration.catalogue.load import catalogue_versions
from orchestration.catalogue.model import CatalogueError
from orchestration.inspection.load import policy_versions
from orchestration.settings import Settings
from orchestration.specialised.check import check_specialised, check_specialised_models
from orchestration.specialised.load import specialised_versions


def main(arguments: list[str] | None = None) -> int:
    """Print warnings and faults; 1 if there is a fault."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.catalogue", description=__doc__)
    parser.add_argument("command", choices=["check"])
    parser.add_argument("manifest", nargs="?", type=Path, help="dbt's manifest.json; default: the project is parsed")
    chosen = parser.parse_args(arguments)
    settings = Settings.from_env()
    try:
        for sentence in check_catalogue(settings):
            print(f"warning: {sentence}")
        versions = ", ".join(f"{v.version} ({len(v.indicators)} indicators)" for v in catalogue_versions(settings))
        print(f"catalogue: {versions} agree with themselves")
        for sentence in check_specialised(settings):
            print(f"warning: {sentence}")
        fields = ", ".join(f"{v.version} ({len(v.fields)} fields)" for v in specialised_versions(settings))
        print(f"specialised: {fields} agree with themselves")
        draws = ", ".join(f"{v.version} ({len(v.plans)} plans)" for v in policy_versions(settings))
        print(f"inspection: {draws} agree with themselves")
        manifest = chosen.manifest
        if manifest is None:
            from orchestration.warehouse.project import manifest_path

            manifest = manifest_path(settings)
        elif not manifest.is_file():
            raise CatalogueError(f"{manifest}: is missing; leave it out, and the project is parsed.")
        check_models(settings, manifest)
        check_specialised_models(settings, manifest)
        print("catalogue and specialised: agree with the dbt models")
    except CatalogueError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
