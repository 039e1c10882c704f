"""Entity resolution: the names of the province, and the departmental records that lack a code.

Belongs here: the assets of both, and what they read.
Does not belong here: how a name is told from another (``orchestration.resolution``).
"""

import dagster as dg

from orchestration.defs.feeds import feed_key
from orchestration.defs.web import ANSWERS, NAMES, Step, build_step, by_month
from orchestration.feeds.contract import delivered_feeds, load_contract
from orchestration.settings import Settings

LINKS = dg.AssetKey(["resolution", "links"])
NAMED_BY = ("c01_base", "c01_changes", "c01_deregistrations", "c01_persons", "c01_revocations")
"""Feeds from which the names of the province are made."""
GROUP = "resolution"
TAGS = (("stage", "resolution"),)


def build_resolution(settings: Settings) -> list[dg.AssetsDefinition]:
    """``resolution/names`` and ``resolution/links``."""
    feeds = delivered_feeds(settings)
    unnamed = [feed for feed in feeds if load_contract(settings, feed).resolve]
    answers = (ANSWERS,) if ANSWERS.path[-1] in feeds else ()
    return [
        build_step(
            settings,
            Step(
                NAMES,
                tuple(feed_key(feed) for feed in NAMED_BY if feed in feeds),
                "**企业名称索引** · Every name by which the enterprises known at the end of the month go: registered, "
                "former, short.",
                by_month(lambda platform, month: platform.names(platform.settings, month, platform.progress)),
                tags=TAGS,
                group=GROUP,
            ),
        ),
        build_step(
            settings,
            Step(
                LINKS,
                (NAMES, *answers, *(feed_key(feed) for feed in unnamed)),
                "**无代码记录关联** · Departmental records that name an enterprise without its code, and which "
                "enterprise each is about: accepted, left for review, or rejected.",
                by_month(lambda platform, month: platform.resolve(platform.settings, month, platform.progress)),
                tags=TAGS,
                group=GROUP,
            ),
        ),
    ]
