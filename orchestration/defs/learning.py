"""Learning: a scorecard from the outcomes known by the end of a month, and whether the last one still holds.

Belongs here: the assets ``scorecard`` and ``drift`` and what a month of them shows.
Does not belong here: learning and watching (``orchestration.learning``). Neither changes a class.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import dagster as dg

from orchestration.defs.failures import ALARM, write_alert
from orchestration.defs.partitions import months
from orchestration.defs.resources import Platform, late, retried
from orchestration.defs.shown import bounded
from orchestration.defs.translator import INSPECTION_OUTCOME, OWNER
from orchestration.settings import Settings

SCORECARD, DRIFT = dg.AssetKey("scorecard"), dg.AssetKey("drift")
SCORE = dg.AssetKey(["scores", "enterprise_score"])
HOLDS = "regime_holds"
_text, _drift_text, _points = (
    late(f"orchestration.learning.{module}", name)
    for module, name in (("report", "text"), ("drift", "text"), ("report", "points_lines"))
)


def scorecard_metadata(learned: Any) -> dict[str, Any]:
    """What a month shows: worth on months it did not know, calibration, points, ids of the models."""
    shown: dict[str, Any] = {
        "visits": dg.MetadataValue.int(learned.rows.frame.height),
        "visits_with_finding": dg.MetadataValue.int(int(learned.rows.frame["label"].sum())),
        "weights_cut": dg.MetadataValue.float(learned.rows.trimmed),
        "report": dg.MetadataValue.md(f"```\n{_text(learned)}\n```"),
        "points": dg.MetadataValue.md("```\n" + "\n".join(_points(learned.card)) + "\n```"),
    }
    for name, tried in learned.tried.items():
        shown |= {
            f"{name}_auc": dg.MetadataValue.float(tried.worth.auc.value),
            f"{name}_riskier_half": dg.MetadataValue.float(tried.worth.half),
            f"{name}_auc_of_all": dg.MetadataValue.float(tried.worth.auc_of_all.value),
            f"{name}_riskier_half_of_all": dg.MetadataValue.float(tried.worth.half_of_all),
            f"{name}_lift": dg.MetadataValue.float(tried.worth.lift),
            f"{name}_brier": dg.MetadataValue.float(tried.before.brier.value),
            f"{name}_calibration_error": dg.MetadataValue.float(tried.before.error.value),
            f"{name}_model": dg.MetadataValue.text(learned.models[name].id),
        }
    return bounded(shown)


def drift_metadata(report: Any) -> dict[str, Any]:
    """What a month shows: every series of it, alarms, and the months before it since the model was learned.

    Findings are in standard errors, all others stability indices.
    """
    from orchestration.learning.drift import OUTCOMES

    month = report.months[-1]
    shown: dict[str, Any] = {
        "model": dg.MetadataValue.text(report.model),
        "alarms": dg.MetadataValue.int(len(report.alarms(month))),
        "report": dg.MetadataValue.md(f"```\n{_drift_text(report)}\n```"),
    }
    for signal in report.signals:
        if signal.month == month:
            findings = signal.series in OUTCOMES
            name = signal.series.replace(" ", "_") if findings else f"psi_{signal.series}"
            shown[name] = dg.MetadataValue.float(round(signal.value, 2 if findings else 4))
    return bounded(shown)


def build_learning(settings: Settings) -> list[dg.AssetsDefinition]:
    """The assets ``scorecard`` and ``drift``."""
    return [
        _asset(
            settings,
            SCORECARD,
            "**评分卡学习** · Points for every band of every indicator, learned from the outcomes known by the end of "
            "the month, beside a boosted challenger; worth month by month on visits it did not know, calibrated, "
            "guarded against leaks, registered under `ECR_HOME/models`. A proposal: it goes live only as a catalogue "
            "that a person puts into force after a shadow run.",
            lambda platform, month: (scorecard_metadata(platform.learn(platform.settings, month)), None),
        ),
        _asset(
            settings,
            DRIFT,
            "**漂移监测** · Inputs, scores, calibration and find rate of the months since the newest scorecard that "
            "was learned before, with limits of a stated chance of false alarms (`data/learning.yml`).",
            lambda platform, month: _watched(platform.drift(platform.settings, month)),
            checks=[
                dg.AssetCheckSpec(
                    HOLDS,
                    asset=DRIFT,
                    description="规律未变: no series of the month is beyond its limit; if one is, learn anew and look "
                    "at what changed.",
                )
            ],
        ),
    ]


def _watched(report: Any) -> tuple[dict[str, Any], list[Any]]:
    return drift_metadata(report), report.alarms(report.months[-1])


def _asset(
    settings: Settings,
    key: dg.AssetKey,
    description: str,
    made: Callable[[Platform, str], tuple[dict[str, Any], Any]],
    *,
    checks: Sequence[dg.AssetCheckSpec] = (),
) -> dg.AssetsDefinition:
    """An asset by month; each month is made by itself, from what was known then."""

    @dg.multi_asset(
        name=key.path[-1],
        specs=[
            dg.AssetSpec(
                key,
                deps=[INSPECTION_OUTCOME, SCORE],
                group_name="learning",
                kinds={"python", "scikitlearn"},
                owners=[OWNER],
                tags={"stage": "learning"},
                description=description,
            )
        ],
        check_specs=list(checks),
        partitions_def=months(settings),
        required_resource_keys={"platform"},
    )
    def learning(context: dg.AssetExecutionContext) -> Iterator[Any]:
        platform: Platform = context.resources.platform
        with retried(context):
            try:
                metadata, alarms = made(platform, context.partition_key)
            except ValueError as error:
                # too few visits, a leak, or a policy that cannot be used: trying again would not help
                raise dg.Failure(description=str(error), allow_retries=False) from error
        context.add_asset_metadata(metadata, asset_key=key, partition_key=context.partition_key)
        yield dg.Output(None, key.to_python_identifier())
        for check in checks:
            told = [f"{one.series} {one.value:+.2f}, limit {one.limit:.2f}" for one in alarms]
            if told:
                # a check that only warns is seen by who looks; an alarm goes to where failures are told too
                write_alert(
                    platform.settings,
                    at=platform.now().isoformat(timespec="seconds"),
                    run_id=context.run_id,
                    job=context.job_name,
                    partition=context.partition_key,
                    found=told,
                    what=ALARM,
                )
            sentence = "; ".join(told)
            yield dg.AssetCheckResult(
                passed=not alarms,
                asset_key=key,
                check_name=check.name,
                severity=dg.AssetCheckSeverity.WARN,
                description=sentence or "no series is beyond its limit",
            )

    return learning
