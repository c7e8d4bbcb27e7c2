"""The panes of a project, joined: what the session tells goes into them, what they wish goes to the actions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QSplitter, QWidget

from fewshot_gui.settings import Settings
from fewshot_gui.ui import actions, drops, words
from fewshot_gui.ui.importing import Importer
from fewshot_gui.ui.models.order import Filter, Show
from fewshot_gui.ui.session import Session
from fewshot_gui.ui.thumbnails import Thumbnails
from fewshot_gui.ui.views.class_data import CardData, ExampleData
from fewshot_gui.ui.views.classes import ClassesView
from fewshot_gui.ui.views.crop_dialog import CropDialog
from fewshot_gui.ui.views.grid_pane import GridPane
from fewshot_gui.ui.views.map import MapView, Marks
from fewshot_gui.ui.widgets.columns import Columns

if TYPE_CHECKING:
    from fewshot_gui.jobs.bench import Points
    from fewshot_gui.types import Changes
    from fewshot_gui.ui.picture_files import FullPicture

_MAP_THUMB = 192  # pixels


class Panes(QObject):
    """Classes, pictures, map and figures of the open project. widget: all of them, side by side."""

    def __init__(self, session: Session, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self.session, self._settings, self._window = session, settings, window
        self.thumbnails = Thumbnails(self)
        self.classes = ClassesView(self._example_thumbnail)
        self.grid = GridPane(self.thumbnails)
        self.map = MapView()
        self.importer = Importer(session, self._example_thumbnail, window)
        self._hovered = -1
        self._cropping: int | None = None
        self.right = QSplitter(Qt.Orientation.Vertical)
        self.right.setHandleWidth(10)
        self.right.setChildrenCollapsible(False)
        self.right.addWidget(self.map)
        self.widget = Columns(self.classes, self.grid, self.right, (self.tr("Pictures"), self.tr("Map and accuracy")))
        self.widget.restore(settings["columns"])
        self._connect_classes()
        self._connect_grid()
        self._connect_map()
        self._connect_session()

    @property
    def right_shown(self) -> bool:
        """Whether the right column is shown."""
        return self.widget.right_shown

    def show_all(self) -> None:
        """Everything the session has: after opening, and in a new window."""
        self._show_columns(self.session.columns)
        self._show_classes()

    def save_state(self) -> None:
        """Remembers the widths."""
        self._settings["columns"] = self.widget.state()

    def take_paths(self, paths: Sequence[str]) -> None:
        """Files and folders, as if dropped beside the classes."""
        drop = drops.sort_paths(paths)
        if drop.pictures:
            actions.add_pictures(self.session, drop.pictures, None)
        if drop.folders:
            self.importer.take_folders(list(drop.folders), None)
        if sentence := drops.left_out(drop):
            self.session.warned.emit(sentence)

    # Commands of the menus

    def do_paste(self) -> None:
        """Pictures from the clipboard, into the class that has the keyboard."""
        self.classes.paste(self.classes.current_class())

    def do_add_class(self) -> None:
        """Asks for a name in place."""
        self.widget.reveal(self.classes)
        self.classes.add_class()

    def do_add_pictures(self) -> None:
        """Asks for files."""
        self.classes.choose_pictures(self.classes.current_class())

    def do_add_folder(self) -> None:
        """Asks for a folder."""
        self.classes.choose_folder(None)

    def do_focus_classes(self) -> None:
        """The keyboard to the first class."""
        cards = self.classes.cards()
        (cards[0] if cards else self.classes).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def do_focus_grid(self) -> None:
        """The keyboard to the pictures."""
        self.widget.reveal(self.grid)
        self.grid.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def do_focus_map(self) -> None:
        """The keyboard to the map."""
        self.widget.reveal(self.map)
        self.map.canvas.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def do_right_column(self) -> None:
        """Shows the right column, or hides it."""
        self.widget.show_right(not self.widget.right_shown)

    # Joining

    def _connect_classes(self) -> None:
        view, session = self.classes, self.session
        view.class_add_wanted.connect(lambda name: actions.add_class(session, name))
        view.rename_wanted.connect(lambda key, name: actions.rename_class(session, key, name))
        view.colour_wanted.connect(lambda key, colour: actions.recolour_class(session, key, colour))
        view.reorder_wanted.connect(lambda ids: actions.reorder_classes(session, ids))
        view.merge_wanted.connect(lambda ids, into: actions.merge_classes(session, ids, into))
        view.split_wanted.connect(lambda key, ids, name: actions.split_class(session, key, ids, name))
        view.delete_wanted.connect(lambda ids: actions.delete_classes(session, ids))
        view.files_dropped.connect(lambda paths, key: actions.add_pictures(session, list(paths), key))
        view.folders_dropped.connect(lambda paths, key: self.importer.take_folders(list(paths), key))
        view.image_dropped.connect(self.importer.take_image)
        view.rows_dropped.connect(self._rows_dropped)
        view.rows_unknown.connect(lambda rows: actions.say(session, rows, "unknown", "drag"))
        view.examples_move_wanted.connect(lambda ids, key: actions.move_examples(session, ids, key))
        view.examples_remove_wanted.connect(lambda ids: actions.remove_examples(session, ids))
        view.crop_wanted.connect(self._crop)
        view.unknown_changed.connect(lambda value: actions.set_unknown(session, value))
        view.demo_wanted.connect(lambda: actions.open_demo(session))
        view.notice.connect(session.warned)
        self.thumbnails.ready.connect(self._thumbnails_came)
        self.thumbnails.loaded.connect(self._full_came)

    def _connect_grid(self) -> None:
        view, session = self.grid.view, self.session
        view.confirm_wanted.connect(lambda rows: actions.confirm(session, rows))
        view.unknown_wanted.connect(lambda rows: actions.say(session, rows, "unknown"))
        view.exclude_wanted.connect(lambda rows: actions.say(session, rows, "excluded"))
        view.assign_wanted.connect(self._assign)
        view.visible_changed.connect(session.live.work.set_visible)
        view.selection_changed.connect(self.map.set_selection)
        view.files_dropped.connect(self._grid_dropped)
        view.choose_folder_wanted.connect(lambda: self._window.do("folder"))  # type: ignore[attr-defined]

    def _connect_map(self) -> None:
        self.map.set_thumbnails(self._map_thumbnail)
        self.map.selected.connect(self._select)
        self.map.class_clicked.connect(self._filter_class)
        self.map.hovered.connect(self._hover)

    def _connect_session(self) -> None:
        session = self.session
        session.columns_replaced.connect(self._show_columns)
        session.changed.connect(self._changed)
        session.rows_changed.connect(self._rows_changed)
        session.adapted.connect(self._show_classes)
        session.deepened.connect(self._space_changed)
        session.points_changed.connect(self._points_changed)
        session.state_changed.connect(self._state_changed)

    # The session tells

    def _show_columns(self, columns: Any) -> None:
        self.grid.set_columns(columns)
        self.map.set_columns(columns)
        self._show_unknown()

    def _changed(self, changes: Changes) -> None:
        if changes.kinds & {"classes", "examples", "settings"}:
            self._show_classes()

    def _rows_changed(self, rows: Any) -> None:
        self.grid.pictures.refresh(rows)
        self.map.refresh()
        self._show_unknown()

    def _state_changed(self) -> None:
        work = self.session.live.work
        self.grid.pictures.set_live(work.runs("folder", "deep") and not work.is_paused)
        self.grid.view.set_searching(work.runs("folder") and self.session.columns is None)

    def _points_changed(self, points: Points) -> None:
        label = {key: place for place, key in enumerate(self.session.columns.class_ids)} if self.session.columns else {}
        self.map.set_marks(
            Marks(
                points.prototypes,
                np.array([label.get(key, -1) for key in points.class_ids], np.intp),
                points.support,
                np.array([label.get(key, -1) for key in points.support_class_ids], np.intp),
            )
        )
        self.map.set_space("PCA", False)
        self.map.refresh()

    def _space_changed(self, deep: object) -> None:
        """The map goes on showing the frozen backbone's space, and says so."""
        self.map.set_space("PCA", False)

    def _show_classes(self, adapted: object = None) -> None:
        session = self.session
        by_class: dict[int, list[ExampleData]] = {info.id: [] for info in session.classes}
        for example in session.examples:
            by_class[example.class_id].append(ExampleData(example.id, example.path, example.crop))
        self.classes.set_classes(
            [self._card(info, place, by_class[info.id]) for place, info in enumerate(session.classes)]
        )
        per_class, last = session.live.per_class, session.live.last
        estimate = last.estimate if last is not None else None
        nothing = words.NOTHING
        listed = [(info.name, len(by_class[info.id]), per_class.get(info.id, nothing)) for info in session.classes]
        whole = estimate.accuracy if estimate is not None else None
        self.classes.set_summary(words.summary(listed, whole, len(session.examples)))
        self._show_unknown()

    def _card(self, info: Any, place: int, examples: list[ExampleData]) -> CardData:
        found = self.session.live.per_class.get(info.id, words.NOTHING)
        low, high = found.interval() if found.total else (None, None)
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
            note="" if found.total else self.tr("Add a second example of another scene for an estimate."),
        )

    def _show_unknown(self) -> None:
        how, columns = self.session.how, self.session.columns
        if how is not None:
            self.classes.set_unknown(how.unknown, columns.counts().unknown if columns is not None else None)

    # The panes wish

    def _assign(self, rows: Any, label: int) -> None:
        columns = self.session.columns
        if columns is not None and label < len(columns.class_ids):
            actions.assign(self.session, rows.tolist(), columns.class_ids[label])

    def _rows_dropped(self, rows: Sequence[int], class_id: int | None) -> None:
        if class_id is None:
            actions.class_of_rows(self.session, rows)
        else:
            actions.assign(self.session, rows, class_id, origin="drag", teach_all=True)

    def _grid_dropped(self, paths: list[str]) -> None:
        """What is to be classified: a folder. Loose pictures are not one, but the folder they lie in is."""
        folders = drops.sort_paths(paths).folders
        if folders:
            actions.set_folder(self.session, folders[0])
        else:
            self.session.warned.emit(self.tr("Drop a folder here: its pictures are classified."))

    def _select(self, rows: Any, mode: str) -> None:
        selection = self.grid.view.selection
        if mode == "replace":
            self.grid.view.select_rows(rows)
        elif mode == "add":
            selection.add(rows)
        else:
            for row in rows:
                selection.toggle(int(row))

    def _filter_class(self, label: int) -> None:
        self.grid.pictures.set_filter(Filter(Show.CLASS, label) if label >= 0 else Filter())

    def _crop(self, example_id: int) -> None:
        example = next((e for e in self.session.examples if e.id == example_id), None)
        if example is not None:
            self._cropping = example_id
            self.thumbnails.load(example.path)

    def _full_came(self, picture: FullPicture) -> None:
        example = next((e for e in self.session.examples if e.id == self._cropping), None)
        if example is None or example.path != picture.path:
            return
        self._cropping = None
        if picture.image is None:
            self.session.failed.emit(picture.reason)
            return
        dialog = CropDialog(picture.image, example.crop, picture.path.rsplit("/", 1)[-1], self._window)
        dialog.accepted.connect(lambda: actions.crop_example(self.session, example.id, dialog.crop))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # Thumbnails

    def _example_thumbnail(self, path: str, crop: Any, size: int) -> Any:
        return self.thumbnails.pixmap(path, size, crop=crop)

    def _map_thumbnail(self, row: int) -> QImage | None:
        columns = self.session.columns
        found = self.thumbnails.pixmap(columns.paths[row], _MAP_THUMB) if columns is not None else None
        return found.toImage() if found is not None else None

    def _hover(self, row: int) -> None:
        self._hovered = row

    def _thumbnails_came(self, paths: frozenset[str]) -> None:
        for path in paths:
            self.classes.thumbnail_ready(path)
        columns, row = self.session.columns, self._hovered
        if columns is not None and 0 <= row < columns.n and columns.paths[row] in paths:
            self.map.thumbnail_changed(row)
