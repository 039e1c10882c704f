"""Names, groups, owners, partitions and dependencies of dbt models in Dagster.

Belongs here: the translator that ``dagster_dbt`` asks about each model, test and source.
Does not belong here: running dbt or telling what it did (``warehouse``).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings

from orchestration.defs.feeds import feed_key
from orchestration.feeds.contract import delivered_feeds
from orchestration.settings import Settings

OWNER = "team:credit_supervision"
RISK_CLASS = dg.AssetKey(["risk_class"])
SPECIALISED_CLASS = dg.AssetKey(["specialised_class"])
COMBINED_CLASS = dg.AssetKey(["combined_class"])
INSPECTION_OUTCOME = dg.AssetKey(["inspection_outcome"])
INSPECTION_EFFECT = dg.AssetKey(["inspection_effect"])
INSPECTION_SAVING = dg.AssetKey(["inspection_saving"])
INSPECTION_FAIRNESS = dg.AssetKey(["inspection_fairness"])

Props = Mapping[str, Any]


class Translator(DagsterDbtTranslator):
    """Names, groups and dependencies of dbt models in Dagster."""

    def __init__(self, settings: Settings, partitions: dg.PartitionsDefinition | None) -> None:
        # Source tests as checks silently stop blocking checks from blocking; leave them off.
        super().__init__(
            DagsterDbtTranslatorSettings(enable_source_tests_as_checks=False, enable_source_metadata=False)
        )
        self._partitions = partitions
        self._feeds = delivered_feeds(settings)

    def get_asset_key(self, dbt_resource_props: Props) -> dg.AssetKey:
        """``raw/<feed>`` and the tables of classes and of effect for sources; folder and name for models."""
        if dbt_resource_props["resource_type"] == "source":
            if dbt_resource_props["source_name"] == "raw":
                return feed_key(dbt_resource_props["name"])
            if dbt_resource_props["source_name"] in ("risk", "effect"):
                return dg.AssetKey([dbt_resource_props["name"]])
            return dg.AssetKey([dbt_resource_props["source_name"], dbt_resource_props["name"]])
        folder = dbt_resource_props["fqn"][1] if len(dbt_resource_props["fqn"]) > 2 else "warehouse"
        return dg.AssetKey([folder, dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Props) -> str | None:
        """The folder under ``models/``; for indicators the one of their level 1, for example ``h04_compliance``."""
        folders = dbt_resource_props["fqn"][1:-1]
        if not folders:
            return "warehouse"
        return str(folders[1] if folders[0] == "indicators" and len(folders) > 1 else folders[0])

    def get_owners(self, dbt_resource_props: Props) -> Sequence[str] | None:
        """Owners from the model's meta; by default those who supervise by credit (信用监管)."""
        return super().get_owners(dbt_resource_props) or [OWNER]

    def get_tags(self, dbt_resource_props: Props) -> Mapping[str, str]:
        """dbt's tags and the stage of the walk."""
        folders = dbt_resource_props["fqn"][1:-1]
        return {**super().get_tags(dbt_resource_props), "stage": str(folders[0]) if folders else "warehouse"}

    def get_partitions_def(self, dbt_resource_props: Props) -> dg.PartitionsDefinition | None:
        """Months for models; none for sources, which are assets of their own, and for published views."""
        return None if dbt_resource_props["resource_type"] == "source" else self._partitions

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: Any) -> dg.AssetSpec:
        """The spec, depending only on feeds that are delivered here; a mistyped source fails instead of vanishing."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        if spec.metadata.get("ecr/cut"):
            return spec
        cut = spec.replace_attributes(deps=self._cut(spec)).merge_attributes(metadata={"ecr/cut": True})
        self._resolved_specs[(id(manifest), unique_id, id(project))] = cut
        return cut

    def _cut(self, spec: dg.AssetSpec) -> list[dg.AssetDep]:
        deps: dict[dg.AssetKey, dg.AssetDep] = {}
        for dep in spec.deps:
            path = dep.asset_key.path
            if path[0] == "raw" and path[-1] == "feed_month":
                # The manifests of all feeds together: it depends on each of them.
                deps |= {feed_key(feed): dg.AssetDep(feed_key(feed)) for feed in self._feeds}
            elif path[0] != "raw" or path[-1] in self._feeds:
                deps.setdefault(dep.asset_key, dep)
        return list(deps.values())

    def get_asset_check_spec(
        self, asset_spec: dg.AssetSpec, manifest: Mapping[str, Any], unique_id: str, project: Any
    ) -> dg.AssetCheckSpec | None:
        """The check of a data test, on the partition of the month; blocking where its severity is error."""
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        if spec is None:
            return None
        node = manifest["nodes"][unique_id]
        about = node.get("column_name") or "the whole model"
        rule = (node.get("test_metadata") or {}).get("name") or node["name"]
        return dg.AssetCheckSpec(
            spec.name,
            asset=spec.asset_key,
            description=spec.description
            or node.get("description")
            or f"dbt data test {rule} on {about}, for the month.",
            blocking=spec.blocking,
            metadata=spec.metadata,
            partitions_def=self._partitions,
        )
