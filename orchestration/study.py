"""An archive of real records walks the road, and the classes meet the known outcomes (a jurisdiction with a study).

Belongs here: the order of the steps for a jurisdiction whose profile has a ``study`` section.
Does not belong here: any jurisdiction by name. This is one of the two programs that start Dagster.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from orchestration.settings import Settings, SettingsError


def main(folder: Path) -> int:
    """Replay the archive in ``folder``, compute the study's months, print the study; 0 on success."""
    start = time.monotonic()
    try:
        settings = Settings.from_env()
        missing = [name for name in ("study", "classify_first", "classify_last") if name not in settings.profile]
        if missing:
            raise SettingsError(f"{settings.definition / 'jurisdiction.yml'} lacks {', '.join(missing)}; add it.")
        if not folder.is_dir():
            raise SettingsError(f"{folder} is no folder; give the one that holds the archive: REAL=/folder.")
        first, last = str(settings.profile["classify_first"]), str(settings.profile["classify_last"])
    except SettingsError as error:
        print(str(error), file=sys.stderr)
        return 1
    from orchestration.defs.launch import main as launch
    from orchestration.evaluation.__main__ import main as evaluate
    from orchestration.feeds.replay import main as replay

    print(f"== splitting the archive into monthly deliveries up to {last}", flush=True)
    if status := replay([str(folder), "--until", last]):
        return status
    print(f"== walking {first} to {last}", flush=True)
    arguments = ["months", first, last]
    if str(settings.profile["first_month"]) < first:
        arguments += ["--ingest-from", str(settings.profile["first_month"])]
    if status := launch(arguments):
        return status
    if learned_up_to := settings.profile.get("learn_last"):
        print(f"== learning up to {learned_up_to}", flush=True)
        if status := _learn(settings, str(learned_up_to)):
            return status
    status = evaluate([str(folder)])
    print(f"Took {time.monotonic() - start:.0f} s")
    return status


def _learn(settings: Settings, month: str) -> int:
    """Learn from what was known by then, and say whether the points in force are those learned; 0 on success."""
    from orchestration.catalogue import CatalogueError, load_catalogue
    from orchestration.learning.policy import LearningError
    from orchestration.learning.proposal import differs
    from orchestration.learning.report import text
    from orchestration.learning.train import SCORECARD, learn

    try:
        learned = learn(settings, month)
        version = load_catalogue(settings, month)
        other = differs(settings, learned.models[SCORECARD], version)
    except (LearningError, CatalogueError) as error:
        print(error, file=sys.stderr)
        return 1
    said = f"differ in {', '.join(other)} from those learned" if other else "are those learned"
    print(f"{text(learned)}\nThe points of {version.version}, in force in {month}, {said}.\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path()))
