"""What a user does with a project as files: copies, moves and exports, and the demo; see actions.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication

from fewshot_gui.types import Changes
from fewshot_gui.ui import actions
from fewshot_gui.ui.widgets.foot import Progress
from fewshot_gui.ui.words import Counted, step_words

if TYPE_CHECKING:
    from fewshot_gui.ui.session import Session


def save_copy(session: Session, path: str) -> bool:
    """Writes all of the project to another file."""
    return actions.act(session, lambda project: project.save_copy(Path(path)) or Changes())


def move(session: Session, path: str) -> bool:
    """Moves the project's file."""
    project = session.project
    old = project.path if project is not None else None
    if not actions.act(session, lambda project: project.move(Path(path)) or Changes()):
        return False
    from fewshot_gui.project.recent import forget

    session.attempt(lambda: forget(old))  # type: ignore[arg-type]
    session.remember()
    return True


def export_answers(session: Session, path: str) -> None:
    """Writes the answers to a file, in a worker."""

    def done(count: int) -> None:
        session.offered.emit(Counted().answers_in(count, path), {})

    if session.columns is not None:
        session.live.work.export_answers(session.columns, Path(path), done)


def export_classifier(session: Session, path: str) -> None:
    """Writes the classifier in use as a folder, in a worker."""
    sentence = QCoreApplication.translate(
        "Actions", "The classifier is in {path}: `fewshot-gui classify --model` takes it."
    )
    told = sentence.format(path=path)
    session.live.work.export_classifier(Path(path), lambda _: session.offered.emit(told, {}))


def open_demo(session: Session) -> None:
    """Draws the demo pictures, once, and opens a project that has them as examples and folder."""
    from fewshot_gui import paths

    folder = paths.data_folder() / "demo"

    def job() -> Any:
        from fewshot_gui.jobs.demo import demo_classes

        return (yield from demo_classes(folder))

    def opened(classes: Mapping[str, Sequence[str]]) -> None:
        if session.new(QCoreApplication.translate("Actions", "Demo")):
            actions.add_classes(session, classes)
            actions.set_folder(session, str(folder / "query"))

    session.live.work.start("demo", job(), opened, Progress(step_words("Drawing the demo pictures"), can_stop=False))
