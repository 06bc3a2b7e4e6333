"""One file against the rules: matches and measures in, findings out; nothing here reads or writes a file."""

from collections.abc import Iterator

from rustgate.checks.measures import Subject
from rustgate.engine.ruleset import RuleSet, Settings
from rustgate.model.file import FileContext, FileResult, Target
from rustgate.model.finding import Fact, Finding, Match, Severity
from rustgate.model.fingerprint import Fingerprints
from rustgate.model.rule import UNREADABLE, Applies, Rule, Setting
from rustgate.project.context import File
from rustgate.suppressions.directives import read_suppressions
from rustgate.syntax.contexts import stands_in
from rustgate.syntax.line_index import not_utf8
from rustgate.syntax.outline import Outline
from rustgate.syntax.parse import Captures, scan_source

_FARTHEST = 100
"""Lines below its first one on which a match may end for its last line to be told."""


def lint(path: str, source: bytes, place: FileContext, rule_set: RuleSet, settings: Settings) -> FileResult:
    """All that the rules find in a file; `settings` holds the rules that are on for it.

    A source that is not UTF-8 is an `unreadable-file` finding.
    """
    problem = not_utf8(source)
    if problem:
        return unreadable_result(path, problem, rule_set, settings)
    scanned = scan_source(source, rule_set.joined_for_tests if place.test else rule_set.joined)
    outline = Outline(scanned, test=place.test)
    return _report(_Writer(path, outline), File(scanned, outline, _placed(place, outline), {}), rule_set, settings)


def _report(writer: "_Writer", whole: File, rule_set: RuleSet, settings: Settings) -> FileResult:
    """What the rules find in a file that can be read; `whole` is the file without the options of a rule."""
    scanned, outline, place = whole.scan, whole.outline, whole.place
    findings: list[Finding] = []
    facts: dict[str, tuple[Fact, ...]] = {}
    for entry in rule_set.active_rules(settings, place).of(scanned):
        rule, file = entry.rule, File(scanned, outline, place, entry.setting.options)
        if rule.gather:
            gathered = _gathered(rule, file, rule_set)
            facts[rule.name] = tuple(Fact(writer.finding(rule, entry.severity, match), match.values, data) for match, data in gathered)
        else:
            matches_found = (match for match in _matches(rule, entry.setting, file, rule_set) if _counts(rule, file, match))
            findings += [writer.finding(rule, entry.severity, match) for match in matches_found]
    return FileResult(
        path=writer.path,
        lines=outline.lines.count,
        findings=tuple(sorted(findings, key=lambda finding: finding.order)),
        suppressions=tuple(read_suppressions(scanned, outline, rule_set.rules.values())),
        modules=outline.modules,
        exports=outline.exports,
        types=outline.types if facts and not outline.whole_file_is_test else (),
        facts=facts,
    )


def unreadable_result(path: str, problem: str, rule_set: RuleSet, settings: Settings) -> FileResult:
    """The report of a file that could not be judged, and why."""
    rule, setting = rule_set.rules.get(UNREADABLE), settings.get(UNREADABLE)
    if rule is None or setting is None or setting.severity is None:
        return FileResult(path, 0)
    finding = Finding(
        rule=rule.name,
        category=rule.category,
        severity=setting.severity,
        path=path,
        line=1,
        column=1,
        end_line=1,
        end_column=1,
        message=rule.message.format(problem=problem),
        item="",
        value=None,
        limit=None,
        fingerprint=Fingerprints(path).next(rule.name, "", ""),
    )
    return FileResult(path, 0, (finding,))


def _placed(place: FileContext, outline: Outline) -> FileContext:
    """The place as far as only the file itself can tell it.

    A file of no package is the root of a program if it has a `main`, otherwise of a library; and some files say that all of them is test.
    """
    target = place.target or (Target.BINARY if outline.is_program else Target.LIBRARY)
    return FileContext(target, outline.whole_file_is_test, place.rust)


def _matches(rule: Rule, setting: Setting, file: File, rule_set: RuleSet) -> Iterator[Match]:
    matches = file.scan.matches_of(rule.name)
    if rule.measure:
        yield from _over_limit(rule, setting, file, rule_set)
    elif rule.check:
        yield from rule_set.checks[rule.name](file, matches)
    else:
        for captures in matches:
            yield _match(captures, file.scan.source)


def _gathered(rule: Rule, file: File, rule_set: RuleSet) -> Iterator[tuple[Match, object]]:
    """What a file contributes to a rule of a wider scope, at places that the rule looks at."""
    for match, data in rule_set.gathers[rule.name](file, file.scan.matches_of(rule.name)):
        if _counts(rule, file, match):
            yield match, data


def _match(captures: Captures, source: bytes) -> Match:
    node = captures["finding"][0]
    values: dict[str, object] = {
        name: source[nodes[0].start_byte : nodes[0].end_byte].decode(errors="replace")
        for name, nodes in captures.items()
        if name != "finding"
    }
    return Match(node.start_byte, node.end_byte, values)


def _over_limit(rule: Rule, setting: Setting, file: File, rule_set: RuleSet) -> Iterator[Match]:
    bounds = [bound for bound in (setting.limit, setting.soft) if bound is not None]
    if not bounds:
        return
    lowest = min(bounds)
    for measured in rule_set.measures[rule.name](Subject(file.outline, file.place, setting.options, lowest)):
        over_hard = setting.limit is not None and measured.value > setting.limit
        limit = setting.limit if over_hard and setting.limit is not None else lowest
        start, end = measured.where(limit)
        values: dict[str, object] = {
            "name": measured.name,
            "value": measured.value,
            "limit": limit,
            "over": measured.value - limit,
            "note": measured.note,
        }
        yield Match(start, end, values, measured.value, limit, soft=not over_hard, anchored=False)


def _counts(rule: Rule, file: File, match: Match) -> bool:
    """Whether the place of a hit is one that the rule looks at."""
    if rule.applies is not Applies.EVERYWHERE and file.outline.is_test(match.start) != (rule.applies is Applies.TESTS):
        return False
    conditions = rule.conditions
    if not (conditions.inside or conditions.not_inside):
        return True
    outline_nodes = list(file.outline.ancestors(match.start))
    return all(stands_in(context, outline_nodes) for context in conditions.inside) and not any(
        stands_in(context, outline_nodes) for context in conditions.not_inside
    )


class _Writer:
    """Turns the hits of a file into findings."""

    def __init__(self, path: str, outline: Outline) -> None:
        self.path = path
        self._outline = outline
        self._fingerprints = Fingerprints(path)

    def finding(self, rule: Rule, severity: Severity, match: Match) -> Finding:
        """The finding for a hit, on one line: a region that runs on ends where its first line does."""
        lines, source = self._outline.lines, self._outline.source
        line, column = lines.position(match.start)
        end = max(match.start, min(match.end, lines.end(line)))
        item = "" if rule.measure and rule.measure.startswith("file.") else self._outline.item(match.start)
        if match.soft and severity is Severity.ERROR:
            severity = Severity.WARNING
        return Finding(
            rule=rule.name,
            category=rule.category,
            severity=severity,
            path=self.path,
            line=line,
            column=column,
            end_line=line,
            end_column=column + len(source[match.start : end].decode(errors="replace")),
            message="" if rule.gather else rule.message.format_map(match.values),
            item=item,
            value=match.value,
            limit=match.limit,
            fingerprint=self._fingerprints.next(rule.name, item, lines.near(match.start, line) if match.anchored else ""),
            last_line=self._last_line(match, line) if end < match.end else None,
        )

    def _last_line(self, match: Match, line: int) -> int | None:
        """Where a match ends that runs on below its first line; None for what is measured, and for what is found in a file as a whole."""
        last = self._outline.lines.number(max(match.start, match.end - 1))
        return last if match.anchored and line < last <= line + _FARTHEST else None
