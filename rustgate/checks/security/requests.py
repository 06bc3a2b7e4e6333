"""Checks of unvalidated request bodies."""

import re
from collections.abc import Iterator, Sequence

from rustgate.api import Captures, Crate, Fact, File, Manifest, Match, Reduced, match_of, text_of

_VALIDATES = re.compile(rb"\.\s*validate\w*\s*\(")
_EXTRACTORS = frozenset(
    {"axum::Json", "axum::extract::Json", "axum::extract::Form", "axum::Form", "actix_web::web::Json", "actix_web::web::Form"}
)
_FREE_FORM = frozenset({"serde_json::Value", "Value", "String", "bool", "Map"})


def gather_unvalidated_requests(file: File, matches: list[Captures]) -> Iterator[tuple[Match, bool]]:
    """Find handlers that never validate their body.

    They come with False; attributes that show that a file uses `validator` come with True.
    """
    outline, source = file.outline, file.scan.source
    for attribute in outline.attributes if b"Validate" in source else ():
        if "Validate" in attribute.text and outline.names.resolve("Validate", attribute.start).startswith("validator::"):
            yield Match(attribute.start, attribute.end), True
    for captures in matches:
        extractor, body, block, name = (captures[key][0] for key in ("extractor", "type", "block", "name"))
        if outline.names.resolves_to(text_of(extractor, source), extractor.start_byte, _EXTRACTORS) is None:
            continue
        if outline.names.resolve(text_of(body, source), body.start_byte) in _FREE_FORM or _VALIDATES.search(
            source, block.start_byte, block.end_byte
        ):
            continue
        yield match_of(name, name=text_of(name, source), type=text_of(body, source)), False


def unvalidated_requests(crate: Crate, facts: Sequence[Fact[bool]]) -> Reduced:
    """Keep the handlers of crates that use `validator`.

    The manifest tells; without one, a file that derives `Validate` does.
    """
    uses = _depends_on(crate.manifest, "validator") if crate.manifest else any(fact.data for fact in facts)
    return ((fact, {}) for fact in facts if uses and not fact.data)


def _depends_on(manifest: Manifest, name: str) -> bool:
    """Return whether a package depends on `name`.

    Dependencies for some platforms only count too.
    """
    targets = manifest.table.get("target")
    tables = [manifest.table, *(targets.values() if isinstance(targets, dict) else ())]
    return any(name in table["dependencies"] for table in tables if isinstance(table, dict) and isinstance(table.get("dependencies"), dict))
