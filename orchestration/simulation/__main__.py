"""Command line of the simulator: ``python -m orchestration.simulation --enterprises 12000 --seed 7``."""

from __future__ import annotations

import argparse
import sys

from orchestration.settings import Settings, SettingsError
from orchestration.simulation.chance import SimulationError
from orchestration.simulation.run import simulate


def main(arguments: list[str] | None = None) -> int:
    """Read the command line, simulate, print progress; 2 if the arguments cannot be used."""
    parser = argparse.ArgumentParser(
        prog="python -m orchestration.simulation", description="Write the deliveries of an invented province."
    )
    parser.add_argument("--enterprises", type=int, default=12_000, help="enterprises over the whole simulation")
    parser.add_argument("--seed", type=int, default=7, help="the same seed gives the same files")
    parser.add_argument(
        "--first-month",
        default="2026-05",
        help="first monthly delivery, YYYY-MM; the initial load comes the month before",
    )
    parser.add_argument("--months", type=int, default=6, help="monthly deliveries")
    parser.add_argument(
        "--clean", action="store_true", help="remove what lies in landing for the simulated feeds first"
    )
    parser.add_argument(
        "--web",
        choices=["signals", "pages"],
        default="signals",
        help="deliver what the web says as matched signals, or write the small web from which they are crawled",
    )
    parser.add_argument(
        "--break",
        dest="broken",
        choices=["unknown_code", "unknown_column", "unreadable", "low_volume"],
        help="plant one defect that stops a feed",
    )
    parser.add_argument("--break-feed", help="feed that --break stops")
    parser.add_argument("--break-month", help="month in which --break stops it, YYYY-MM")
    chosen = parser.parse_args(arguments)
    breaks = None
    if chosen.broken:
        if not (chosen.break_feed and chosen.break_month):
            parser.error("--break needs --break-feed and --break-month")
        breaks = (chosen.broken, chosen.break_feed, chosen.break_month)
    try:
        simulate(
            Settings.from_env(),
            chosen.enterprises,
            chosen.seed,
            chosen.first_month,
            chosen.months,
            clean=chosen.clean,
            breaks=breaks,
            web=chosen.web,
            say=lambda line: print(line, flush=True),
        )
    except (SimulationError, SettingsError) as error:
        print(f"simulation: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
