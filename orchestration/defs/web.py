"""The web branch: pages, texts, mentions, judgements, and the signals that enter the walk as feed W01.

Belongs here: turning sources and steps into assets, what a step tells into events on the partition.
Does not belong here: the steps (``orchestration.web``), names and links of records (``resolution``).

Sources are apart from each other: a source whose crawl fails or whose pages cannot be read fails its own check, which
blocks nothing, and what the others found goes on. Where no source is described there is no web branch.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import dagster as dg

from orchestration.defs.feeds import CATEGORY_GROUPS, feed_key
from orchestration.defs.partitions import months
from orchestration.defs.resources import Platform, retried
from orchestration.defs.shown import cut, summary_metadata
from orchestration.defs.translator import OWNER
from orchestration.settings import Settings
from orchestration.web.sources import Source, load_sources

FEED = "w01_web_signals"
ANSWERS = feed_key("s01_match_answers")
NAMES = dg.AssetKey(["resolution", "names"])
COPIES = dg.AssetKey(["web", "copies"])
MENTIONS = dg.AssetKey(["web", "mentions"])
JUDGED = dg.AssetKey(["web", "judged"])
SIGNALS = dg.AssetKey(["web", "signals"])
GROUP = CATEGORY_GROUPS["W01"]
COMPLETE = "complete"


def pages_key(source: str) -> dg.AssetKey:
    """Asset key of the pages of a source."""
    return dg.AssetKey(["web_pages", source])


def texts_key(source: str) -> dg.AssetKey:
    """Asset key of the texts of a source."""
    return dg.AssetKey(["web_texts", source])


@dataclass(frozen=True)
class Step:
    """One step of the branch.

    Attributes:
        key: its asset.
        reads: assets it reads.
        description: for the UI.
        run: does the step for some months, oldest first; gives (month, summary) as each is done.
        guarded: whether its summaries say how it went (``status``, ``sentence``), shown as a check that blocks nothing.
        kinds: for the UI.
        tags: for the UI.
        group: for the UI.
    """

    key: dg.AssetKey
    reads: Sequence[dg.AssetKey]
    description: str
    run: Callable[[Platform, list[str]], Iterable[tuple[str, Any]]]
    guarded: bool = False
    kinds: frozenset[str] = frozenset({"python", "parquet"})
    tags: tuple[tuple[str, str], ...] = (("stage", "web"),)
    group: str = GROUP


def _evaluation(key: dg.AssetKey, month: str, summary: Any) -> dg.AssetCheckEvaluation:
    failed = summary.status == "failed"
    return dg.AssetCheckEvaluation(
        asset_key=key,
        check_name=COMPLETE,
        passed=summary.status == "ok",
        partition=month,
        blocking=False,
        severity=dg.AssetCheckSeverity.ERROR if failed else dg.AssetCheckSeverity.WARN,
        metadata={"status": summary.status},
        description=cut(summary.sentence) if summary.sentence else None,
    )


def build_step(settings: Settings, step: Step) -> dg.AssetsDefinition:
    """The asset of one step, monthly; a range of months is one run of the step."""
    key, name = step.key, step.key.to_python_identifier()
    partitions = months(settings)

    @dg.multi_asset(
        name=name,
        specs=[
            dg.AssetSpec(
                key,
                deps=list(step.reads),
                group_name=step.group,
                description=step.description,
                kinds=set(step.kinds),
                owners=[OWNER],
                tags=dict(step.tags),
            )
        ],
        check_specs=[
            dg.AssetCheckSpec(
                COMPLETE,
                asset=key,
                blocking=False,
                partitions_def=partitions,
                description="完整性: whether the source gave what it should; a failure holds nothing back.",
            )
        ]
        if step.guarded
        else [],
        partitions_def=partitions,
        backfill_policy=dg.BackfillPolicy.single_run(),
        required_resource_keys={"platform"},
        op_tags=dict(step.tags),
    )
    def _step(context: dg.AssetExecutionContext) -> Iterator[Any]:
        given: Platform = context.resources.platform

        def say(line: str) -> None:
            context.log.info(line)
            given.progress(line)

        platform = replace(given, progress=say)
        done: list[tuple[str, Any]] = []
        stopped: Exception | None = None
        with retried(context):
            try:
                done.extend(step.run(platform, sorted(context.partition_keys)))
            except (ValueError, RuntimeError) as error:
                stopped = error
        if step.guarded:
            yield from (_evaluation(key, month, summary) for month, summary in done)
        if stopped:
            for month, summary in done:
                yield dg.AssetMaterialization(key, partition=month, metadata=summary_metadata(summary))
            raise dg.Failure(description=str(stopped), allow_retries=False) from stopped
        for month, summary in done:
            context.add_asset_metadata(summary_metadata(summary), asset_key=key, partition_key=month)
        yield dg.Output(None, name)
        if step.guarded:
            yield dg.Output(None, f"{name}_{COMPLETE}")

    return _step


def by_month(call: Callable[[Platform, str], Any]) -> Callable[[Platform, list[str]], Iterable[tuple[str, Any]]]:
    """A step that does one month after the other."""
    return lambda platform, wanted: ((month, call(platform, month)) for month in wanted)


def _described(source: Source) -> str:
    return "\n\n".join(
        [
            f"**{source.title_zh}** · {source.title_en}",
            f"Owner: {source.owner}. Legal basis: {source.legal_basis}. Crawled {source.frequency}, robots.txt obeyed.",
            f"Described in `data/web/sources/{source.name}.yml`; archived in `lake/web/archive/{source.name}/`.",
        ]
    )


def _source_steps(source: Source) -> list[Step]:
    """Pages and texts of one source."""
    name, tags = source.name, (("stage", "web"), ("topic", source.topic.lower()))

    def crawl(platform: Platform, wanted: list[str]) -> Iterable[tuple[str, Any]]:
        return [(one.month, one) for one in platform.crawl(platform.settings, source, wanted, platform.progress)]

    return [
        Step(
            pages_key(name),
            (),
            _described(source),
            crawl,
            guarded=True,
            kinds=frozenset({"scrapy", "parquet"}),
            tags=tags,
        ),
        Step(
            texts_key(name),
            (pages_key(name),),
            f"**正文提取** · Title, text and date of the pages of {source.title_en}; what could not be read is listed "
            "with its reason.",
            by_month(
                lambda platform, month: platform.extract(
                    platform.settings, name, month, platform.progress, topic=source.topic
                )
            ),
            guarded=True,
            tags=tags,
        ),
    ]


def _shared_steps(sources: Sequence[Source]) -> list[Step]:
    """What is made of the texts of all sources."""
    texts = tuple(texts_key(source.name) for source in sources)
    return [
        Step(
            COPIES,
            texts,
            "**转载去重** · Which texts repeat an older one, over all sources.",
            by_month(lambda platform, month: platform.copies(platform.settings, month, platform.progress)),
        ),
        Step(
            MENTIONS,
            (*texts, COPIES, NAMES, ANSWERS),
            "**主体匹配** · Which enterprises the texts name: by code, full, former or short name, with what supports "
            "it; three bands, and the queue of what a person should decide.",
            by_month(lambda platform, month: platform.match(platform.settings, month, platform.progress)),
        ),
        Step(
            JUDGED,
            (*texts, MENTIONS),
            "**舆情研判** · Topic and polarity of each text, by the model in force; where a text names several "
            "enterprises, polarity is read from the sentences about each.",
            by_month(lambda platform, month: platform.judge(platform.settings, month, platform.progress)),
        ),
        Step(
            SIGNALS,
            (COPIES, MENTIONS, JUDGED, *texts),
            "**互联网信号交付** · Texts, mentions and judgements as a delivery of the feed w01_web_signals, which then "
            "walks like every other.",
            by_month(lambda platform, month: platform.signals(platform.settings, month, platform.progress)),
        ),
    ]


@dataclass(frozen=True)
class Web:
    """The web branch of a jurisdiction.

    Attributes:
        sources: the described sources; without any, the rest is empty.
        pages: the crawls.
        rest: from texts to signals.
    """

    sources: tuple[Source, ...]
    pages: tuple[dg.AssetsDefinition, ...]
    rest: tuple[dg.AssetsDefinition, ...]

    @property
    def made_of(self) -> dict[str, list[dg.AssetKey]]:
        """Feed -> assets that write its deliveries."""
        return {FEED: [SIGNALS]} if self.sources else {}

    @property
    def assets(self) -> list[dg.AssetsDefinition]:
        """All assets of the branch."""
        return [*self.pages, *self.rest]


def build_web(settings: Settings) -> Web:
    """The assets of the web branch; none where no source is described.

    Raises:
        SourceError: a source's file cannot be used.
    """
    sources = tuple(load_sources(settings).values())
    if not sources:
        return Web((), (), ())
    steps = [step for source in sources for step in _source_steps(source)]
    pages = tuple(build_step(settings, step) for step in steps if step.key.path[0] == "web_pages")
    texts = tuple(build_step(settings, step) for step in steps if step.key.path[0] == "web_texts")
    return Web(sources, pages, (*texts, *(build_step(settings, step) for step in _shared_steps(sources))))
