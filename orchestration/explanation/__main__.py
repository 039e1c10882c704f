"""``make explain E=<code> M=<month> L=zh|en|both``: the page of one enterprise, or its JSON.

Belongs here: the command line and its refusals. Does not belong here: the explanation itself.
"""

from __future__ import annotations

import argparse
import re
import sys

import duckdb

from orchestration.catalogue.model import CatalogueError
from orchestration.explanation import ExplanationError, explain, page, to_json
from orchestration.settings import Settings, SettingsError

CODE = re.compile(r"^[0-9A-Za-z_-]{1,64}$")
EXAMPLE = "make explain E=91410100MA44XXXX0X M=2026-10 L=both"
CHOICES = ("zh", "en", "both")


def main(arguments: list[str] | None = None) -> int:
    """Print the page; a refusal is one sentence on stderr: 1 if there is nothing to explain, 2 if the call is wrong."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.explanation", description=__doc__)
    parser.add_argument("enterprise", nargs="?", default="", help="unified social credit code")
    parser.add_argument("month", nargs="?", default="", help="YYYY-MM; default: the newest with a class")
    parser.add_argument("--language", default="both", help="zh, en or both")
    parser.add_argument("--json", action="store_true", help="everything, for machines")
    chosen = parser.parse_args(arguments)
    try:
        print(
            _asked(chosen.enterprise.strip(), chosen.month.strip(), chosen.language.strip() or "both", chosen.json),
            end="",
        )
    except SettingsError as error:
        return _refuse(str(error), 2)
    except (ExplanationError, CatalogueError) as error:
        return _refuse(str(error), 1)
    except duckdb.Error as error:
        return _refuse(f"The lake cannot be read: {str(error).strip().splitlines()[0]}", 1)
    return 0


def _asked(enterprise: str, month: str, language: str, json: bool) -> str:
    """The text asked for; a call that cannot be understood is a ``SettingsError``."""
    if not CODE.match(enterprise):
        said = f"{enterprise!r} is no unified social credit code" if enterprise else "No enterprise is named"
        raise SettingsError(f"{said}; give one as in: {EXAMPLE}")
    if language not in CHOICES:
        raise SettingsError(f"The language {language!r} is not known; use one of {', '.join(CHOICES)}.")
    found = explain(Settings.from_env(), enterprise.upper(), month or None)
    if json:
        return to_json(found) + "\n"
    return "\n".join(page(found, one) for one in (("zh", "en") if language == "both" else (language,)))


def _refuse(sentence: str, status: int) -> int:
    print(sentence, file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
