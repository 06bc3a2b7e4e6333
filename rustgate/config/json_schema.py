"""Derive the JSON Schema of rustgate.toml.

It comes from the structs that decode the file, and from the rules.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from rustgate.config.loader import ConfigTable, OverrideTable
from rustgate.config.rule_options import LEVELS
from rustgate.model.rule import Rule

_LEVEL = {"enum": list(LEVELS)}
_TYPES = {bool: "boolean", int: "integer", str: "string"}


def config_schema(catalog: Mapping[str, Rule]) -> dict[str, Any]:
    """Return a JSON Schema with every rule and option.

    The version of JSON Schema is 2020-12.
    """
    schema = msgspec.json.schema(ConfigTable)
    rules = {
        "type": "object",
        "description": "Rules by name: a level, or a table. Categories by name: a level.",
        "properties": {
            **{category: {"description": f"All rules of the category {category}.", **_LEVEL} for category in _categories(catalog)},
            **{name: _rule(rule) for name, rule in catalog.items()},
        },
        "additionalProperties": False,
    }
    definitions = schema["$defs"]
    names = {"type": "array", "items": {"enum": [*_categories(catalog), *catalog]}}
    for key in ("select", "ignore"):
        definitions[ConfigTable.__name__]["properties"][key] |= names
    for shape in (ConfigTable, OverrideTable):
        definitions[shape.__name__]["properties"]["rules"] = {"$ref": "#/$defs/Rules"}
    definitions["Rules"] = rules
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "rustgate.toml", **schema}


def _categories(catalog: Mapping[str, Rule]) -> list[str]:
    return sorted({rule.category for rule in catalog.values()})


def _rule(rule: Rule) -> dict[str, Any]:
    properties: dict[str, Any] = {"level": _LEVEL}
    if rule.measure:
        properties |= {key: {"type": "integer", "minimum": 0} for key in ("limit", "soft")}
    for name, steps in rule.options.items():
        properties[name] = {"enum": list(rule.choices[name])} if name in rule.choices else {"type": _TYPES[type(steps[-1])]}
    table = {"type": "object", "properties": properties, "additionalProperties": False}
    return {"description": rule.title, "anyOf": [_LEVEL, table]}
