"""Writes the staging models and sources of dbt from the feed contracts.

Belongs here: text of ``dbt_project/models/sources.yml``, ``models/staging/<category>/stg_<feed>.{sql,yml}`` and
``models/staging/replaced_by_name.sql``.
Does not belong here: what "as known" means (macro ``as_known``), the contracts themselves.

    python -m orchestration.warehouse.staging           write what is stale
    python -m orchestration.warehouse.staging --check   only say what is stale; exit status 1 if anything is
"""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

from orchestration.feeds.contract import Contract, all_feeds, load_contract
from orchestration.settings import PROJECT, Settings

DBT_PROJECT = PROJECT / "dbt_project"
GENERATED = "Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit."

OPEN, CLOSE = "{{ '{{' }}", "{{ '}}' }}"
"""One brace each in SQL: Jinja writes two, of which dbt-duckdb's formatting of the location leaves one."""

REFERENCE = {
    "districts": "Districts (GB/T 2260) and the prefecture-level region of each; retired codes name their heir.",
    "entity_type_groups": "Group of each entity type: state, foreign, limited, sole, individual, branch and so on.",
    "industry_risk": "Governed list: GB/T 4754 prefix to inherent risk (general, licensed, key, declared), with dates.",
    "exchange_rates": "Yuan per unit of a currency, by the day from which the rate is used.",
}
"""Reference tables that models read, and what they hold."""


def _quoted(text: str) -> str:
    return yaml.safe_dump(text, allow_unicode=True, width=10_000, default_style='"').strip()


def model_sql(contract: Contract) -> str:
    """The staging model of one feed."""
    columns = ",\n        ".join(f'"{column.name}"' for column in contract.columns)
    record = ", ".join(f'"{name}"' for name in contract.record_key)
    decisions = f",\n    record_key=[{record}]"
    if contract.repair_ref:
        decisions += f',\n    repair_ref="{contract.repair_ref}"'
    if contract.objections:
        decisions += ",\n    objections=true"
    if contract.name_sql:
        decisions += f',\n    name="{contract.name_sql}"'
        decisions += f",\n    coded={str(contract.column('enterprise_id').required).lower()}"
    return (
        f"-- {GENERATED}\n"
        f"-- {contract.title_zh} / {contract.title_en}\n"
        f'{{{{ as_known(\n    "{contract.feed}",\n    columns=[\n        {columns}\n    ]'
        f"{decisions}\n) }}}}\n"
    )


def replaced_by_name_sql(contracts: list[Contract]) -> str:
    """The model of replaced rows of all feeds whose rows may be found by name."""
    parts = []
    for contract in contracts:
        if contract.name_sql:
            keys = ", ".join(f'"{name}"' for name in contract.key)
            arguments = f'    "{contract.feed}",\n    key=[{keys}],\n    name="{contract.name_sql}"\n'
            parts.append(f"{{{{ replaced_by_name(\n{arguments}) }}}}\n")
    return (
        f"-- {GENERATED}\n"
        "-- Rows that do not stand because of a row without a code, or that have none themselves; feeds with resolve.\n"
        '{{ config(materialized="plain_table") }}\n' + "union all\n".join(parts)
    )


def model_yaml(contract: Contract) -> str:
    """Description, key and columns of the staging model of one feed."""
    lines = [
        f"# {GENERATED}",
        "version: 2",
        "models:",
        f"  - name: stg_{contract.feed}",
        "    description: "
        + _quoted(
            f"{contract.title_zh} / {contract.title_en}: rows of feed {contract.feed} as known at the end of the month "
            f"in force, one per {', '.join(contract.key)} (latest received). Sent by {contract.owner}."
        ),
        f"    config: {{meta: {{feed: {contract.feed}, category: {contract.category}, owner: {contract.owner}}}}}",
        "    columns:",
    ]
    for column in contract.columns:
        unit = {"wan_yuan": " (万元, 10,000 yuan)"}.get(column.unit or "", "")
        lines += [
            f"      - name: {column.name}",
            f"        data_type: {column.sql_type.lower()}",
            "        description: " + _quoted(f"{column.zh} {column.national}: {column.doc}{unit}."),
        ]
    lines += [
        "      - name: received_month",
        "        data_type: varchar",
        "        description: Month in which the row was received.",
        "      - name: record_id",
        "        data_type: varchar",
        "        description: Which delivered row this is, as delivery_id:row_no.",
        "      - name: record_key",
        "        data_type: varchar",
        f"        description: Names the record of an enterprise for people, {' | '.join(contract.record_key)}.",
    ]
    if contract.resolve:
        lines += [
            "      - name: link_confidence",
            "        data_type: double",
            "        description: Confidence of the enterprise found by name, 0 to 1; null for a row with a code.",
        ]
    if contract.repair_ref:
        lines += [
            "      - name: repaired_on",
            "        data_type: date",
            "        description: Day on which credit repair (信用修复) was decided, if by the end of the month.",
        ]
    if contract.objections:
        lines += [
            "      - name: review_since",
            "        data_type: date",
            "        description: Day of an objection (异议) under review at the end of the month.",
        ]
    return "\n".join(lines) + "\n"


def sources_yaml(contracts: list[Contract]) -> str:
    """All sources: raw feeds, their manifests, links, reference tables, and the decided classes."""
    home = "{{ env_var('ECR_HOME', '') }}"
    reference = "{{ env_var('ECR_REFERENCE_DIR', '') }}"
    lines = [
        f"# {GENERATED}",
        "version: 2",
        "sources:",
        "  - name: raw",
        "    description: Accepted rows of each feed, Parquet, one folder per received month.",
        "    database: memory",
        "    schema: raw",
        "    config:",
        "      meta:",
        "        external_location: "
        + _quoted(
            f"read_parquet('{home}/lake/raw/{{name}}/*/accepted.parquet', "
            "union_by_name = true, hive_partitioning = false)"
        ),
        "    tables:",
        "      - name: feed_month",
        "        description: Manifests of all raw partitions, status and row accounting by feed and received month.",
        "        config:",
        "          meta:",
        "            external_location: "
        + _quoted(
            f"read_json('{home}/lake/raw/*/*/manifest.json', format = 'auto', columns = {OPEN}'feed': 'VARCHAR', "
            f"'month': 'VARCHAR', 'status': 'VARCHAR', 'delivered': 'BIGINT', 'supersedes': 'VARCHAR[]'{CLOSE})"
        ),
    ]
    lines += [
        "      - name: replaced",
        "        description: Rows that a row of a later month with the same key has replaced, by feed and that month.",
        "        config:",
        "          meta:",
        "            external_location: "
        + _quoted(
            f"read_parquet('{home}/lake/standing/*/replaced.parquet', hive_partitioning = true, "
            "hive_types_autocast = false)"
        ),
    ]
    for contract in contracts:
        lines += [
            f"      - name: {contract.feed}",
            "        description: " + _quoted(f"{contract.title_zh} / {contract.title_en}, sent by {contract.owner}."),
        ]
    lines += [
        "  - name: resolution",
        "    description: Enterprises found by name for rows without a code, decided by orchestration.resolution.",
        "    database: memory",
        "    schema: resolution",
        "    config:",
        "      meta:",
        "        external_location: "
        + _quoted(
            f"read_parquet('{home}/lake/resolution/{{name}}/month=*/{{name}}.parquet', "
            "union_by_name = true, hive_partitioning = false)"
        ),
        "    tables:",
        "      - name: links",
        "        description: One row per decision about a raw row, by the month of the decision.",
        "  - name: reference",
        "    description: Governed lists of the jurisdiction in force, with the canonical ones where it has none.",
        "    database: memory",
        "    schema: reference",
        "    config:",
        "      meta:",
        "        external_location: "
        + _quoted(f"read_csv('{reference}/{{name}}.csv', header = true, all_varchar = true)"),
        "    tables:",
    ]
    for name, description in REFERENCE.items():
        lines += [f"      - name: {name}", f"        description: {_quoted(description)}"]
    lines += [
        "  - name: risk",
        "    description: What the classification decided, written by orchestration.risk.",
        "    database: lake",
        "    schema: main",
        "    tables:",
        "      - name: risk_class",
        "        description: Class per enterprise and month, with reason, rules applied and catalogue version.",
        "      - name: specialised_class",
        "        description: Class by its specialised score per member of a key field (重点领域) and month.",
        "      - name: combined_class",
        "        description: Class, tier of supervision and visits per member of a key field and month.",
        "  - name: effect",
        "    description: What inspections found and what that says, written by orchestration.effect.",
        "    database: lake",
        "    schema: main",
        "    tables:",
        "      - name: inspection_outcome",
        "        description: Visits by the month in which their results became known, with class and draw.",
        "      - name: inspection_effect",
        "        description: Find rates by group of the visits of a window, and of all enterprises.",
        "      - name: inspection_saving",
        "        description: The draws of a window against a random draw of the same size.",
    ]
    return "\n".join(lines) + "\n"


def generated(settings: Settings) -> dict[Path, str]:
    """Every generated file and what it should say.

    Staging is the same in every jurisdiction: it follows the canonical contracts, overlays add no columns.
    """
    canonical = Settings(home=settings.home)
    contracts = [load_contract(canonical, feed) for feed in all_feeds(canonical)]
    files = {
        DBT_PROJECT / "models" / "sources.yml": sources_yaml(contracts),
        DBT_PROJECT / "models" / "staging" / "replaced_by_name.sql": replaced_by_name_sql(contracts),
    }
    for contract in contracts:
        folder = DBT_PROJECT / "models" / "staging" / contract.category.lower()
        files[folder / f"stg_{contract.feed}.sql"] = model_sql(contract)
        files[folder / f"stg_{contract.feed}.yml"] = model_yaml(contract)
    return files


def stale(settings: Settings) -> list[Path]:
    """Generated files that are missing, differ from the contracts, or have no contract any more."""
    files = generated(settings)
    wrong = [path for path, text in files.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    left = [path for path in (DBT_PROJECT / "models" / "staging").rglob("stg_*") if path not in files]
    return sorted(wrong + left)


def main(arguments: list[str]) -> int:
    """Write stale files, or with ``--check`` only name them."""
    settings = Settings.from_env()
    paths = stale(settings)
    if "--check" in arguments:
        for path in paths:
            print(
                f"{path.relative_to(PROJECT)} does not follow data/contracts; "
                "run python -m orchestration.warehouse.staging."
            )
        return 1 if paths else 0
    files = generated(settings)
    for path in paths:
        if path in files:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[path], encoding="utf-8")
        else:
            path.unlink()
        print(f"{'wrote' if path in files else 'removed'} {path.relative_to(PROJECT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
