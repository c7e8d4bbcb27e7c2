"""The classes joined to the session: cards made of what it knows, wishes handed to the actions."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from fewshot_gui.ui import actions, drops, file_actions, words
from fewshot_gui.ui.importing import Importer
from fewshot_gui.ui.session import Session
from fewshot_gui.ui.thumbnails import Thumbnails
from fewshot_gui.ui.views.class_data import CardData, ExampleData
from fewshot_gui.ui.views.classes import ClassesView
from fewshot_gui.ui.views.crop_dialog import CropDialog
from fewshot_gui.ui.views.example_viewer import ExampleViewer

if TYPE_CHECKING:
    from fewshot_gui.project.values import ClassInfo
    from fewshot_gui.types import Changes
    from fewshot_gui.ui.picture_files import FullPicture

_OF_CARDS = frozenset({"classes", "examples", "settings"})


class ClassesJoint(QObject):
    """Keeps a ClassesView up to date, and does what it wishes."""

    def __init__(self, session: Session, thumbnails: Thumbnails, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._thumbnails, self._window = session, thumbnails, window
        self.view = ClassesView(self._thumbnail)
        self.importer = Importer(session, self._thumbnail, window)
        self._cropping: int | None = None
        self.opened: ExampleViewer | None = None
        self._opened_class = -1
        self._connect()

    def show_all(self, adapted: object = None) -> None:
        """All cards, with the newest estimates."""
        session = self._session
        by_class: dict[int, list[ExampleData]] = {info.id: [] for info in session.classes}
        for example in session.examples:
            by_class[example.class_id].append(ExampleData(example.id, example.path, example.crop))
        self.view.set_classes([self._card(info, n, by_class[info.id]) for n, info in enumerate(session.classes)])
        self._show_summary({key: len(examples) for key, examples in by_class.items()})
        self.show_unknown()

    def show_unknown(self) -> None:
        """The switch of "None of these" and how many pictures are unknown."""
        how, columns = self._session.how, self._session.columns
        if how is not None:
            count = int((columns.status == 2).sum()) if columns is not None else None
            self.view.set_unknown(how.unknown, count)

    def take_paths(self, paths: Sequence[str]) -> None:
        """Files and folders, as if dropped beside the cards."""
        drop = drops.sort_paths(paths)
        if drop.pictures:
            self.importer.take_files(drop.pictures, None)
        if drop.folders:
            self.importer.take_folders(list(drop.folders), None)
        if sentence := drops.left_out(drop):
            self._session.warned.emit(sentence)

    def _connect(self) -> None:
        view, session = self.view, self._session
        view.class_add_wanted.connect(lambda name: actions.add_class(session, name))
        view.rename_wanted.connect(lambda key, name: actions.rename_class(session, key, name))
        view.colour_wanted.connect(lambda key, colour: actions.recolour_class(session, key, colour))
        view.reorder_wanted.connect(lambda ids: actions.reorder_classes(session, ids))
        view.merge_wanted.connect(lambda ids, into: actions.merge_classes(session, ids, into))
        view.split_wanted.connect(lambda key, ids, name: actions.split_class(session, key, ids, name))
        view.delete_wanted.connect(lambda ids: actions.delete_classes(session, ids))
        view.files_dropped.connect(lambda paths, key: self.importer.take_files(list(paths), key))
        view.folders_dropped.connect(lambda paths, key: self.importer.take_folders(list(paths), key))
        view.image_dropped.connect(self.importer.take_image)
        view.rows_dropped.connect(self._rows_dropped)
        view.rows_unknown.connect(lambda rows: actions.say(session, rows, "unknown", "drag"))
        view.examples_move_wanted.connect(lambda ids, key: actions.move_examples(session, ids, key))
        view.examples_remove_wanted.connect(lambda ids: actions.remove_examples(session, ids))
        view.crop_wanted.connect(self._crop)
        view.example_opened.connect(self._open)
        view.unknown_changed.connect(lambda value: actions.set_unknown(session, value))
        view.demo_wanted.connect(lambda: file_actions.open_demo(session))
        view.notice.connect(session.warned)
        session.changed.connect(self._changed)
        session.adapted.connect(self.show_all)
        session.rows_changed.connect(self._rows_changed)
        session.columns_replaced.connect(self._rows_changed)
        self._thumbnails.ready.connect(self._thumbnails_came)
        self._thumbnails.loaded.connect(self._full_came)

    def _changed(self, changes: Changes) -> None:
        if changes.kinds & _OF_CARDS:
            self.show_all()
            if self.opened is not None and self.opened.isVisible():
                self._show_opened(self.opened.shown)

    def _rows_changed(self, rows: object) -> None:
        self.show_unknown()

    def _card(self, info: ClassInfo, place: int, examples: list[ExampleData]) -> CardData:
        live = self._session.live
        found = live.per_class.get(info.id, words.NOTHING)
        low, high = found.interval() if found.total else (None, None)
        note = self.tr("Add another example, of another scene, for an estimate.") if live.last and examples else ""
        return CardData(
            info.id,
            info.name,
            info.colour,
            key=str(place + 1) if place < 9 else "",
            shots=len(examples),
            examples=tuple(examples),
            accuracy=words.accuracy(found),
            fraction=found.value if found.total else None,
            low=low,
            high=high,
            note="" if found.total else note,
        )

    def _show_summary(self, shots: dict[int, int]) -> None:
        session, live = self._session, self._session.live
        listed = [(c.name, shots[c.id], live.per_class.get(c.id, words.NOTHING)) for c in session.classes]
        estimate = live.last.estimate if live.last is not None else None
        whole = estimate.accuracy if estimate is not None else None
        self.view.set_summary(words.summary(listed, whole, len(session.examples)))

    def _rows_dropped(self, rows: Sequence[int], class_id: int | None) -> None:
        if class_id is None:
            actions.class_of_rows(self._session, rows)
        else:
            actions.assign(self._session, rows, class_id, origin="drag", teach_all=True)

    def _open(self, example_id: int) -> None:
        """The examples of a class at full size, beginning with one."""
        if self.opened is None:
            self.opened = ExampleViewer(self._thumbnails, self._window)
            self.opened.crop_wanted.connect(self._crop)
            self.opened.remove_wanted.connect(lambda key: actions.remove_examples(self._session, [key]))
        self._show_opened(example_id)
        self.opened.show()
        self.opened.activateWindow()

    def _show_opened(self, example_id: int) -> None:
        """Shows the class of an example as it is now; of one that has gone, its class's next."""
        session, viewer = self._session, self.opened
        assert viewer is not None
        owner = next((e.class_id for e in session.examples if e.id == example_id), self._opened_class)
        self._opened_class = owner
        name = next((c.name for c in session.classes if c.id == owner), "")
        found = [ExampleData(e.id, e.path, e.crop) for e in session.examples if e.class_id == owner]
        viewer.show_examples(name, found, example_id)

    def _crop(self, example_id: int) -> None:
        example = next((e for e in self._session.examples if e.id == example_id), None)
        if example is not None:
            self._cropping = example_id
            self._thumbnails.load(example.path)

    def _full_came(self, picture: FullPicture) -> None:
        example = next((e for e in self._session.examples if e.id == self._cropping), None)
        if example is None or example.path != picture.path:
            return
        self._cropping = None
        if picture.image is None:
            why = words.sentence(picture.reason)
            name = os.path.basename(picture.path)
            self._session.failed.emit(self.tr("The picture {name} {reason}.").format(name=name, reason=why))
            return
        dialog = CropDialog(picture.image, example.crop, os.path.basename(picture.path), self._window)
        dialog.accepted.connect(lambda: actions.crop_example(self._session, example.id, dialog.crop))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _thumbnail(self, path: str, crop: Any, size: int) -> Any:
        return self._thumbnails.pixmap(path, size, crop=crop)

    def _thumbnails_came(self, paths: frozenset[str]) -> None:
        for path in paths:
            self.view.thumbnail_ready(path)
        if self.importer.dialog is not None and self.importer.dialog.isVisible():
            for path in paths:
                self.importer.dialog.thumbnail_ready(path)
