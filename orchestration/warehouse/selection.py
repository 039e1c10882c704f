"""Which nodes of the dbt project a run is about.

Belongs here: questions to the graph of the project, answered from the manifest.
Does not belong here: running anything (``dbt``).

dbt looks at all nodes of the project for each word of a selection, three times; a word for every model, and one more
for all that is before it, takes longer than the models. So what a few models need is found here, and named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Nodes = Mapping[str, Any]
"""dbt's nodes by unique id."""

PUBLISHED_TAG = "published"
"""Tag of the views over the decided classes, which no month makes."""


def monthly(nodes: Nodes) -> set[str]:
    """Names of the models that a month is made of."""
    return {str(node.name) for node in _models(nodes).values() if PUBLISHED_TAG not in node.tags}


def published(nodes: Nodes) -> set[str]:
    """Names of the views over the decided classes."""
    return {str(node.name) for node in _models(nodes).values() if PUBLISHED_TAG in node.tags}


def with_memory(nodes: Nodes, names: Iterable[str]) -> set[str]:
    """The models of these names, and those that they or their tests read and that live in the memory of a run only.

    What lies in the lake is read as it is there, and what stands before it is not needed. A test runs, as dbt has it
    (``buildable``), once one of its models is made and all others are before what is made.
    """
    models = _models(nodes)
    wanted = set(names)
    made = _reached({key for key, node in models.items() if node.name in wanted}, models)
    tests = [_parents(node, models) for node in nodes.values() if node.resource_type.value == "test"]
    while True:
        known = made | _before(made, models)
        read = {up for parents in tests if parents & made and parents <= known for up in parents}
        more = _reached(made | {up for up in read if models[up].database == "memory"}, models)
        if more == made:
            return {str(models[key].name) for key in made}
        made = more


def _models(nodes: Nodes) -> dict[str, Any]:
    return {key: node for key, node in nodes.items() if node.resource_type.value == "model"}


def _parents(node: Any, models: Nodes) -> set[str]:
    return {up for up in node.depends_on.nodes if up in models}


def _reached(start: set[str], models: Nodes) -> set[str]:
    """These models and those in memory that are read on the way from them to the lake."""
    found, waiting = set(start), list(start)
    while waiting:
        read = {up for up in _parents(models[waiting.pop()], models) if models[up].database == "memory"} - found
        found |= read
        waiting += read
    return found


def _before(start: set[str], models: Nodes) -> set[str]:
    """All models that these are made from, at any distance."""
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        above = _parents(models[waiting.pop()], models) - found
        found |= above
        waiting += above
    return found
