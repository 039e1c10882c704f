"""What chance may do to a share in a delivery."""

from __future__ import annotations

import pytest

from orchestration.quality.bridge import least_rate


@pytest.mark.parametrize(("mostly", "rows", "least"), [
    (0.98, 1_000_000, 0.97958), (0.98, 1_000, 0.96672), (0.98, 12, 0.75), (0.8, 20, 0.53167),
    (0.3, 5, 0.0), (0.3, 50, 0.10558), (0.98, 3, 0.0), (0.98, 0, 0.0),
])  # fmt: skip
def test_the_smaller_the_delivery_the_more_is_chance(mostly, rows, least):
    assert least_rate(mostly, rows) == pytest.approx(least, abs=1e-5)
