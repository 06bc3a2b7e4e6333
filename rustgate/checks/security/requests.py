"""Checks of unvalidated request bodies."""

import re
from collections.abc import Iterator, Sequence

from rustgate.api import Captures, Crate, Fact, File, Manifest, Match, Reduced, match_of, text_of

_VALIDATES = re.compile(rb"\.\s*validate\w*\s*\(|\bvalidate\w*\s*\(|\bgarde\s*::")
_EXTRACTORS = frozenset({
    "axum::Json", "axum::Form", "axum_extra::extract::Form", "axum_extra::extract::Query", "rocket::form::Form",
    "rocket::serde::json::Json",
    *(f"axum::extract::{name}" for name in ("Json", "Form", "Query")),
    *(f"actix_web::web::{name}" for name in ("Json", "Form", "Query")),
})  # fmt: skip
_VALIDATORS = ("validator", "garde")
_FREE_FORM = frozenset({"serde_json::Value", "Value", "String", "bool", "Map"})


def gather_unvalidated_requests(file: File, matches: list[Captures]) -> Iterator[tuple[Match, bool | None]]:
    """Find handlers that never validate what they are sent.

    They come with the option `every`; attributes that show that a file uses `validator` or `garde` come with None.
    """
    outline, source = file.outline, file.scan.source
    for attribute in outline.attributes if b"Validate" in source else ():
        if "Validate" in attribute.text and outline.names.resolve("Validate", attribute.start).startswith(("validator::", "garde::")):
            yield Match(attribute.start, attribute.end), None
    for captures in matches:
        extractor, body, block, name = (captures[key][0] for key in ("extractor", "type", "block", "name"))
        if outline.names.resolves_to(text_of(extractor, source), extractor.start_byte, _EXTRACTORS) is None:
            continue
        if outline.names.resolve(text_of(body, source), body.start_byte) in _FREE_FORM or _VALIDATES.search(
            source, block.start_byte, block.end_byte
        ):
            continue
        yield match_of(name, name=text_of(name, source), type=text_of(body, source)), bool(file.options["every"])


def unvalidated_requests(crate: Crate, facts: Sequence[Fact[bool | None]]) -> Reduced:
    """Keep the handlers of crates that use `validator` or `garde`, or all.

    The manifest tells; without one, a file that derives `Validate` does.
    """
    manifest = crate.manifest
    derives = any(fact.data is None for fact in facts)
    uses = any(_depends_on(manifest, name) for name in _VALIDATORS) if manifest else derives
    return ((fact, {}) for fact in facts if fact.data is not None and (uses or fact.data))


def _depends_on(manifest: Manifest, name: str) -> bool:
    """Return whether a package depends on `name`.

    Dependencies for some platforms only count too.
    """
    targets = manifest.table.get("target")
    tables = [manifest.table, *(targets.values() if isinstance(targets, dict) else ())]
    return any(name in table["dependencies"] for table in tables if isinstance(table, dict) and isinstance(table.get("dependencies"), dict))
