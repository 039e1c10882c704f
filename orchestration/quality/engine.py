"""Great Expectations itself: one context per process, and a suite run on a frame.

Belongs here: how the library is set up and called, and what of it is kept from working in vain.
Does not belong here: which checks are run on what (``bridge``), suites (``suites``), the frame (``frame``).

Great Expectations takes seconds to import, so it is imported on first use, once per process. It runs in an ephemeral
context: nothing is sent anywhere, nothing is written.

Two things are changed while a suite runs, and put back afterwards. Neither touches what is judged. No option of the
library does this; tried with 1.24.

- An expectation makes its ``configuration`` anew each time it is asked, a thousand times for a suite of twelve. It
  is made once for each: a third of the time of a small delivery.
- Every value of a frame is hashed, twice, for a fingerprint in the batch's markers that nobody reads: up to a quarter
  of the time of a large delivery. The bound below which that happens is set to nothing.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

_lock = threading.Lock()


@cache
def engine() -> Any:
    """Class of a suite, the batches of one pandas source, and what gives the class of an expectation by its name."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.expectations.registry import get_expectation_impl

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    asset = context.data_sources.add_pandas("staged").add_dataframe_asset("rows")
    batches = asset.add_batch_definition_whole_dataframe("delivery")
    return gx.ExpectationSuite, batches, get_expectation_impl


def run(frame: pd.DataFrame, checks: list[tuple[str, str, dict[str, Any]]], samples: int) -> Any:
    """Results of the library, one for each check; in an order of its own.

    Args:
        frame: the rows.
        checks: id, type and arguments of each expectation; the id comes back in the result's ``meta``.
        samples: unexpected values that a result may hold.
    """
    with _lock:
        make_suite, batches, implementation = engine()
        expectations = [implementation(kind)(**arguments, meta={"id": name}) for name, kind, arguments in checks]
        suite = make_suite(name="suite", expectations=expectations)
        with unhindered():
            batch = batches.get_batch(batch_parameters={"dataframe": frame})
            judged = batch.validate(
                suite, result_format={"result_format": "BASIC", "partial_unexpected_count": samples}
            )
    return judged.results


@contextmanager
def unhindered() -> Iterator[None]:
    """Within it configurations are made once, and frames are not hashed."""
    from great_expectations.execution_engine import pandas_execution_engine
    from great_expectations.expectations.expectation import Expectation

    made: dict[int, tuple[Any, Any]] = {}
    configuration, bound = Expectation.configuration, pandas_execution_engine.HASH_THRESHOLD

    def once(self: Any) -> Any:
        # the expectation is kept too, so that no other one gets its id
        found = made.get(id(self)) or made.setdefault(id(self), (self, configuration.fget(self)))
        return found[1]

    Expectation.configuration = property(once)
    pandas_execution_engine.HASH_THRESHOLD = 0
    try:
        yield
    finally:
        Expectation.configuration = configuration
        pandas_execution_engine.HASH_THRESHOLD = bound
