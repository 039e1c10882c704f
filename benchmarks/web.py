"""What matching all texts of a province costs: texts a second, memory, and how its parts grow.

    python benchmarks/web.py /some/empty/folder            the curve: 0.02, 0.1, 0.3 and 1
    SCALE=0.1 python benchmarks/web.py /some/empty/folder  one scale

At scale 1: 2,464,000 enterprises with full, former and short names, 5,000,000 texts, of which six in ten name one of
them and the others firms elsewhere. Made up before and not counted: the register and the texts (Parquet). Measured,
each in processes of its own: ``names`` (parts, short names, namesakes), ``build`` (automaton), then two workers that
share the serialized automaton: ``load`` (names, automaton) and ``match`` (read, canonical spelling, search, boundaries,
support, weighing). Near-duplicates are found before matching and are no part of this. Precision and recall are counted
against the truth in the same run. Memory is that of all processes together, sampled.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

MONTH = "2026-10"
ENTERPRISES, TEXTS = 2_464_000, 5_000_000
SCALES = (0.02, 0.1, 0.3, 1.0)
WORKERS = 2
CHUNK = 50_000
BATCH = 10_000
FORMS = ("有限公司",) * 14 + ("股份有限公司", "经营部", "厂", "合伙企业(有限合伙)", "有限公司分公司", "专业合作社")
RENAMED = 0.1
MIX = {"full": 0.5, "former": 0.1, "core": 0.1, "place_core": 0.2, "place_brand": 0.1}
"""Shares of styles among the names that texts use; a core without its city is for a person to decide."""
LONGEST = 7_200
"""Seconds after which a step is ended."""
LEAST_PRECISION = 0.98
"""Of what is accepted; below it the bench fails."""


def _settings() -> Any:
    from orchestration.settings import Settings

    return Settings.from_env()


def register(scale: float) -> None:
    """Make up the enterprises and their former names."""
    from orchestration.simulation import identifiers, words
    from orchestration.simulation.chance import stream
    from orchestration.simulation.places import SECTION_WEIGHTS, load_places

    settings, count = _settings(), int(ENTERPRISES * scale)
    rng = stream(20, "bench/web")
    places = load_places(settings)
    place = rng.choice(len(places.code), count, p=places.weight)
    share = np.array(list(SECTION_WEIGHTS.values()), dtype=float)
    section = np.array(list(SECTION_WEIGHTS))[rng.choice(len(share), count, p=share / share.sum())]
    form = words.choose(list(FORMS), rng.integers(0, len(FORMS), count))
    name, former = words.company_names(rng, places.city.gather(place), section, form)
    serial = np.arange(count)
    base = pl.DataFrame(
        {
            "enterprise_id": identifiers.uscc(serial, np.full(count, ord("1")), places.code[place]),
            "name": name,
            "former": pl.DataFrame({"n": former, "k": rng.random(count) < RENAMED}).select(pl.when("k").then("n"))["n"],
            "address": words.addresses(serial, places.text.gather(place)),
            "district_code": pl.Series(places.code[place]).cast(pl.String),
            "section": pl.Series(section),
            "person_id": pl.repeat(None, count, dtype=pl.String, eager=True),
            "alive": pl.Series(rng.random(count) < 0.95),
        }
    )
    base.write_parquet(settings.home / "register.parquet")


def names() -> None:
    """Names of the month by the real code."""
    from orchestration.resolution.names import enterprise_table, name_table
    from orchestration.resolution.policy import load_policy
    from orchestration.resolution.store import Partition

    settings = _settings()
    base = pl.read_parquet(settings.home / "register.parquet")
    enterprises = enterprise_table(base.drop("former"), settings)
    former = base.select("enterprise_id", name="former").drop_nulls()
    table = name_table(enterprises, former, settings, load_policy(settings, MONTH))
    Partition(settings, "names", MONTH).replace({"enterprises": enterprises, "names": table}, {})


def build() -> None:
    """The automaton of all spellings."""
    from orchestration.resolution.store import Partition
    from orchestration.web.match import automaton

    automaton.keep(Partition(_settings(), "names", MONTH).folder)


def texts(scale: float) -> None:
    """Make up the texts, in files of ``CHUNK``."""
    from orchestration.resolution.names import read_names
    from orchestration.settings import region_names
    from orchestration.simulation.web.many import texts as many

    settings = _settings()
    month = read_names(settings, MONTH)
    known = month.names.select("enterprise_id", "name", "style")
    cities = {code: name.split("市")[0] for code, name in region_names(settings).items()}
    placed = known.filter(pl.col("style") == "core").join(
        month.enterprises.select("enterprise_id", city=pl.col("region_code").replace_strict(cities)), on="enterprise_id"
    )
    placed = placed.select("enterprise_id", name=pl.col("city") + pl.col("name"), style=pl.lit("place_core"))
    known = pl.concat([known, placed]).with_columns(name_kind="style")
    size = min(known.height, 400_000)
    used = pl.concat(
        own.sample(int(size * share), seed=20, with_replacement=True)
        for style, share in MIX.items()
        if (own := known.filter(pl.col("style") == style).drop("style")).height
    )
    folder = settings.home / "texts"
    folder.mkdir()
    for number, frame in enumerate(many(used, int(TEXTS * scale), 20, CHUNK)):
        frame.write_parquet(folder / f"{number:05d}.parquet")


def worker(number: int) -> dict[str, Any]:
    """Match every ``WORKERS``-th file; seconds of the parts, and counts against the truth."""
    from orchestration.web.match.matcher import Matcher

    started = time.perf_counter()
    settings = _settings()
    matcher = Matcher.of_month(settings, MONTH)
    loaded, before = time.perf_counter(), time.process_time()
    files = sorted((settings.home / "texts").glob("*.parquet"))[number::WORKERS]
    count, tallies = 0, []
    for file in files:
        for batch in pl.read_parquet(file).iter_slices(BATCH):
            tallies.append(tally(matcher.match(batch), batch))
            count += batch.height
    counted = pl.concat(tallies or [tally(matcher.match(_no_texts()), _no_texts())])
    return {
        "load": loaded - started,
        "begin": loaded,
        "cpu": time.process_time() - before,
        "end": time.perf_counter(),
        "texts": count,
        "kinds": counted.group_by("kind").sum().sort("kind").to_dicts(),
    }


def _no_texts() -> pl.DataFrame:
    wanted = ("text_id", "title", "text", "true_enterprise_id", "name_kind")
    return pl.DataFrame(schema=dict.fromkeys(wanted, pl.String))


def tally(found: pl.DataFrame, truth: pl.DataFrame) -> pl.DataFrame:
    """Texts by kind of the name they use: how many, accepted rightly, accepted wrongly, left for review."""
    first = found.filter(pl.col("rank") == 1).unique(["row", "enterprise_id", "band"])
    true = truth.select(
        kind=pl.col("name_kind").fill_null("nobody"),
        own="true_enterprise_id",
        row=pl.int_range(pl.len(), dtype=pl.UInt32),
    )
    seen = first.join(true, on="row", how="inner").with_columns(
        right=(pl.col("enterprise_id") == pl.col("own")).fill_null(False), accepted=pl.col("band") == "accept"
    )
    by_text = seen.group_by("row").agg(
        right=(pl.col("accepted") & pl.col("right")).any(),
        wrong=(pl.col("accepted") & ~pl.col("right")).sum(),
        review=((pl.col("band") == "review") & ~pl.col("accepted")).any(),
    )
    whole = true.join(by_text, on="row", how="left")
    return whole.group_by("kind").agg(
        texts=pl.len().cast(pl.Int64),
        right=pl.col("right").fill_null(False).sum().cast(pl.Int64),
        wrong=pl.col("wrong").fill_null(0).sum().cast(pl.Int64),
        review=(pl.col("review").fill_null(False) & ~pl.col("right").fill_null(False)).sum().cast(pl.Int64),
    )


def run(steps: list[list[str]], environment: dict[str, str]) -> tuple[float, float, list[Any]]:
    """Run steps side by side; wall seconds, peak GB of them together, and what each printed last."""
    from benchmarks.processes import ProcessError
    from benchmarks.processes import run as run_processes

    commands = [[sys.executable, __file__, "--step", *step] for step in steps]
    try:
        ran = run_processes(commands, environment, bound=LONGEST, capture=True)
    except ProcessError as error:
        raise SystemExit(str(error)) from error
    return ran.wall, ran.peak / 1e9, [json.loads(text.splitlines()[-1]) for text in ran.output]


def measure(folder: Path, scale: float) -> dict[str, Any]:
    """All steps at one scale."""
    home = folder / f"{scale:g}"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    environment = os.environ | {"ECR_HOME": str(home), "POLARS_MAX_THREADS": "2"}
    run([["register", str(scale)]], environment)
    taken = {step: run([[step]], environment)[:2] for step in ("names", "build")}
    run([["texts", str(scale)]], environment)
    # one thread of Polars a worker: two workers, two cores
    _, peak, told = run(
        [["worker", str(number)] for number in range(WORKERS)], environment | {"POLARS_MAX_THREADS": "1"}
    )
    kinds = pl.concat(pl.DataFrame(one["kinds"]) for one in told if one["kinds"]).group_by("kind").sum().sort("kind")
    matched = sum(one["texts"] for one in told)
    wall = max(one["end"] for one in told) - min(one["begin"] for one in told)
    right, wrong = int(kinds["right"].sum()), int(kinds["wrong"].sum())
    kept = home / "lake" / "resolution" / "names" / f"month={MONTH}"
    card = json.loads((kept / "automaton.json").read_text(encoding="utf-8"))
    result = {
        "scale": scale,
        "enterprises": int(ENTERPRISES * scale),
        "spellings": card["spellings"],
        "texts": matched,
        "seconds": {
            "names": taken["names"][0],
            "build": taken["build"][0],
            "load": max(one["load"] for one in told),
            "match": wall,
        },
        "texts_a_second": matched / wall,
        "texts_a_cpu_second": matched / sum(one["cpu"] for one in told),
        "peak_gb": {"names": taken["names"][1], "build": taken["build"][1], "match": peak},
        "automaton_mb": (kept / "automaton.bin").stat().st_size / 1e6,
        "precision": right / max(right + wrong, 1),
        "accepted": right + wrong,
        "kinds": kinds.to_dicts(),
    }
    shutil.rmtree(home)
    return result


def report(results: list[dict[str, Any]]) -> str:
    """The results as two tables."""
    from orchestration.table import render

    header = [
        "enterprises", "spellings", "texts", "names s", "build s", "load s", "match s", "texts/s", "texts/CPU s",
        "peak GB build", "peak GB match", "precision",
    ]  # fmt: skip
    rows = [
        [
            one["enterprises"], one["spellings"], one["texts"], *(round(value, 1) for value in one["seconds"].values()),
            round(one["texts_a_second"]), round(one["texts_a_cpu_second"]),
            round(one["peak_gb"]["build"], 2), round(one["peak_gb"]["match"], 2),
            f"{one['precision']:.5f}",
        ]
        for one in results
    ]  # fmt: skip
    kinds = [
        [
            kind["kind"],
            kind["texts"],
            kind["right"],
            kind["wrong"],
            kind["review"],
            f"{kind['right'] / kind['texts']:.3f}",
        ]
        for kind in results[-1]["kinds"]
    ]
    return (
        render(header, rows)
        + "\n\n"
        + render(["name in the text", "texts", "accepted rightly", "wrongly", "review", "recall"], kinds)
    )


def asked_scales(given: str) -> list[float]:
    """The scales to measure; empty where what is asked for is no positive number."""
    if not given:
        return list(SCALES)
    try:
        scale = float(given)
    except ValueError:
        return []
    return [scale] if 0 < scale < float("inf") else []


def main(folder: Path) -> int:
    """Measure the scales, print tables, leave JSON; fails where precision is below the promise."""
    scales = asked_scales(os.environ.get("SCALE", ""))
    if not scales:
        print(
            f"SCALE={os.environ['SCALE']} is no positive number; give the share of Henan, e.g. 0.02.", file=sys.stderr
        )
        return 2
    folder.mkdir(parents=True, exist_ok=True)
    results = []
    for scale in scales:
        results.append(measure(folder, scale))
        (folder / "web.json").write_text(json.dumps(results, indent=1), encoding="utf-8")
        print(f"{scale:g}: {results[-1]['texts_a_second']:,.0f} texts a second", file=sys.stderr, flush=True)
    print(report(results))
    low = [one for one in results if one["precision"] < LEAST_PRECISION]
    if low:
        print(f"Precision {low[0]['precision']:.4f} at scale {low[0]['scale']:g} is below {LEAST_PRECISION}.")
    return 1 if low else 0


if __name__ == "__main__":
    if sys.argv[1] == "--step":
        step, rest = sys.argv[2], sys.argv[3:]
        scaled: dict[str, Callable[[float], None]] = {"register": register, "texts": texts}
        plain: dict[str, Callable[[], None]] = {"names": names, "build": build}
        told: Any = None
        if step in scaled:
            scaled[step](float(rest[0]))
        elif step in plain:
            plain[step]()
        else:
            told = worker(int(rest[0]))
        print(json.dumps(told))
    else:
        sys.exit(main(Path(sys.argv[1])))
