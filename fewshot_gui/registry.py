"""name -> entry, filled by importing the modules of one package and the entry points of others."""

import difflib
import importlib
import pkgutil
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from typing import Generic, TypeVar

from fewshot_gui.errors import UsageError

Entry = TypeVar("Entry")


class Registry(Generic[Entry]):
    """The registered entries of one kind, e.g. all few-shot methods."""

    def __init__(self, kind: str, package: str) -> None:
        """kind: what an entry is called in messages; package: the dotted package whose modules register entries."""
        self.kind = kind
        self._package = package
        self._entries: dict[str, Entry] = {}
        self._loaded = False

    def register(self, name: str) -> Callable[[Entry], Entry]:
        """Decorator: enter what follows under this name."""

        def enter(entry: Entry) -> Entry:
            if self._entries.setdefault(name, entry) is not entry:
                raise ValueError(f"two {self.kind}s are called {name!r}")
            return entry

        return enter

    def __getitem__(self, name: str) -> Entry:
        """The entry of that name; UsageError with the known names if there is none."""
        self._load()
        if name not in self._entries:
            raise self.unknown(name)
        return self._entries[name]

    def __contains__(self, name: object) -> bool:
        self._load()
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        self._load()
        return iter(sorted(self._entries))

    def unknown(self, name: str) -> UsageError:
        """The error for a name that is not registered."""
        close = difflib.get_close_matches(name, list(self), n=1)
        hint = f" Did you mean {close[0]}?" if close else ""
        return UsageError(f"There is no {self.kind} {name!r}.{hint} Known: {', '.join(self)}.")

    def _load(self) -> None:
        if self._loaded:
            return
        self._loaded = True  # before the imports: what they import may ask this registry
        try:
            self._import_all()
        except BaseException:
            self._loaded = False  # or later look-ups would take a half-filled list for the whole
            raise

    def _import_all(self) -> None:
        package = importlib.import_module(self._package)
        for module in pkgutil.iter_modules(package.__path__):
            if not module.name.startswith("_"):
                importlib.import_module(f"{self._package}.{module.name}")
        for point in entry_points(group=self._package):
            point.load()
