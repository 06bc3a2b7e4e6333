"""Settings of files, resolved by configuration root.

Each distinct set of settings exists once.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from rustgate.config.loader import Config
from rustgate.config.resolver import Resolver, Selection
from rustgate.model.rule import Rule, Setting
from rustgate.project.project import Project, SourceFile
from rustgate.rules.catalog import merged_catalogs


class FileSettings:
    """Resolves the settings of files.

    The resolver of each configuration root is made when it is first asked for.
    """

    def __init__(self, catalog: Mapping[str, Rule], configs: Callable[[Path], Config], selection: Selection) -> None:
        self._catalog = catalog
        self._configs = configs
        self._selection = selection
        self._resolvers: dict[Path, Resolver] = {}

    @property
    def catalog(self) -> Mapping[str, Rule]:
        """Return the catalogue with repository pages.

        Repository pages count as soon as their configuration root has been met.
        """
        return merged_catalogs([self._catalog, *(resolver.config.repository_rules for resolver in self._resolvers.values())])

    def resolver(self, config_root: Path) -> Resolver:
        """Return the resolver of settings below a configuration root."""
        if config_root not in self._resolvers:
            self._resolvers[config_root] = Resolver(self._configs(config_root), self._catalog, self._selection)
        return self._resolvers[config_root]

    def of(self, file: SourceFile) -> dict[str, Setting]:
        """Return the settings of a file.

        Files that the same overrides match get the same dictionary.
        """
        return self.resolver(file.config_root).settings(file.local)

    def max_size(self, file: SourceFile) -> int:
        """Return the size in bytes up to which a file is read."""
        return self.resolver(file.config_root).config.table.max_file_size

    def excludes(self, file: SourceFile) -> bool:
        """Return whether the configuration excludes a file."""
        return self.resolver(file.config_root).excluded(file.local)

    def idle_overrides(self, project: Project) -> Iterator[str]:
        """Yield a sentence for each unused override.

        That is one that matches no file. Only configurations all of whose files were given are looked at.
        """
        for config_root, resolver in self._resolvers.items():
            if project.covers(config_root):
                yield from resolver.idle_overrides()


class SettingsTable:
    """Numbers the distinct sets of settings.

    Sets are told apart by identity. Workers hold `rows`, and a task holds the number of a row.
    """

    def __init__(self) -> None:
        self.rows: list[dict[str, Setting]] = []
        self._numbers: dict[int, int] = {}

    def row_of(self, settings: dict[str, Setting]) -> int:
        """Return the row of `settings`."""
        if id(settings) not in self._numbers:
            self._numbers[id(settings)] = len(self.rows)
            self.rows.append(settings)
        return self._numbers[id(settings)]

    def has_rule(self, rule: str) -> bool:
        """Return whether some row has a setting for `rule`."""
        return any(rule in row for row in self.rows)
