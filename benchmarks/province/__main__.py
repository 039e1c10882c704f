"""Command line of the bench.

python -m benchmarks.province [measure]     measure the scales that SCALE names, print the table, leave JSON
python -m benchmarks.province report        keep the results that are there with the sources, write docs/bench.md
python -m benchmarks.province step ...      one process of a measurement
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from benchmarks.processes import ProcessError
from benchmarks.province.parameters import ParameterError, parse


def measure(folder: Path) -> int:
    """Measure and print; 1 where something does not hold or a stage failed, 2 where asked wrongly."""
    from benchmarks.province.report import load, ran_on, table
    from benchmarks.province.stages import measure as measured
    from benchmarks.province.steps import StepError

    try:
        asked = parse(os.environ)
    except ParameterError as error:
        print(str(error), file=sys.stderr)
        return 2
    folder.mkdir(parents=True, exist_ok=True)
    broken = []
    for parameters in asked:
        told: dict[str, Any] = {
            "scale": parameters.scale,
            "enterprises": parameters.enterprises,
            "months": parameters.months,
            "backfill": len(parameters.backfill),
            "brief": parameters.brief,
            "seed": parameters.seed,
            "measured": parameters.measured,
            "ran_on": ran_on(),
        }
        try:
            told |= measured(parameters, folder, told, lambda line: print(line, flush=True))
        except (ProcessError, StepError) as error:
            print(f"{parameters.name}: {error}", file=sys.stderr)
            return 1
        (folder / f"{parameters.name}.json").write_text(json.dumps(told, indent=1), encoding="utf-8")
        broken += [f"{parameters.name}: {sentence}" for sentence in told["broken"]]
    print(table(load(folder, [parameters.name for parameters in asked])))
    for sentence in broken:
        print(f"broken: {sentence}", file=sys.stderr)
    return 1 if broken else 0


def main(arguments: list[str]) -> int:
    """Do what is asked for."""
    from orchestration.settings import Settings

    what = arguments[0] if arguments else "measure"
    if what == "step":
        from benchmarks.province.steps import main as step

        return step(arguments[1], Path(arguments[2]), json.loads(arguments[3]))
    folder = Settings.from_env().home / "bench" / "province"
    if what == "report":
        from benchmarks.province.report import PAGE, RESULTS, publish

        taken = publish(folder)
        print(f"{PAGE}: from {RESULTS}; new: {', '.join(taken) or f'none, {folder} holds no result of a full bench'}")
        return 0
    if what == "measure":
        return measure(folder)
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
