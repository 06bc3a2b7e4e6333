"""Build findings, each with a unique fingerprint.

Findings are built nowhere else.
"""

from collections.abc import Mapping

from msgspec import Struct

from rustgate.model.finding import Finding, Severity
from rustgate.model.fingerprint import Fingerprints
from rustgate.model.rule import Rule


def worded(rule: Rule, values: Mapping[str, object]) -> tuple[str, str]:
    """Return what is wrong and what to do, for a finding with these values.

    A page without `help` may say what to do in its message, behind a semicolon.
    """
    message = rule.message.format_map(values)
    if rule.help:
        return message, rule.help.format_map(values)
    problem, _, remedy = message.partition("; ")
    return problem, remedy


class Region(Struct, frozen=True):
    """A region on one line, 1-based, its end exclusive.

    `last_line` is where the code that was found ends, if that is another line.
    """

    line: int
    column: int
    end_column: int
    last_line: int | None = None


FIRST_BYTE = Region(1, 1, 1)
"""The region of a finding about a file that cannot be read."""


class FindingBuilder:
    """Builds the findings of one file, in source order.

    `path` is the file. Findings that are alike are numbered in their fingerprints.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._fingerprints = Fingerprints(path)

    def build(
        self,
        rule: Rule,
        severity: Severity,
        region: Region,
        values: Mapping[str, object] | None,
        *,
        item: str = "",
        snippet: str = "",
        value: int | None = None,
        limit: int | None = None,
    ) -> Finding:
        """Build a finding of `rule`.

        `values` fill the placeholders of its message and help; None leaves both to who completes the finding.
        `snippet` is the tokens that tell it from others of its item.
        """
        problem, remedy = ("", "") if values is None else worded(rule, values)
        return Finding(
            rule=rule.name,
            category=rule.category,
            severity=severity,
            path=self.path,
            line=region.line,
            column=region.column,
            end_line=region.line,
            end_column=region.end_column,
            problem=problem,
            help=remedy,
            item=item,
            value=value,
            limit=limit,
            fingerprint=self._fingerprints.next(rule.name, item, snippet),
            last_line=region.last_line,
            snippet=snippet,
        )
