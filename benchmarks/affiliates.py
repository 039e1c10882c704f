"""What the graph of affiliates costs for a province: seconds, peak memory, and the ratio to reading its input once.

    python benchmarks/affiliates.py /some/empty/folder [enterprises]

Makes up holdings, heads and addresses of so many enterprises (default 2,500,000) as raw partitions, at a quarter, half
and all of them, and runs the real models on each as dbt runs them, in a process of its own under 2 GB for DuckDB: the
holdings of control, the hubs, the groups, and the indicators on them, with their tests. The spine is computed before,
not counted. Floor: one pass of DuckDB that reads and hashes every column of the same partitions. Some of what is made
up is there to hurt: a person with 5,000 enterprises, an address with 20,000 and an approved one with as many, a holder
of 5,000, a person holding 5,000, chains of 60, rings of 2, 3 and 300. The heavy ones shrink with the scale, so that
squares would show.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

MONTH = "2026-10"
LIMIT = "2GB"
SCALES = (0.25, 0.5, 1.0)
MODELS = (
    "control_holding",
    "affiliate_hub",
    "control_group",
    "h0202_abnormal_registration",
    "h0601_affiliate_violations",
    "h0602_affiliated_persons",
)
ID = "'91410105MA' || lpad(cast({} as varchar), 8, '0')"
PERSON = "md5(cast({} as varchar))"
DAY = "date '2010-01-01' + cast(hash({}, 1) % 5000 as integer)"

FEEDS: dict[str, str] = {
    # head: most alone, one in eight beside a neighbour, one person with 5,000; address: alike, and two with 20,000
    "c01_base": f"""
        select {ID.format("i")} as enterprise_id, '某某商贸有限公司' || i as enterprise_name, '1130' as entity_type,
            '1' as state, {DAY.format("i")} as established_on,
            cast(hash(i, 2) % 1000 as decimal(18, 4)) as registered_capital,
            case
                when i < $big * 4 then '某区一号大街1号'
                when i < $big * 8 then '某区集群路2号'
                when hash(i, 3) % 10 = 0 then '某区某某街道' || i // 6 || '号'
                else '某区某某街道' || i // 300 || '号' || i % 300 || '室'
            end as address,
            '410105' as district_code, '日用百货销售，技术服务。' as business_scope, 'F' as industry_section,
            '5211' as industry_code,
            case
                when i >= $big * 10 and i < $big * 11 then {PERSON.format("'boss'")}
                else {PERSON.format("case when hash(i, 4) % 8 = 0 then i // 2 * 2 else i end")}
            end as legal_rep_id,
            {DAY.format("i")} as approved_on
        from range($n) as enterprises(i)""",
    "c01_cluster_addresses": """
        select '某区集群路 2号' as address, '410105' as district_code, date '2020-01-01' as approved_on""",
    # the head and a partner; one in ten owned by an earlier enterprise; chains, rings, and holders of very many
    "c01_shareholders": f"""
        select {ID.format("i")} as enterprise_id, holder_kind, holder_id, cast(share as double) as share,
            {DAY.format("i")} as contributed_on
        from (
            select i, '1' as holder_kind, {PERSON.format("i")} as holder_id, 0.3 as share
            from range($n) as a(i) where i >= $knots
            union all
            select i, '1', case when i < $knots + $big then {PERSON.format("'holder'")} else {PERSON.format("-i")} end,
                0.3
            from range($n) as b(i) where i >= $knots
            union all
            select i, '2', {ID.format("cast(hash(i, 5) % i as bigint)")}, 0.4
            from range($n) as c(i) where i >= $knots + 2 * $big and hash(i, 6) % 10 = 0
            union all
            select i, '2', {ID.format("$knots")}, 0.4 from range($knots + $big, $knots + 2 * $big) as d(i)
            union all
            select i, '2', {ID.format("i - 1")}, 1.0 from range($chained) as e(i) where i % 61 > 0
            union all
            select i, '2', {ID.format("case when i % 2 = 0 then i + 1 else i - 1 end")}, 0.5
            from range($chained, $chained + $ringed) as f(i)
            union all
            select i, '2', {ID.format("case when i % 3 = 0 then i + 2 else i - 1 end")}, 0.5
            from range(($chained + $ringed) // 3 * 3 + 3, ($chained + 2 * $ringed) // 3 * 3) as g(i)
            union all
            select i, '2', {ID.format("case when i % 300 = 0 then i + 299 else i - 1 end")}, 0.5
            from range($knots - 1200, $knots) as h(i)
        ) as holdings""",
    "c01_persons": f"""
        select {ID.format("i")} as enterprise_id, {PERSON.format("i + 10000000")} as person_id, '02' as position,
            {DAY.format("i")} as appointed_on
        from range($n) as persons(i)""",
    "c01_revocations": f"""
        select {ID.format("i")} as enterprise_id, date '2022-01-01' + cast(hash(i, 7) % 1500 as integer) as revoked_on,
            {PERSON.format("i")} as legal_rep_id
        from range($n) as revoked(i) where hash(i, 8) % 200 = 0""",
    "c01_deregistrations": f"""
        select {ID.format("i")} as enterprise_id,
            date '2022-01-01' + cast(hash(i, 7) % 1500 as integer) as deregistered_on
        from range($n) as gone(i) where i >= $knots and hash(i, 9) % 50 = 0""",
    "c04_abnormal_list": f"""
        select {ID.format("i")} as enterprise_id, '1' as ground, {DAY.format("i")} + 3600 as listed_on
        from range($n) as listed(i) where hash(i, 10) % 20 = 0""",
    "c05_serious_lists": f"""
        select {ID.format("i")} as enterprise_id, 'FOOD' as list_field, {DAY.format("i")} + 3600 as listed_on
        from range($n) as listed(i) where hash(i, 11) % 500 = 0""",
    "c06_penalties": f"""
        select {ID.format("i")} as enterprise_id, '1' as subject_kind, cast(i as varchar) as document_no,
            '2' as penalty_kind, 1.0 as fine, {DAY.format("i")} + 1100 as decided_on
        from range($n) as penalised(i) where hash(i, 12) % 30 = 0""",
    "c10_defaulters": f"""
        select '1' as subject_kind, {ID.format("i")} as enterprise_id, cast(i as varchar) as case_no,
            date '2025-01-01' as published_on
        from range($n) as defaulters(i) where hash(i, 13) % 200 = 0""",
}


def synthesise(enterprises: int, scale: float) -> None:
    """Write the raw partitions and their manifests."""
    from orchestration.lake import prepare, quote, scratch
    from orchestration.settings import Settings

    settings = Settings.from_env()
    prepare(settings)
    count, big = int(enterprises * scale), int(5000 * scale * enterprises / 2_500_000)
    chained, ringed = count // 250, count // 1000
    knots = (chained + 2 * ringed) // 300 * 300 + 1800
    values = {"knots": knots, "chained": chained, "ringed": ringed // 2 * 2, "big": big, "n": count}
    values["chained"] = chained // 122 * 122
    with scratch(settings) as connection:
        connection.execute("SET threads = 2")
        for feed, template in FEEDS.items():
            sql = template
            for name, value in values.items():
                sql = sql.replace(f"${name}", str(value))
            folder = settings.raw / feed / f"month={MONTH}"
            folder.mkdir(parents=True, exist_ok=True)
            connection.execute(
                f"COPY (SELECT *, '{MONTH}' AS received_month, 'made_up' AS delivery_id, "
                f"row_number() OVER () AS row_no FROM ({sql})) TO {quote(folder / 'accepted.parquet')} (FORMAT parquet)"
            )
            manifest = {"feed": feed, "month": MONTH, "status": "accepted", "delivered": 1, "supersedes": []}
            (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def spine() -> None:
    """Compute the enterprises of the month."""
    from orchestration.settings import Settings
    from orchestration.warehouse.dbt import build_month

    build_month(Settings.from_env(), MONTH, "enterprise")


def models() -> dict[str, float]:
    """Compute the graph and what stands on it; returns the seconds of each model and test."""
    from orchestration.settings import Settings
    from orchestration.warehouse.dbt import build_month

    built = build_month(Settings.from_env(), MONTH, " ".join(MODELS))
    rows = {f"rows of {node.name}": float(node.rows) for node in built.nodes if node.rows}
    return {f"{node.kind} {node.name}": round(node.seconds, 2) for node in built.nodes if node.seconds > 0.2} | rows


def floor() -> None:
    """Read and hash every column of every partition once."""
    from orchestration.lake import quote, scratch
    from orchestration.settings import Settings

    settings = Settings.from_env()
    with scratch(settings) as connection:
        for feed in FEEDS:
            path = quote(settings.raw / feed / f"month={MONTH}" / "accepted.parquet")
            columns = [row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {path}").fetchall()]
            connection.execute(f"SELECT bit_xor(hash({', '.join(columns)})) FROM {path}").fetchall()


def child(step: str, enterprises: int, scale: float) -> None:
    """Run one step and print what it took."""
    started = time.perf_counter()
    steps = {"spine": spine, "models": models, "floor": floor}
    parts = synthesise(enterprises, scale) if step == "synthesise" else steps[step]()
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {
                "wall": time.perf_counter() - started,
                "cpu": used.ru_utime + used.ru_stime,
                "peak_gb": used.ru_maxrss / 1e6,
                "parts": parts,
            }
        )
    )


def main(folder: Path, enterprises: int) -> int:
    """Measure every scale and print a table."""
    print("enterprises       wall s    CPU s  peak GB  floor wall s  ratio wall  ratio CPU")
    for scale in SCALES:
        home = folder / str(scale)
        shutil.rmtree(home, ignore_errors=True)
        environment = os.environ | {"ECR_HOME": str(home), "ECR_MEMORY_LIMIT": LIMIT}
        taken = {}
        for step in ("synthesise", "spine", "models", "floor"):
            command = [sys.executable, __file__, "--step", step, str(enterprises), str(scale)]
            done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
            taken[step] = json.loads(done.stdout.splitlines()[-1])
        work, least = taken["models"], taken["floor"]
        print(
            f"{int(enterprises * scale):>11,}  {work['wall']:>11.1f}  {work['cpu']:>7.1f}  {work['peak_gb']:>7.2f}"
            f"  {least['wall']:>12.2f}  {work['wall'] / least['wall']:>10.1f}  {work['cpu'] / least['cpu']:>9.1f}"
        )
        for name, value in work["parts"].items():
            print(f"{'':13}{value:>11,.1f}  {name}")
    return 0


if __name__ == "__main__":
    if sys.argv[1] == "--step":
        child(sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
    else:
        sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 2_500_000))
