"""A run that would say what the last one said is not run again: its words are kept, with every question whose answer they come from.

What is imported here is paid for by every run, so it is little.
"""

import os
import sys
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import chain

from rustgate import __version__, disk
from rustgate.cache import RACE, Cache, folder_of, size_limit
from rustgate.errors import RustgateError

_VARIABLES = ("RUSTGATE_", "PYTHON", "LC_", "GIT_")
_MORE_VARIABLES = frozenset(
    {"LANG", "LANGUAGE", "NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS", "PATH", "HOME", "XDG_CACHE_HOME", "LOCALAPPDATA"}
)
_NEVER = frozenset({"-", "--no-cache", "--show-files", "--verbose"})
"""Arguments with which a run hangs on more than the disk, or is not to be remembered."""
_A_DAY = 24 * 60 * 60
"""Seconds after which the words are not repeated: the run is done again, so that its files count as used."""
_FEWEST = 8
"""So many runs have room in the cache, whatever they say."""
_LENGTH = 8
_AT_ONCE = 2**20
"""Bytes of a long report that are unpacked at once."""


class Words:
    """What a run said: the bytes on standard output, the text on standard error, and the exit code.

    `stdout` and `stderr` have two parts where the seconds stand between them, which are those of each run itself; else one.
    `rest` is what follows on standard output where that is much, compressed by zlib.
    """

    def __init__(self, stdout: Sequence[bytes], stderr: Sequence[bytes], code: int, rest: bytes = b"") -> None:
        self.stdout = stdout
        self.stderr = stderr
        self.code = code
        self.rest = rest


class Attempt:
    """A run whose words may be known: by which key, and all that it asks."""

    def __init__(self, arguments: Sequence[str], started: float) -> None:
        self.started = started
        self.begun = time.time_ns()
        self.cache = Cache(folder_of(_cache_folder(arguments), os.environ), size_limit(os.environ))
        self.key = _key(arguments)
        self.notes = disk.take_notes()


_attempts: list[Attempt] = []
"""The attempt of this process, if there is one."""


def replay(arguments: Sequence[str], started: float) -> int | None:
    """Say again what a run with these `arguments` said, and give its exit code; None where that is not known, or may be another today."""
    if arguments[:1] != ["check"] or any(map(_forbids, arguments)) or "_RUSTGATE_COMPLETE" in os.environ:
        return None
    try:
        attempt = Attempt(arguments, started)
    except (RustgateError, OSError):  # a mistake of the user, or a working folder that is gone: the run itself will say so
        return None
    _attempts[:] = [attempt]
    words = next((_still_true(value) for _, value in attempt.cache.get([attempt.key])), None)
    attempt.cache.close()
    if words:
        _say(words, started)
    return words.code if words else None


def remember(words: Words, folders: Sequence[str]) -> None:
    """Keep what a run said, if nothing that it asked has another answer by now; below `folders` lies what it knew without asking."""
    for attempt in _attempts:
        for folder in folders:
            disk.note_below(folder)
        for entry in sys.path:
            disk.note(disk.INSTALLED, entry or os.curdir)
        asked, of_git = attempt.notes.asked, attempt.notes.of_git
        racy = attempt.begun - RACE
        questions = ((question[0], question[1:], answer) for question, answer in asked.items())
        if any(disk.answer(kind, path) != answer or disk.changed_since(kind, path, racy) for kind, path, answer in questions):
            return
        answers = _digest(chain(asked.values(), of_git.values()))
        packed = _packed(question.encode(errors="surrogateescape") for question in asked)
        asked.clear()  # what follows is long, too
        commands = _joined([_joined([part.encode(errors="surrogateescape") for part in command]) for command in of_git])
        said = [_joined(words.stdout), _joined(words.stderr), str(words.code).encode(), words.rest]
        value = _joined([str(int(time.time())).encode(), answers, packed, commands, *said])
        if len(value) < most_remembered(attempt.cache):
            attempt.cache.put([(attempt.key, value)])
            attempt.cache.close()


def most_remembered(cache: Cache) -> int:
    """The size of an entry that is too large, in bytes."""
    return cache.limit // _FEWEST


def _forbids(argument: str) -> bool:
    short = argument[:1] == "-" and argument[1:2] != "-"
    return argument in _NEVER or (short and "v" in argument)


def _still_true(value: bytes) -> Words | None:
    """The words in an entry, if every question has the answer that it had."""
    try:
        when, answers, questions, commands, stdout, stderr, code, rest = _parts(value)
    except ValueError:  # another version wrote it
        return None
    if not 0 <= time.time() - int(when) < _A_DAY:
        return None
    asked = (text.decode(errors="surrogateescape") for text in _each_part(zlib.decompress(questions)))
    told = ([part.decode(errors="surrogateescape") for part in _parts(command)] for command in _parts(commands))
    now = chain(
        (disk.answer(question[0], question[1:]) for question in asked),
        (disk.answer_of_git(disk.git(folder, *arguments)) for folder, *arguments in told),
    )
    return Words(_parts(stdout), _parts(stderr), int(code), rest) if _digest(now) == answers else None


def _say(words: Words, started: float) -> None:
    """Write what was said, with the seconds that it took this time."""
    seconds = time.perf_counter() - started
    sys.stdout.buffer.write(str(round(seconds, 3)).encode().join(words.stdout))
    unpacker, packed = zlib.decompressobj(), words.rest
    while piece := unpacker.decompress(packed, _AT_ONCE):
        sys.stdout.buffer.write(piece)
        packed = unpacker.unconsumed_tail
    sys.stdout.buffer.flush()
    sys.stderr.write(f"{seconds:.2f}".join(part.decode(errors="surrogateescape") for part in words.stderr))
    sys.stderr.flush()


def _key(arguments: Sequence[str]) -> bytes:
    """What else a run hangs on than the answers of the disk and of git; the installation is told by what nobody else can know of it."""
    package = os.stat(os.path.dirname(os.path.abspath(__file__)))
    variables = [f"{name}={value}" for name, value in os.environ.items() if name.startswith(_VARIABLES) or name in _MORE_VARIABLES]
    program = (__version__, sys.version, sys.executable, package.st_dev, package.st_ino, package.st_ctime_ns, _user(), _cores())
    terminals = [bool(stream and stream.isatty()) for stream in (sys.stdout, sys.stderr)]  # one that is closed is None
    return _digest([*arguments, "", os.getcwd(), *map(str, program), *map(str, terminals), _columns(), *sys.path, "", *sorted(variables)])


def _columns() -> str:
    """How wide the terminal is that the run writes to; empty where it writes to none."""
    try:
        return str(os.get_terminal_size(sys.stdout.fileno()).columns)
    except (AttributeError, OSError, ValueError):  # closed, or no terminal
        return ""


def _user() -> int:
    return os.geteuid() if hasattr(os, "geteuid") else 0


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _cache_folder(arguments: Sequence[str]) -> str | None:
    """The value of `--cache-dir`. Where something else should look like it, nothing is found there."""
    given = None
    for argument, following in zip(arguments, [*arguments[1:], ""], strict=True):
        name, equals, value = argument.partition("=")
        if name == "--cache-dir":
            given = value if equals else following
    return given


def _digest(texts: Iterable[str]) -> bytes:
    """One digest of many texts, which are not brought together: a large run has 100,000 answers."""
    digest = blake2b(digest_size=32)
    for text in texts:
        digest.update(text.encode(errors="surrogateescape") + b"\0")
    return digest.digest()


def _joined(parts: Sequence[bytes]) -> bytes:
    """Several pieces as one, each after its length."""
    return b"".join(chain.from_iterable((len(part).to_bytes(_LENGTH, "big"), part) for part in parts))


def _packed(parts: Iterable[bytes]) -> bytes:
    """The same, compressed, for as many pieces as a large run asks questions."""
    packer = zlib.compressobj(1)
    packed = bytearray()
    for part in parts:
        packed += packer.compress(len(part).to_bytes(_LENGTH, "big") + part)
    return bytes(packed + packer.flush())


def _parts(whole: bytes) -> list[bytes]:
    """The pieces that were joined."""
    return [*_each_part(whole)]


def _each_part(whole: bytes) -> Iterator[bytes]:
    position = 0
    while position < len(whole):
        start = position + _LENGTH
        position = start + int.from_bytes(whole[start - _LENGTH : start], "big")
        yield whole[start:position]
