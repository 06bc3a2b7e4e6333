"""Lint one file: matches and measures become findings.

It reads and writes no file.
"""

from collections.abc import Iterator

from msgspec import structs

from rustgate.checks.size.measures import Subject
from rustgate.engine.ruleset import RuleSet, Settings
from rustgate.model.file import THIS_FILE, FileContext, FileResult, Problem, Target
from rustgate.model.finding import Fact, Finding, Match, Severity
from rustgate.model.finding_builder import FindingBuilder, Region
from rustgate.model.rule import UNREADABLE, Applies, Rule, Setting
from rustgate.model.snippet import snippet
from rustgate.project.context import File
from rustgate.project.macro_calls import macro_calls, macro_definitions
from rustgate.suppressions.directives import read_suppressions
from rustgate.syntax.enclosures import stands_in
from rustgate.syntax.line_index import not_utf8
from rustgate.syntax.outline import Outline
from rustgate.syntax.parse import Captures, scan_source

_MAX_LINES_TO_END = 100
"""Lines below its first one on which a match may end for its last line to be kept.

Suppressions at its last line count only then.
"""


def lint(path: str, source: bytes, context: FileContext, rule_set: RuleSet, settings: Settings) -> FileResult:
    """Lint a file by the rules that `settings` enable.

    A source that is not UTF-8 is an `unreadable-file` finding.
    """
    problem = not_utf8(source)
    if problem:
        return unreadable_result(Problem(path, problem), rule_set, settings)
    scanned = scan_source(source, rule_set.joined_for_tests if context.test else rule_set.joined)
    outline = Outline(scanned, test=context.test)
    return _lint(_MatchConverter(path, outline), File(scanned, outline, _complete_context(context, outline), {}), rule_set, settings)


def _lint(converter: "_MatchConverter", base: File, rule_set: RuleSet, settings: Settings) -> FileResult:
    """Lint a file that can be read.

    `base` is the file without the options of a rule.
    """
    scanned, outline, context = base.scan, base.outline, base.context
    findings: list[Finding] = []
    facts: dict[str, tuple[Fact[object], ...]] = {}
    for entry in rule_set.active_rules(settings, context).of(scanned):
        rule, file = entry.rule, File(scanned, outline, context, entry.setting.options)
        if rule.gather:
            gathered = _gathered(rule, file, rule_set)
            noted = entry.setting.options.get("unpublished") == "note"
            facts[rule.name] = tuple(
                Fact(converter.finding(rule, entry.severity, match), match.values, data, noted=noted) for match, data in gathered
            )
        else:
            matches_found = (match for match in _matches(rule, entry.setting, file, rule_set) if _counts(rule, file, match))
            findings += [converter.finding(rule, entry.severity, match) for match in matches_found]
    findings = _one_for_each_fault(findings, rule_set)
    shared = facts and not outline.whole_file_is_test
    return FileResult(
        path=converter.path,
        lines=outline.lines.count,
        findings=tuple(sorted(findings, key=lambda finding: finding.order)),
        suppressions=tuple(read_suppressions(scanned, outline, rule_set.rules.values())),
        modules=outline.modules,
        exports=outline.exports,
        types=outline.types if shared else (),
        macros=macro_definitions(scanned) if shared else (),
        macro_calls=macro_calls(scanned, outline) if shared else (),
        facts=facts,
    )


def _one_for_each_fault(findings: list[Finding], rule_set: RuleSet) -> list[Finding]:
    """Leave out findings for which another rule's stands.

    The other rule is named by the page, and has found something at the same place.
    """
    yielding = {name: rule.yields_to for name, rule in rule_set.rules.items() if rule.yields_to}
    found = {(finding.rule, finding.line, finding.column) for finding in findings if finding.rule in yielding.values()}
    if not found:
        return findings
    return [finding for finding in findings if (yielding.get(finding.rule), finding.line, finding.column) not in found]


def unreadable_result(problem: Problem, rule_set: RuleSet, settings: Settings) -> FileResult:
    """Return the result of an unreadable file."""
    rule, setting = rule_set.rules.get(UNREADABLE), settings.get(UNREADABLE)
    if rule is None or setting is None or setting.severity is None:
        return FileResult(problem.path, 0)
    snippet = problem.subject if problem.is_declared else ""
    region, values = Region(problem.line, 1, 1), {"problem": problem.sentence}
    finding = FindingBuilder(problem.path).build(rule, setting.severity, region, values, snippet=snippet)
    return FileResult(problem.path, 0, (structs.replace(finding, problem=finding.problem.replace(THIS_FILE, problem.subject, 1)),))


def _complete_context(context: FileContext, outline: Outline) -> FileContext:
    """Complete a context with what the file tells.

    A file of no package is the root of a program if it has a `main`, otherwise of a library; and some files say that all is test code.
    """
    target = context.target or (Target.BINARY if outline.is_program else Target.LIBRARY)
    return FileContext(target, outline.whole_file_is_test, context.rust)


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
    """Yield matches and data for a wider-scope rule.

    Only matches in code that the rule looks at are kept.
    """
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
    limits = [limit for limit in (setting.limit, setting.soft) if limit is not None]
    if not limits:
        return
    lowest = min(limits)
    for measured in rule_set.measures[rule.name](Subject(file.outline, file.context, setting.options, lowest)):
        over_error_limit = setting.limit is not None and measured.value > setting.limit
        limit = setting.limit if over_error_limit and setting.limit is not None else lowest
        start, end = measured.where(limit)
        values: dict[str, object] = {
            "name": measured.name,
            "value": measured.value,
            "limit": limit,
            "over": measured.value - limit,
            "note": measured.note,
            "remedy": measured.remedy(limit),
        }
        yield Match(start, end, values, measured.value, limit, soft=not over_error_limit, anchored=False)


def _is_about_file(rule: Rule, match: Match) -> bool:
    """Return whether a match is about its file as a whole, and in none of the items where it points to."""
    if rule.measure:
        return rule.measure.startswith("file.")
    return match.start == 0 and (match.end == 0 or not match.anchored)


def _counts(rule: Rule, file: File, match: Match) -> bool:
    """Return whether a match is in code that the rule looks at."""
    if rule.applies is not Applies.EVERYWHERE and file.outline.is_test(match.start) != (rule.applies is Applies.TESTS):
        return False
    conditions = rule.conditions
    if not (conditions.inside or conditions.not_inside):
        return True
    outline_nodes = list(file.outline.ancestors(match.start))
    return all(stands_in(enclosure, outline_nodes) for enclosure in conditions.inside) and not any(
        stands_in(enclosure, outline_nodes) for enclosure in conditions.not_inside
    )


class _MatchConverter:
    """Turns the matches of a file into findings."""

    def __init__(self, path: str, outline: Outline) -> None:
        self.path = path
        self._outline = outline
        self._builder = FindingBuilder(path)

    def finding(self, rule: Rule, severity: Severity, match: Match) -> Finding:
        """Build the finding for a match.

        A match that passes only the warning limit is no error; a severe one is no warning.
        """
        if match.severe and severity is Severity.WARNING:
            severity = Severity.ERROR
        region = self._region(match)
        if match.severity and match.severity.rank < severity.rank:
            severity = match.severity
        return self._builder.build(
            rule,
            Severity.WARNING if match.soft and severity is Severity.ERROR else severity,
            region,
            None if rule.gather else match.values,
            item="" if _is_about_file(rule, match) else self._outline.item(match.start),
            snippet=snippet(self._outline.source, match.start, match.end) if match.anchored and match.value is None else "",
            value=match.value,
            limit=match.limit,
        )

    def _region(self, match: Match) -> Region:
        """Return the one-line region of a match.

        A match that runs on ends where its first line does. Its last line is None for what is measured and for findings about a whole file.
        """
        lines, source = self._outline.lines, self._outline.source
        line, column = lines.position(match.start)
        end = max(match.start, min(match.end, lines.end(line)))
        last = lines.number(max(match.start, match.end - 1)) if end < match.end and match.anchored else line
        end_column = column + len(source[match.start : end].decode(errors="replace"))
        if match.last is not None:
            return Region(line, column, end_column, *lines.position(match.last))
        if line < last <= line + _MAX_LINES_TO_END:
            return Region(line, column, end_column, last, lines.column(max(match.start, match.end - 1)))
        return Region(line, column, end_column)
