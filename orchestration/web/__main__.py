"""``python -m orchestration.web``: check everything that describes the web branch and the matching of names."""

from __future__ import annotations

import sys

from orchestration.settings import Settings
from orchestration.web.check import check_web


def main() -> int:
    """Print what is there; 1 with a sentence where something cannot be used."""
    try:
        print("\n".join(check_web(Settings.from_env())))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
