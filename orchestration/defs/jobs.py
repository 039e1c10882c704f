"""Jobs: what a person or a schedule starts.

Belongs here: which assets a job is about.
Does not belong here: when it starts (``schedules``, ``sensors``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import dagster as dg

from orchestration.defs.translator import COMBINED_CLASS, RISK_CLASS, SPECIALISED_CLASS


@dataclass(frozen=True)
class Jobs:
    """The jobs of the walk.

    Attributes:
        ingest: raw feeds only.
        month: raw feeds and dbt up to the scores, for one month or a range in one run.
        classify: the classes of months x regions and the views that people read.
        freshness: whether every partition exists by its due day.
    """

    ingest: dg.JobDefinition
    month: dg.JobDefinition
    classify: dg.JobDefinition
    freshness: dg.JobDefinition

    def all(self) -> list[dg.JobDefinition]:
        """All jobs."""
        return [self.ingest, self.month, self.classify, self.freshness]


def build_jobs(
    feeds: Sequence[dg.AssetsDefinition],
    warehouse: dg.AssetsDefinition,
    published: dg.AssetsDefinition,
    freshness: dg.AssetChecksDefinition,
) -> Jobs:
    """The jobs over the given assets."""
    raw = dg.AssetSelection.assets(*[key for asset in feeds for key in asset.keys])
    models = dg.AssetSelection.assets(*warehouse.keys)
    classes = dg.AssetSelection.assets(RISK_CLASS, SPECIALISED_CLASS, COMBINED_CLASS, *published.keys)
    on_time = dg.AssetSelection.checks(*[spec.key for spec in freshness.check_specs])
    return Jobs(
        ingest=dg.define_asset_job(
            "ingest", raw - on_time, description="接收: read, check and publish the deliveries of a month or of many."
        ),
        month=dg.define_asset_job(
            "month",
            (raw | models) - on_time,
            description="月度计算: deliveries, staging, indicators and scores of a month or of many.",
        ),
        classify=dg.define_asset_job(
            "classify",
            classes - on_time,
            description="分类: the classes of months x regions, also of key fields, then the views that people read.",
        ),
        freshness=dg.define_asset_job(
            "freshness", on_time, description="及时性: whether every partition exists by its due day."
        ),
    )
