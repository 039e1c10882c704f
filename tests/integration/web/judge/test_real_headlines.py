"""The same training on real headlines, which are not part of the repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from orchestration.web.judge.labels import Columns, read_labels
from orchestration.web.judge.train import divide, train


@pytest.fixture
def headlines() -> Path:
    path = Path(os.environ.get("ECR_REAL_DATA") or "none") / "news" / "wind_titles.csv"
    if not path.is_file():
        pytest.skip("real headlines are not here; set ECR_REAL_DATA to the folder that has news/wind_titles.csv")
    return path


@pytest.mark.real
def test_negative_headlines_are_found_in_a_later_time(headlines: Path):
    """Learnt from the earlier four fifths, measured on the later fifth."""
    columns = Columns(polarity="label", day="published_on", spellings={"0": "-1", "1": "1"})
    labelled = read_labels(headlines, columns)
    early, late, _ = divide(labelled)
    assert early["day"].max() < late["day"].min()
    figures = train(labelled, lambda _: None).figures
    assert figures.texts == late.height > 1_000
    assert figures.auc.value >= 0.985
    assert figures.unrepeated is None or figures.unrepeated.value >= 0.985
