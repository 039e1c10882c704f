"""``python -m orchestration.warehouse``: dbt from the command line, on the settings of the environment.

parse                     make sure the manifest is of today's project and print where it is
build 2026-05 [select]    compute one month and print what each node did
test                      the unit tests of the rules, each at its bounds
"""

from __future__ import annotations

import sys

from orchestration.settings import Settings
from orchestration.warehouse.dbt import NodeResult, build_month
from orchestration.warehouse.project import WarehouseError, manifest_path
from orchestration.warehouse.unit_tests import unit_tests


def _print(node: NodeResult) -> None:
    print(f"{node.status:8} {node.seconds:6.2f} s  {node.kind:9} {node.name}", flush=True)


def main(arguments: list[str]) -> int:
    """Run one of the commands; an error is one sentence on stderr and exit status 1."""
    settings = Settings.from_env()
    try:
        match arguments:
            case ["parse"]:
                print(manifest_path(settings))
            case ["build", month, *select]:
                built = build_month(settings, month, " ".join(select) or None, _print)
                rows = sum(node.rows or 0 for node in built.nodes)
                print(f"{month}: {len(built.nodes)} nodes, {rows} rows")
            case ["test", *select]:
                failed = [node for node in unit_tests(settings, " ".join(select) or None) if node.status != "pass"]
                for node in failed:
                    print(f"{node.name}: {node.message}\n")
                print(f"{len(failed)} unit tests failed" if failed else "every unit test passed")
                return 1 if failed else 0
            case _:
                print(__doc__, file=sys.stderr)
                return 2
    except WarehouseError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
