"""Looking a name up as people write it: the register's newest names, nothing decided."""

from __future__ import annotations

import polars as pl
import pytest

from orchestration.resolution.find import found, main
from orchestration.resolution.names import NamesError, build_names
from orchestration.settings import Settings
from tests.integration.raw_rows import publish
from tests.integration.resolution.test_names_of_a_month import A, B, base


def test_the_likeliest_enterprises_of_the_newest_names(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    publish(settings, "c01_base", "2026-08", [base(A, "郑州旧名达商贸有限公司"), base(B, "郑州华源泰食品有限公司")])
    publish(settings, "c01_base", "2026-09", [base(A, "郑州瑞丰隆商贸有限公司")])
    for month in ("2026-08", "2026-09"):
        build_names(settings, month)
    rows = found(settings, ["华源泰", "瑞丰隆贸易"])
    assert rows.filter(rank=1).select("asked", "enterprise_id").rows() == [("华源泰", B), ("瑞丰隆贸易", A)]
    assert main(["华源泰"]) == 0
    assert B in capsys.readouterr().out
    assert (
        rows.group_by("asked", maintain_order=True).agg(pl.col("likeness").is_sorted(descending=True))["likeness"].all()
    )
    assert main(["ΩΩ"]) == 0
    said = capsys.readouterr().out
    assert "No registered name has a character in common with 'ΩΩ'" in said and "likeness" not in said


def test_without_names_and_without_a_question_it_says_what_to_do(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(NamesError, match="run the asset resolution/names"):
        found(settings, ["华源泰"])
    assert (main(["华源泰"]), main([" "])) == (1, 1)
    said = capsys.readouterr().err
    assert "No names have been made yet" in said and "make find N=" in said
