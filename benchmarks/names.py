"""How well a brand finds its company's legal name, on real pairs that are not part of the repository.

    ECR_REAL_DATA=/folder python benchmarks/names.py

Reads ``names/brand_to_legal_name.csv`` (columns brand, legal_name). Every brand ranks all legal names. Printed: right
name first and within five, with 95 % intervals, for the nearest by character 1- and 2-grams (tf-idf, cosine) and for
``resolution.candidates``. Its weights were chosen on the half ``chosen on`` (hash of the brand); the other half has not
been looked at for that.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import numpy as np
import polars as pl
from sklearn.feature_extraction.text import TfidfVectorizer

from orchestration.evaluation.measures import wilson
from orchestration.resolution.candidates import Nearest
from orchestration.settings import Settings
from orchestration.table import render

FILE = Path("names") / "brand_to_legal_name.csv"


def plain(names: pl.Series, queries: pl.Series, k: int) -> pl.DataFrame:
    """Nearest by character n-grams of the names as they are: what there is to beat."""
    vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 2))
    texts = vectors.fit_transform(names.to_list())
    likeness = (vectors.transform(queries.to_list()) @ texts.T).toarray()
    best = np.argsort(-likeness, axis=1, kind="stable")[:, :k]
    return pl.DataFrame(
        {
            "query": np.repeat(np.arange(queries.len(), dtype=np.uint32), k),
            "candidate": best.ravel().astype(np.uint32),
            "rank": np.tile(np.arange(1, k + 1), queries.len()),
        }
    )


def rates(pairs: pl.DataFrame, found: pl.DataFrame) -> list[list[object]]:
    """Right first and within five: for the half on which weights were chosen, the other, and all."""
    chosen = np.array([hashlib.sha256(brand.encode()).digest()[0] % 2 == 0 for brand in pairs["brand"]])
    right = found.filter(pairs["legal_name"].gather(found["candidate"]) == pairs["legal_name"].gather(found["query"]))
    best = right.group_by("query").agg(pl.col("rank").min())
    rows: list[list[object]] = []
    for half, among in (("chosen on", chosen), ("held out", ~chosen), ("all", np.ones(len(chosen), dtype=bool))):
        own = best.filter(pl.Series(among[best["query"].to_numpy()]))
        row: list[object] = [half, int(among.sum())]
        for most in (1, 5):
            rate = wilson(own.filter(pl.col("rank") <= most).height, int(among.sum()))
            row.append(f"{rate.value:.4f} ({rate.lower:.4f} to {rate.upper:.4f})")
        rows.append(row)
    return rows


def measure(folder: Path) -> dict[str, list[list[object]]]:
    """Rates of both rankings."""
    pairs = pl.read_csv(folder / FILE, infer_schema=False).select("brand", "legal_name")
    ours = Nearest.of(pairs["legal_name"], Settings.from_env()).nearest(pairs["brand"], 5)
    return {
        "character n-grams": rates(pairs, plain(pairs["legal_name"], pairs["brand"], 5)),
        "parts of names": rates(pairs, ours),
    }


def main() -> int:
    """Print the table; without the real pairs one sentence says so."""
    folder = Path(os.environ.get("ECR_REAL_DATA", ""))
    if not os.environ.get("ECR_REAL_DATA") or not (folder / FILE).is_file():
        print(f"Set ECR_REAL_DATA to a folder that holds {FILE}; the real pairs are not part of the repository.")
        return 1
    rows = [[way, *row] for way, found in measure(folder).items() for row in found]
    print(render(["ranking", "half", "brands", "right first", "within five"], rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
