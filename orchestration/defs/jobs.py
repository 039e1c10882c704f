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
        crawl: pages of the web sources; None where there is none.
        signals: names of the province, links of records without a code, and the web signals up to their feed.
        month: raw feeds, web signals, links of records and dbt up to the scores, for one month or a range in one run.
        classify: the classes of months x regions and the views that people read.
        effect: outcomes of visits, effect and fairness of months.
        learn: points learned from the outcomes known by the end of a month.
        watch: whether what was learned still holds.
        draw: the inspections of the next month, drawn from the classes of a month; a person starts it.
        publish_draw: seals what was drawn; a person starts it.
        freshness: whether every partition exists by its due day.
        maintain: the lake and the history kept small.
    """

    ingest: dg.JobDefinition
    crawl: dg.JobDefinition | None
    signals: dg.JobDefinition
    month: dg.JobDefinition
    classify: dg.JobDefinition
    effect: dg.JobDefinition
    learn: dg.JobDefinition
    watch: dg.JobDefinition
    draw: dg.JobDefinition
    publish_draw: dg.JobDefinition
    freshness: dg.JobDefinition
    maintain: dg.JobDefinition

    def all(self) -> list[dg.JobDefinition]:
        """All jobs."""
        walk = [self.ingest, self.crawl, self.signals, self.month, self.classify]
        inspect = [self.effect, self.learn, self.watch, self.draw, self.publish_draw]
        return [job for job in (*walk, *inspect, self.freshness, self.maintain) if job is not None]


def build_jobs(
    *,
    feeds: Sequence[dg.AssetsDefinition],
    between: Sequence[dg.AssetsDefinition],
    made: Sequence[dg.AssetKey],
    pages: Sequence[dg.AssetsDefinition],
    warehouse: dg.AssetsDefinition,
    published: dg.AssetsDefinition,
    effect: Sequence[dg.AssetsDefinition],
    learning: Sequence[dg.AssetsDefinition],
    freshness: dg.AssetChecksDefinition,
    inspection: Sequence[dg.AssetsDefinition],
    maintenance: Sequence[dg.AssetsDefinition],
) -> Jobs:
    """The jobs over the given assets.

    Args:
        feeds: raw feeds.
        between: what is made of feeds and pages before dbt reads it: names, links, web signals.
        made: raw feeds whose deliveries are made by those.
        pages: crawls; a job of their own, because the pages of a past month cannot be fetched any more.
        warehouse: dbt's monthly models.
        published: dbt's views for people.
        effect: outcomes of visits and what is measured on them.
        learning: the scorecard, then the watch over it.
        freshness: the check that partitions exist.
        inspection: the tables of a draw, then the package that publishes it.
        maintenance: upkeep of the lake and of the history.
    """
    raw = dg.AssetSelection.assets(*[key for asset in feeds for key in asset.keys])
    signals = dg.AssetSelection.assets(*[key for asset in between for key in asset.keys], *made)
    crawled = [key for asset in pages for key in asset.keys]
    models = dg.AssetSelection.assets(*warehouse.keys)
    classes = dg.AssetSelection.assets(RISK_CLASS, SPECIALISED_CLASS, COMBINED_CLASS, *published.keys)
    learned, watched = (dg.AssetSelection.assets(*asset.keys) for asset in learning)
    drawn, sealed = (dg.AssetSelection.assets(*asset.keys) for asset in inspection)
    on_time = dg.AssetSelection.checks(*[spec.key for spec in freshness.check_specs])
    return Jobs(
        ingest=dg.define_asset_job(
            "ingest", raw - on_time, description="接收: read, check and publish the deliveries of a month or of many."
        ),
        crawl=dg.define_asset_job(
            "crawl",
            dg.AssetSelection.assets(*crawled),
            description="采集: fetch what the web sources have that is new; run again, it goes on where it was.",
        )
        if crawled
        else None,
        signals=dg.define_asset_job(
            "signals",
            signals - on_time,
            description="信号与关联: names of the province, links of records without a code, texts, mentions and "
            "judgements of pages, and their delivery as a feed.",
        ),
        month=dg.define_asset_job(
            "month",
            (raw | signals | models) - on_time,
            description="月度计算: deliveries, web signals, links of records without a code, staging, indicators and "
            "scores of a month or of many.",
        ),
        classify=dg.define_asset_job(
            "classify",
            classes - on_time,
            description="分类: the classes of months x regions, also of key fields, then the views that people read.",
        ),
        effect=dg.define_asset_job(
            "effect",
            dg.AssetSelection.assets(*[key for asset in effect for key in asset.keys]),
            description="成效与公平: outcomes of visits beside the classes before them, find rates, visits saved, "
            "equal treatment, of a month or of many.",
        ),
        learn=dg.define_asset_job(
            "learn",
            learned,
            description="学习: points learned from outcomes, beside a challenger; a proposal that changes no class.",
        ),
        watch=dg.define_asset_job(
            "watch", watched, description="漂移监测: inputs, scores, calibration and find rate since the last learning."
        ),
        draw=dg.define_asset_job(
            "draw",
            drawn,
            description="双随机抽取: who is inspected in the month after, by whom; drawn again until it is published.",
        ),
        publish_draw=dg.define_asset_job(
            "publish_draw", sealed, description="公布抽取结果: packages of the draws; they are not drawn again."
        ),
        freshness=dg.define_asset_job(
            "freshness", on_time, description="及时性: whether every partition exists by its due day."
        ),
        maintain=dg.define_asset_job(
            "maintain",
            dg.AssetSelection.assets(*[key for asset in maintenance for key in asset.keys]),
            description="维护: merge small files of the lake, forget old snapshots but those of decisions, remove what "
            "nothing needs.",
        ),
    )
