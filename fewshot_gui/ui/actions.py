"""What a user does, one small function each: it writes to the project and hands what changed to the session."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from fewshot_gui.errors import UserError
from fewshot_gui.types import BALANCED, Changes

if TYPE_CHECKING:
    from fewshot_gui.project.store import Project
    from fewshot_gui.ui.session import Session

# What the project calls its actions; it is Qt-free and speaks English.
ACTION_TEXTS = (
    QT_TRANSLATE_NOOP("Undo", "Add class"),
    QT_TRANSLATE_NOOP("Undo", "Rename project"),
    QT_TRANSLATE_NOOP("Undo", "Choose folder"),
    QT_TRANSLATE_NOOP("Undo", "Change settings"),
    QT_TRANSLATE_NOOP("Undo", "Add classes"),
    QT_TRANSLATE_NOOP("Undo", "Rename class"),
    QT_TRANSLATE_NOOP("Undo", "Change class colour"),
    QT_TRANSLATE_NOOP("Undo", "Reorder classes"),
    QT_TRANSLATE_NOOP("Undo", "Merge classes"),
    QT_TRANSLATE_NOOP("Undo", "Split class"),
    QT_TRANSLATE_NOOP("Undo", "Delete classes"),
    QT_TRANSLATE_NOOP("Undo", "Add examples"),
    QT_TRANSLATE_NOOP("Undo", "Move examples"),
    QT_TRANSLATE_NOOP("Undo", "Remove examples"),
    QT_TRANSLATE_NOOP("Undo", "Crop example"),
    QT_TRANSLATE_NOOP("Undo", "Review pictures"),
    QT_TRANSLATE_NOOP("Undo", "Label pictures"),
    QT_TRANSLATE_NOOP("Undo", "Take true classes"),
)


def undo_words(text: str | None) -> str:
    """An action of the project in the language in use."""
    return QCoreApplication.translate("Undo", text) if text else ""


def act(session: Session, work: Callable[[Project], Changes]) -> bool:
    """Carries out work(project); what it changed is told. False if it could not be done, which is told, too."""
    project = session.project
    if project is None:
        return False
    try:
        changes = work(project)
    except UserError as error:
        session.failed.emit(str(error))
        return False
    session.apply(changes)
    return True


# The project


def rename(session: Session, name: str) -> bool:
    """Another name for the project; its file keeps its own."""
    return act(session, lambda project: project.rename(name))


def set_folder(session: Session, path: str) -> bool:
    """What is classified from now on; the folder is never written to."""
    return act(session, lambda project: project.set_folder(path))


def set_method(session: Session, method: str | None) -> bool:
    """How to adapt; None: the program's choice."""
    return act(session, lambda project: project.change_settings(method=method))


def set_backbone(session: Session, name: str) -> bool:
    """Another model; a method or a quality that may not be there for it gives way to the program's choice."""
    found, method = session.live.choices, session.method
    stays = method is None or (found is not None and method.split(":")[0] in found.instant)
    more = {} if stays else {"method": None}
    model = session.model(name)
    quality = session.quality if model is not None and session.quality in model.quality_names else BALANCED
    return act(session, lambda project: project.change_settings(backbone=name, quality=quality, **more))


def set_quality(session: Session, name: str) -> bool:
    """How much time the model may spend on a picture: fast, balanced or careful."""
    return act(session, lambda project: project.change_settings(quality=name))


def set_device(session: Session, key: str) -> None:
    """What computes from now on, in this project and others: auto, cpu, cuda or mps."""
    if session.settings["device"] != key:
        session.settings["device"] = key
        session.live.load_model()
        session.state_changed.emit()


def set_unknown(session: Session, value: object) -> bool:
    """The switch and rate of "None of these"."""
    return act(session, lambda project: project.change_settings(unknown=value))


def undo(session: Session) -> bool:
    """Takes back the last action."""
    return act(session, lambda project: project.undo())


def redo(session: Session) -> bool:
    """Does again what was undone last."""
    return act(session, lambda project: project.redo())


# Classes


def add_class(session: Session, name: str) -> int | None:
    """A new, empty class; its id."""
    made: list[int] = []

    def work(project: Project) -> Changes:
        info, changes = project.add_class(name)
        made.append(info.id)
        return changes

    act(session, work)
    return made[0] if made else None


def add_classes(session: Session, pictures: Mapping[str, Sequence[str]], origin: str = "folder") -> bool:
    """Class name -> paths of pictures; those of a name that is there go to that class."""
    return act(session, lambda project: project.add_classes({n: _new(p, origin) for n, p in pictures.items()}))


def rename_class(session: Session, class_id: int, name: str) -> bool:
    """Another name for a class."""
    return act(session, lambda project: project.rename_class(class_id, name))


def recolour_class(session: Session, class_id: int, colour: int) -> bool:
    """Another colour for a class, by its index in the palette."""
    return act(session, lambda project: project.recolour_class(class_id, colour))


def reorder_classes(session: Session, ids: Sequence[int]) -> bool:
    """All classes in another order."""
    return act(session, lambda project: project.reorder_classes(ids))


def merge_classes(session: Session, ids: Sequence[int], into: int) -> bool:
    """Makes one class of several."""
    return act(session, lambda project: project.merge_classes(ids, into))


def split_class(session: Session, class_id: int, example_ids: Sequence[int], name: str) -> bool:
    """Makes a class of its own of some of a class's examples."""
    return act(session, lambda project: project.split_class(class_id, example_ids, name))


def delete_classes(session: Session, ids: Sequence[int]) -> bool:
    """Deletes classes with their examples; the files stay."""
    return act(session, lambda project: project.delete_classes(ids))


# Examples


def add_pictures(session: Session, paths: Sequence[str], class_id: int | None, origin: str = "file") -> bool:
    """Makes examples of files, in a new class without class_id."""
    if class_id is None:
        return add_classes(session, {name_for(paths): paths}, origin)
    return act(session, lambda project: project.add_examples(class_id, _new(paths, origin)))


def move_examples(session: Session, ids: Sequence[int], class_id: int) -> bool:
    """Moves examples to another class."""
    return act(session, lambda project: project.move_examples(ids, class_id))


def remove_examples(session: Session, ids: Sequence[int]) -> bool:
    """Takes examples away; the files stay."""
    return act(session, lambda project: project.remove_examples(ids))


def crop_example(session: Session, example_id: int, box: tuple[float, float, float, float] | None) -> bool:
    """Uses only a part of an example, 0-1; None: all of it."""
    return act(session, lambda project: project.crop_example(example_id, box))


# Pictures of the folder


def assign(
    session: Session, rows: Iterable[int], class_id: int, *, origin: str = "key", teach_all: bool = False
) -> bool:
    """Says that pictures are of a class. What was answered otherwise becomes an example, so that it is learned.

    teach_all: so do the others, as when they are dragged to the class.
    """
    columns = session.columns
    if columns is None:
        return False
    label = columns.class_ids.index(class_id) if class_id in columns.class_ids else -1
    said: list[tuple[str, Any, int | None]] = []
    pictures = []
    for row in rows:
        content = columns.content[row]
        right = columns.label[row] == label
        if content is not None:
            said.append((content, "confirmed" if right else "corrected", class_id))
        if teach_all or not right:
            pictures.append((columns.paths[row], content))
    teach = {class_id: [_example(path, content) for path, content in pictures]} if pictures else {}
    return act(session, lambda project: project.judge(said, _origin(origin), teach))


def confirm(session: Session, rows: Sequence[int]) -> bool:
    """Says that the answers are right; once more takes that back. Pictures without answer are passed over."""
    from fewshot_gui.jobs.columns import CONFIRMED

    columns = session.columns
    if columns is None:
        return False
    shown = columns.shown_labels(rows)
    answered = [(int(row), int(label)) for row, label in zip(rows, shown, strict=True) if label >= 0]
    back = bool(answered) and all(columns.verdict[row] == CONFIRMED for row, _ in answered)
    said = [(columns.content[row], None if back else "confirmed", columns.class_ids[label]) for row, label in answered]
    return _judge(session, said)


def say(session: Session, rows: Sequence[int], verdict: str, origin: str = "key") -> bool:
    """Says "unknown" or "excluded" of pictures; once more takes that back."""
    from fewshot_gui.jobs.stored import VERDICTS

    columns = session.columns
    if columns is None or not len(rows):
        return False
    back = all(columns.verdict[row] == VERDICTS[verdict] for row in rows)
    return _judge(session, [(columns.content[row], None if back else verdict, None) for row in rows], origin)


def class_of_rows(session: Session, rows: Sequence[int]) -> bool:
    """Makes a new class of pictures of the folder."""
    if session.columns is None:
        return False
    return add_classes(session, {new_class_name(): [session.columns.paths[row] for row in rows]}, "grid")


def new_class_name() -> str:
    """What a class is called until somebody says better."""
    return QCoreApplication.translate("Actions", "New class")


def name_for(paths: Sequence[str]) -> str:
    """The folder's name if the files lie in one, else that of a new class."""
    folders = {os.path.dirname(path) for path in paths}
    return (os.path.basename(folders.pop()) if len(folders) == 1 else "") or new_class_name()


def _judge(session: Session, said: Iterable[tuple[str | None, Any, int | None]], origin: str = "key") -> bool:
    known = [(content, verdict, class_id) for content, verdict, class_id in said if content is not None]
    if not known:
        translate = QCoreApplication.translate
        session.warned.emit(
            translate("Actions", "These pictures have not been read yet: wait until they are classified.")
        )
        return False
    return act(session, lambda project: project.judge(known, _origin(origin)))


def _origin(origin: str) -> Any:
    return origin


def _new(paths: Sequence[str], origin: str) -> list[Any]:
    from fewshot_gui.project.values import NewExample

    return [NewExample(path, None, origin) for path in paths]


def _example(path: str, content: str | None) -> Any:
    from fewshot_gui.project.values import NewExample

    return NewExample(path, content, "grid")
