"""``python -m orchestration.calibration [month]``: shares, groups, find rates of a decided month; default: newest."""

from __future__ import annotations

import sys

from orchestration.calibration.measure import measure
from orchestration.calibration.policy import CalibrationError, load_policy
from orchestration.calibration.report import judge, text, write
from orchestration.catalogue import CatalogueError, load_catalogue
from orchestration.feeds.contract import code_list
from orchestration.lake import connect, missing_lake
from orchestration.risk.summary import UNDECIDED, newest_month
from orchestration.settings import Settings, SettingsError, month_check, region_names


def names_of_groups(settings: Settings) -> dict[str, str]:
    """Code of a region or section -> its names."""
    sections = {row["code"]: f"{row['label_zh']} {row['label_en']}" for row in code_list(settings, "industry_sections")}
    return region_names(settings) | sections


def main(arguments: list[str]) -> int:
    """Print the report and write it; 0 also with warnings, 1 where nothing could be measured."""
    if len(arguments) > 1:
        print(__doc__, file=sys.stderr)
        return 2
    settings = Settings.from_env()
    if missing := missing_lake(settings):
        print(missing, file=sys.stderr)
        return 1
    try:
        policy = load_policy(settings)
        with connect(settings, read_only=True) as connection:
            month = month_check(arguments[0]) if arguments else newest_month(connection)
            if month is None:
                raise CalibrationError(UNDECIDED)
            catalogue = load_catalogue(settings, month)
            report = judge(catalogue.version, measure(connection, catalogue, policy, month), policy)
    except (CalibrationError, CatalogueError, SettingsError) as error:
        print(error, file=sys.stderr)
        return 1
    print(text(report, names_of_groups(settings)))
    print(f"\nwritten to {write(settings, report)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
