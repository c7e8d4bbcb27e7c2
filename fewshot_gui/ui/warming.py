"""What a window needs besides its first frame, made ready behind it: in a worker, and in portions nobody notices."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from importlib import import_module

from PySide6.QtCore import QObject, QTimer

from fewshot_gui.jobs.events import Step
from fewshot_gui.ui.work import Work

# Without Qt: a worker imports them.
_BEHIND = (
    "numpy",
    "numpy.ma",  # numpy itself imports it late, in the middle of the first selection
    "fewshot_gui.project.recent",
    "fewshot_gui.project.library",
    "fewshot_gui.images.formats",
    "fewshot_gui.jobs.stored",
    "fewshot_gui.jobs.bench",
)
# With Qt: imported in the GUI thread, each in a turn of its own of the event loop; what others need comes first.
_IN_TURN = tuple(
    f"fewshot_gui.ui.{name}"
    for name in (
        "thumbnails",
        "views.class_card",
        "views.import_dialog",
        "views.classes",
        "join_classes",
        "views.accuracy",
        "join_figures",
        "models.pictures",
        "views.grid_pane",
        "views.map_canvas",
        "views.map",
        "views.viewer",
        "panes",
    )
)


class WarmingUp(QObject):
    """Imports what the first project needs, then calls portions one by one, each in a turn of the event loop."""

    def __init__(self, work: Work, portions: tuple[Callable[[], object], ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work, self._portions = work, portions
        self._left: Iterator[Callable[[], object]] = iter(())

    def start(self) -> None:
        """Begins; the portions come once a worker has imported what needs no Qt."""
        self._work.start("warming", _imported(), lambda _: self._go_on())

    def _go_on(self) -> None:
        self._left = iter([*(_importing(name) for name in _IN_TURN), *self._portions])
        self._turn()

    def _turn(self) -> None:
        portion = next(self._left, None)
        if portion is not None:
            portion()
            QTimer.singleShot(0, self, self._turn)


def _imported() -> Generator[Step, None, None]:
    for name in _BEHIND:
        import_module(name)
        yield Step("Getting ready")


def _importing(name: str) -> Callable[[], object]:
    return lambda: import_module(name)
