"""YAML text to data, with one parser for the whole platform.

Belongs here: which of PyYAML's parsers reads. Does not belong here: what a file means, and the sentence about one that
is wrong, which stay with its readers.

PyYAML's own parser needs ten times as long as libyaml, and every process reads some fifty files before it begins.
"""

from __future__ import annotations

from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(text: str) -> Any:
    """What one YAML document says, in plain types; None where it is empty.

    Raises:
        yaml.YAMLError: the text is not YAML, or names a type of its own.
    """
    return yaml.load(text, Loader=_LOADER)  # noqa: S506  (both are safe loaders)


def compose(text: str) -> yaml.Node | None:
    """The nodes of one YAML document, which know their lines; None where it is empty.

    Raises:
        yaml.YAMLError: the text is not YAML.
    """
    node: yaml.Node | None = yaml.compose(text, Loader=_LOADER)
    return node
