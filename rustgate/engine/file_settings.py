"""Settings of the files of a run: each by the configuration of its root, every distinct set once."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from rustgate.config.loader import Config
from rustgate.config.resolver import Resolver, Selection
from rustgate.model.rule import Rule, Setting
from rustgate.project.project import Project, SourceFile
from rustgate.rules.catalog import merged_catalogs


class FileSettings:
    """Resolves settings by file; the resolver of each configuration root is made when it is first asked for."""

    def __init__(self, catalog: Mapping[str, Rule], configs: Callable[[Path], Config], selection: Selection) -> None:
        self._catalog = catalog
        self._configs = configs
        self._selection = selection
        self._resolvers: dict[Path, Resolver] = {}

    @property
    def catalog(self) -> Mapping[str, Rule]:
        """The rules of the catalogue, and those of the repository pages that were met so far."""
        return merged_catalogs([self._catalog, *(resolver.config.repository_rules for resolver in self._resolvers.values())])

    def resolver(self, config_root: Path) -> Resolver:
        """Return the settings below a configuration root, by path."""
        if config_root not in self._resolvers:
            self._resolvers[config_root] = Resolver(self._configs(config_root), self._catalog, self._selection)
        return self._resolvers[config_root]

    def of(self, file: SourceFile) -> dict[str, Setting]:
        """Return the settings of a file: the same dictionary for files that the same overrides match."""
        return self.resolver(file.config_root).settings(file.local)

    def max_size(self, file: SourceFile) -> int:
        """Return the size in bytes up to which a file is read."""
        return self.resolver(file.config_root).config.table.max_file_size

    def excludes(self, file: SourceFile) -> bool:
        """Return whether the configuration excludes a file."""
        return self.resolver(file.config_root).excluded(file.local)

    def idle_overrides(self, project: Project) -> Iterator[str]:
        """Yield a sentence for each override that matches no file, of configurations all of whose files were given."""
        for config_root, resolver in self._resolvers.items():
            if project.covers(config_root):
                yield from resolver.idle_overrides()


class SettingsTable:
    """Numbers sets of settings, each once, told apart by identity; workers hold `rows`, and a task has a number."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Setting]] = []
        self._numbers: dict[int, int] = {}

    def number(self, settings: dict[str, Setting]) -> int:
        """Return the row of `settings`."""
        if id(settings) not in self._numbers:
            self._numbers[id(settings)] = len(self.rows)
            self.rows.append(settings)
        return self._numbers[id(settings)]

    def names(self, rule: str) -> bool:
        """Return whether some row has a setting for `rule`."""
        return any(rule in row for row in self.rows)
