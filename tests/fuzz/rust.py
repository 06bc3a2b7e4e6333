"""Fuzz targets for Rust: what must hold for every source, however broken.

All rules run at their strictest, and the result is reduced, measured and reported.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from msgspec import Struct, structs
from readers import Target, blocks, files

from rustgate.config.loader import Edit, defaults
from rustgate.config.resolver import Resolver, Selection
from rustgate.engine.crate_rules import reduce_facts
from rustgate.engine.linter import lint
from rustgate.engine.measure import Extras, Measurer
from rustgate.engine.ruleset import RuleSet, build_rule_set
from rustgate.metrics.lizard import lizard_metrics
from rustgate.model.file import FileContext, FileResult, Target as CargoTarget
from rustgate.model.finding import Finding
from rustgate.model.rule import Profile, Setting
from rustgate.project.crate import Crate
from rustgate.reports.findings.formats import FORMATS, renderer
from rustgate.reports.findings.report import Report
from rustgate.reports.terminal import PLAIN
from rustgate.rules.catalog import shipped
from rustgate.suppressions.apply import SuppressOptions, suppress
from rustgate.syntax.joined_query import join_queries
from rustgate.syntax.line_index import Lines, not_utf8
from rustgate.syntax.outline import Outline
from rustgate.syntax.parse import parse_rust, scan_source

PATH = "src/lib.rs"
_BOM = b"\xef\xbb\xbf"
_BLANK_LINES = b"\n\n   \n\n"
_PLACE = FileContext(CargoTarget.LIBRARY)

Settings = Mapping[str, Setting]


class LintResult(Struct, frozen=True):
    """A file's result, and its findings after suppression."""

    report: FileResult
    findings: tuple[Finding, ...]


def rust(corpus: Sequence[Path]) -> Target:
    """Return the target for all rules and reports."""
    return Target("rust", files("*.rs", corpus) + blocks("rust"), _words(), check_rust)


def lizard(corpus: Sequence[Path]) -> Target:
    """Return the target for lizard, which is slower than all rules together."""
    return Target("lizard", files("*.rs", corpus) + blocks("rust"), _words(), check_lizard)


def check_rust(source: bytes) -> None:
    """Raise for whatever must not happen with a Rust source."""
    rule_set, settings = strictest()
    first = linted(source, rule_set, settings)
    if not_utf8(source):
        _require([one.rule for one in first.findings] == ["unreadable-file"], "a source that is not UTF-8 is one finding")
        return
    for finding in first.findings:
        _require_inside(finding, source)
    _require_same(first, linted(source, rule_set, settings), "linted twice")
    _require_same(first, linted(source, *_shuffled()), "the rules in another order")
    _require_same(first, linted(_BOM + source.removeprefix(_BOM), rule_set, settings), "a byte order mark in front")
    if ends_plainly(source):
        before, after = (_without_length(source, end, rule_set, settings) for end in (b"", _BLANK_LINES))
        _require_same(before, after, "blank lines at the end")
    _require_reports(first, source)
    _require_numbers(source)


def check_lizard(source: bytes) -> None:
    """Expect that none of lizard's numbers is below 0."""
    if not_utf8(source):
        return
    opinions = lizard_metrics(Outline(scan_source(source, join_queries([])), test=False))
    for opinion in (*opinions.by_start.values(), *opinions.others):
        numbers = (opinion.lines, opinion.nloc, opinion.tokens, opinion.parameters, opinion.cyclomatic)
        _require(min(numbers) >= 0, f"negative | {opinion}")


def linted(source: bytes, rule_set: RuleSet, settings: Settings) -> LintResult:
    """Lint a file that is a crate by itself."""
    report = lint(PATH, source, _PLACE, rule_set, settings)
    crate = Crate(".", CargoTarget.LIBRARY, PATH, None, {PATH: report})
    gathering = [rule for rule in shipped().values() if rule.gather and rule.name in settings]
    wider = [finding for rule in gathering for finding in reduce_facts(rule, [crate])]
    report = structs.replace(report, findings=(*report.findings, *wider))
    findings = suppress(report, settings, shipped(), SuppressOptions(respect_clippy=True, full=True))
    return LintResult(report, tuple(sorted(findings, key=lambda finding: finding.order)))


@cache
def strictest() -> tuple[RuleSet, Settings]:
    """Return every rule that reads Rust, at the strictest limits."""
    names = frozenset(name for name, rule in shipped().items() if not rule.reads_manifests)
    config = defaults(Path.cwd(), shipped(), [Edit("profile", Profile.HYPERSCALE, "fuzz")])
    settings = Resolver(config, shipped(), Selection(select=names)).settings(PATH)
    if settings.keys() != names:
        raise RuntimeError(f"rules that are not on: {sorted(names - settings.keys())}")
    return build_rule_set(shipped().values()), settings


def ends_plainly(source: bytes) -> bool:
    """Return whether blank lines at the end of a source can mean nothing.

    They can where its last token goes on in them (a comment, a string or a tree of tokens that nothing ends) and in what stands behind an
    error: how the parser goes on after one depends on what is still to come. So nothing is asked of a file that has errors.
    """
    return not parse_rust(source.removeprefix(_BOM)).has_error


def _without_length(source: bytes, end: bytes, rule_set: RuleSet, settings: Settings) -> LintResult:
    """Lint a source with `end` added, without file-length.

    That rule counts blank lines as well: they are lines that people scroll past.
    """
    others = {name: setting for name, setting in settings.items() if name != "file-length"}
    # the first line end only ends the last line; a blank line comes after it
    return linted(source + b"\n" * (not source.endswith(b"\n")) + end, rule_set, others)


@cache
def _shuffled() -> tuple[RuleSet, Settings]:
    _, settings = strictest()
    rng = random.Random(0)  # noqa: S311  # the order need not be a secret
    rules, names = list(shipped().values()), list(settings)
    rng.shuffle(rules)
    rng.shuffle(names)
    return build_rule_set(rules), {name: settings[name] for name in names}


def _require_inside(finding: Finding, source: bytes) -> None:
    lines = Lines(source.removeprefix(_BOM))
    _require(finding.line == finding.end_line and 1 <= finding.line <= max(1, lines.count + 1), f"the line of {finding.rule} | {finding}")
    width = len(lines.text(finding.line)) + 1
    _require(1 <= finding.column <= finding.end_column, f"ends before it starts: {finding.rule} | {finding}")
    _require(finding.end_column <= width + source.count(b"\r"), f"beyond its line: {finding.rule} | {width - 1} long: {finding}")
    _require(finding.last_line is None or finding.line <= finding.last_line <= lines.count, f"the last line of {finding.rule} | {finding}")
    _require(finding.value is None or finding.value >= 0, f"a negative value: {finding.rule} | {finding}")


def _require_same(one: LintResult, other: LintResult, what: str) -> None:
    for finding in {*one.findings} ^ {*other.findings}:
        raise AssertionError(f"{what}: {finding.rule} | {'only before' if finding in one.findings else 'only after'}: {finding}")
    _require(one.findings == other.findings, f"{what}: another order")


def _require_reports(linted: LintResult, source: bytes) -> None:
    report = Report(
        version="0",
        profile=Profile.HYPERSCALE,
        root=".",
        rules=shipped(),
        findings=linted.findings,
        show_muted=True,
        files=1,
        lines=linted.report.lines,
        seconds=0,
        read=lambda _path: source.decode(errors="replace"),
    )
    for name in FORMATS:
        text = "".join(renderer(name)(report, PLAIN))
        bad = {char for char in text if (ord(char) < ord(" ") and char not in "\t\n") or 0x7F <= ord(char) < 0xA0}  # C0 and C1
        _require(not bad, f"control characters in a report | {name} {bad}")
        text.encode()


def _require_numbers(source: bytes) -> None:
    measured = _measurer().measure(PATH, source, test=False)
    again = _measurer().measure(PATH, _BOM + source.removeprefix(_BOM), test=False)
    _require(measured == again, "a byte order mark changes the numbers")
    for numbers in _numbers(measured):
        for key, value in structs.asdict(numbers).items():
            _require(not isinstance(value, int | float) or value >= 0, f"negative: {key} | {value}: {numbers}")


def _numbers(measured: object) -> Iterator[Struct]:
    pending = [measured]
    while pending:
        value = pending.pop()
        if isinstance(value, Struct):
            yield value
            pending += structs.asdict(value).values()
        elif isinstance(value, tuple):
            pending += value


@cache
def _measurer() -> Measurer:
    return Measurer(Extras(halstead=True, lizard=False))


def _require(holds: object, what: str) -> None:
    if not holds:
        raise AssertionError(what)


def _words() -> tuple[bytes, ...]:
    return (*(word.encode() for word in _WORDS.split(" ")), *_LINES)


_WORDS = (
    "fn unsafe async await impl trait struct enum union mod use pub pub(crate) const static mut dyn for in if else match loop while let"
    ' return break continue move ref self Self super crate where as type extern "C" macro_rules! \'a \'static r#"x"# b"x" c"x" \'\\u{41}\''
    " -> => :: ; , . .. ..= ... ? & && | || ! != == + - * / % ^ << >> = += @ # #[ #![ $ $x $( )* _ ~ 0x1f 1_0u8 1.5e3 1..2 .0.1 .unwrap()"
    ' .expect("x") .await .clone() .collect::<Vec<_>>() panic!() todo!() println!("{}", dbg!(format!("{x}"))) #[test] #[cfg(test)]'
    ' #[allow(clippy::unwrap_used)] #![allow(clippy::all)] #[cfg_attr(test, allow(clippy::expect_used))] #[path = "/etc/passwd"]'
    " quote!{ proptest!{ tokio::select!{ vec![0;9] <T: Fn(&'a u8) -> u8> |x| |_:bool| box yield"
)
_LINES = (
    b"// rustgate: allow(unwrap-used) -- why\n",
    b"// rustgate: allow-file(indexing)\n",
    b"/// # Safety\n///\n/// why\n",
    b"// SAFETY: why\n",
    b"/* a /* b */ c */",
    b"/* open",
    b'"open',
    b'r##"open',
    b"#!/usr/bin/env run\n",
    b"macro_rules! m { ($($x:expr),* $(,)?) => { $( $x.unwrap(); )* } }\n",
    b"impl Drop for S { fn drop(&mut self) { panic!() } }\n",
    b"let x = a.lock().unwrap(); b.await;\n",
)
