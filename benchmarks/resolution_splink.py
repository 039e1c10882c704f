"""Splink on the rows that ``resolution.py`` prepares; run by it in an interpreter that has Splink.

    python benchmarks/resolution_splink.py mentions.parquet names.parquet result.parquet

Link-only, DuckDB backend. Compared: the name as spelt (exact, Jaro-Winkler), brand and trade (exact, one or two edits),
the city in the name, the district and city of the row, street and number, the legal representative's hash. Chances u
from random pairs, m by expectation maximisation, as Splink's guide advises. Of each mention the best enterprise is
kept. Prints one line of JSON: version, seconds, pairs.
"""

from __future__ import annotations

import json
import sys
import time

import duckdb
import splink
import splink.comparison_level_library as level
import splink.comparison_library as compare
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

COLUMNS = "unique_id, key, core, brand, city, seat, seat_city, street_key, person_id"
SEAT = compare.CustomComparison(
    output_column_name="seat",
    comparison_levels=[
        level.NullLevel("seat"),
        level.ExactMatchLevel("seat"),
        level.ExactMatchLevel("seat_city"),
        level.ElseLevel(),
    ],
)


def main(mention_file: str, name_file: str, result: str) -> None:
    """Link, keep the best enterprise of each mention, print what it cost."""
    began = time.monotonic()
    connection = duckdb.connect(config={"memory_limit": "2GB", "threads": 2})
    api = DuckDBAPI(connection=connection)
    mentions = connection.execute(f"SELECT {COLUMNS} FROM read_parquet(?)", [mention_file]).to_arrow_table()
    names = connection.execute(f"SELECT {COLUMNS} FROM read_parquet(?)", [name_file]).to_arrow_table()
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[
            compare.JaroWinklerAtThresholds("key", [0.95, 0.88]),
            compare.LevenshteinAtThresholds("core", [1, 2]),
            compare.ExactMatch("city"),
            SEAT,
            compare.ExactMatch("street_key"),
            compare.ExactMatch("person_id"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("key"),
            block_on("core"),
            block_on("brand", "city"),
            block_on("street_key", "seat_city"),
            block_on("person_id"),
            block_on("substr(core, 1, 2)", "city"),
            block_on("substr(core, 3)", "city"),
        ],
        retain_matching_columns=False,
    )
    linker = Linker(
        [api.register(mentions, dataset_display_name="mentions"), api.register(names, dataset_display_name="names")],
        settings,
        log_level=40,
    )
    linker.training.estimate_probability_two_random_records_match([block_on("key")], recall=0.6)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=7)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("core", "city"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("person_id"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("street_key", "seat_city"))
    pairs = linker.inference.predict(threshold_match_probability=0.1).as_duckdbpyrelation()
    connection.register("pairs", pairs.to_arrow_table())
    connection.execute(
        "CREATE TABLE best AS SELECT p.unique_id_l AS mention_id, n.enterprise_id, "
        "max(p.match_probability) AS probability "
        "FROM pairs AS p JOIN read_parquet(?) AS n ON n.unique_id = p.unique_id_r GROUP BY 1, 2",
        [name_file],
    )
    connection.execute(
        "COPY (SELECT * FROM best QUALIFY row_number() OVER (PARTITION BY mention_id ORDER BY probability DESC, "
        f"enterprise_id) = 1) TO '{result}' (FORMAT parquet)"
    )
    counted = connection.execute("SELECT count(*) FROM pairs").fetchone()
    seconds = round(time.monotonic() - began, 1)
    print(json.dumps({"version": splink.__version__, "seconds": seconds, "pairs": counted[0] if counted else 0}))


if __name__ == "__main__":
    main(*sys.argv[1:])
