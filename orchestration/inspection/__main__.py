"""Draws from the command line: verify them, and tell why an enterprise was drawn.

    python -m orchestration.inspection verify 2026-09 [--region 410100]
    python -m orchestration.inspection why 91410100MA44XXXX0X 2026-09

Belongs here: the command line and its refusals. Does not belong here: drawing and publishing, which are runs
(``defs.launch``).
"""

from __future__ import annotations

import argparse
import re
import sys

import duckdb

from orchestration.catalogue.model import CatalogueError
from orchestration.inspection.frame import DrawError
from orchestration.inspection.verify import verify_draw
from orchestration.inspection.why import told, why
from orchestration.lake import missing_lake
from orchestration.settings import Settings, SettingsError, region_codes

CODE = re.compile(r"^[0-9A-Za-z_-]{1,64}$")


def main(arguments: list[str] | None = None) -> int:
    """Print the answer. A refusal is one sentence on stderr: 1 without answer or if rows differ, 2 if asked wrongly."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.inspection", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    verify = commands.add_parser("verify", help="draw again from what is recorded and compare")
    verify.add_argument("month", help="YYYY-MM of the classes")
    verify.add_argument("--region", default="", help="region code; default: all that are drawn")
    asked = commands.add_parser("why", help="why an enterprise was drawn, or was not")
    asked.add_argument("enterprise", help="unified social credit code")
    asked.add_argument("month", help="YYYY-MM of the classes")
    chosen = parser.parse_args(arguments)
    try:
        settings = Settings.from_env()
        if missing := missing_lake(settings):
            return _refuse(missing, 1)
        if chosen.command == "verify":
            return _verify(settings, chosen.month.strip(), chosen.region.strip())
        if not CODE.match(chosen.enterprise.strip()):
            raise SettingsError(f"{chosen.enterprise!r} is no unified social credit code; give one of 18 characters.")
        print(told(why(settings, chosen.enterprise.strip().upper(), chosen.month.strip())))
    except SettingsError as error:
        return _refuse(str(error), 2)
    except (DrawError, CatalogueError) as error:
        return _refuse(str(error), 1)
    except duckdb.Error as error:
        return _refuse(f"The lake cannot be read: {str(error).strip().splitlines()[0]}", 1)
    return 0


def _verify(settings: Settings, month: str, region: str) -> int:
    if region and region not in region_codes(settings):
        raise SettingsError(f"{region!r} is no region; use one of {', '.join(region_codes(settings))}.")
    found = verify_draw(settings, month, [region] if region else None)
    for one in found:
        print(f"{one.month} {one.region_code}  {one.draw_id}  {'agrees' if one.passed else 'DIFFERS'}")
        for finding in one.findings:
            if not finding.passed or len(found) == 1:
                print(f"    {finding.check}: {finding.sentence}")
    return 0 if all(one.passed for one in found) else 1


def _refuse(sentence: str, status: int) -> int:
    print(sentence, file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
