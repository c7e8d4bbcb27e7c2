"""The grid, the viewer and the map joined to the session and to one another: one selection, one filter, one folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from fewshot_gui.ui import actions, drops, tables
from fewshot_gui.ui.models.order import Filter, Show
from fewshot_gui.ui.session import Session
from fewshot_gui.ui.thumbnails import Thumbnails
from fewshot_gui.ui.views.grid_pane import GridPane
from fewshot_gui.ui.views.map import MapView, Marks
from fewshot_gui.ui.views.viewer import Viewer

if TYPE_CHECKING:
    from fewshot_gui.jobs.bench import Points

_MAP_THUMB = 192  # pixels
_NEAREST = 5


class PicturesJoint(QObject):
    """Keeps grid, viewer and map up to date, and does what they wish."""

    def __init__(self, session: Session, thumbnails: Thumbnails, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._thumbnails, self._window = session, thumbnails, window
        self.grid, self.map = GridPane(thumbnails), MapView()
        self.viewer: Viewer | None = None
        self._hovered = -1
        self._connect_wishes(self.grid.view)
        self._connect()

    def show_all(self, columns: Any = None) -> None:
        """The session's folder."""
        columns = self._session.columns
        self.grid.set_columns(columns)
        self.map.set_columns(columns)
        if columns is not None and self._session.live.points is not None:
            self._points_changed(self._session.live.points)
        if self.viewer is not None:
            self.viewer.close()

    def show_rows(self, rows: Any, title: str) -> None:
        """Only these pictures in the grid, such as a cell of the confusion matrix."""
        self.grid.pictures.set_filter(Filter(Show.ROWS, rows=np.asarray(rows, np.int32), title=title))

    def open_row(self, row: int) -> None:
        """A picture at full size."""
        if self.viewer is None:
            self.viewer = Viewer(self.grid.pictures, self._thumbnails, self._window)
            self._connect_wishes(self.viewer)
            self.viewer.row_shown.connect(self._row_shown)
        self.viewer.show_row(row)
        self.viewer.show()

    def _connect_wishes(self, view: Any) -> None:
        """Of the grid or of the viewer."""
        session = self._session
        view.confirm_wanted.connect(lambda rows: actions.confirm(session, rows))
        view.unknown_wanted.connect(lambda rows: actions.say(session, rows, "unknown"))
        view.exclude_wanted.connect(lambda rows: actions.say(session, rows, "excluded"))
        view.assign_wanted.connect(self._assign)

    def _connect(self) -> None:
        view, session = self.grid.view, self._session
        view.open_wanted.connect(self.open_row)
        view.visible_changed.connect(session.live.work.set_visible)
        view.selection_changed.connect(self.map.set_selection)
        view.files_dropped.connect(self._dropped)
        view.choose_folder_wanted.connect(lambda: self._window.do("folder"))  # type: ignore[attr-defined]
        self.grid.pictures.filter_changed.connect(self._filter_changed)
        self.map.set_thumbnails(self._map_thumbnail)
        self.map.selected.connect(self._select)
        self.map.opened.connect(self.open_row)
        self.map.class_clicked.connect(self._filter_class)
        self.map.hovered.connect(self._hover)
        session.columns_replaced.connect(self.show_all)
        session.rows_changed.connect(self._rows_changed)
        session.points_changed.connect(self._points_changed)
        session.state_changed.connect(self._state_changed)
        self._thumbnails.ready.connect(self._thumbnails_came)

    def _rows_changed(self, rows: Any) -> None:
        self.grid.pictures.refresh(rows)
        self.map.refresh()
        if self.viewer is not None and self.viewer.isVisible():
            self.viewer.renew()

    def _state_changed(self) -> None:
        work = self._session.live.work
        self.grid.pictures.set_live(work.runs("folder", "deep") and not work.is_paused)
        self.grid.view.set_searching(work.runs("folder") and self._session.columns is None)

    def _points_changed(self, points: Points) -> None:
        columns = self._session.columns
        label = {key: place for place, key in enumerate(columns.class_ids)} if columns is not None else {}
        labels = [
            np.array([label.get(key, -1) for key in ids], np.intp)
            for ids in (points.class_ids, points.support_class_ids)
        ]
        self.map.set_marks(Marks(points.prototypes, labels[0], points.support, labels[1]))
        self.map.set_space("PCA", False)  # also while an adapted backbone answers: its space is a run's own
        self.map.refresh()

    def _assign(self, rows: Any, label: int) -> None:
        columns = self._session.columns
        if columns is not None and label < len(columns.class_ids):
            actions.assign(self._session, [int(row) for row in rows], columns.class_ids[label])

    def _dropped(self, paths: list[str]) -> None:
        """A folder is what is to be classified, a table tells what is true of it. Loose pictures are neither."""
        drop, session = drops.sort_paths(paths), self._session
        if drop.folders:
            actions.set_folder(session, drop.folders[0])
            left = [*drop.folders[1:], *drop.pictures, *drop.others]
        elif drop.tables:
            tables.take_truth(session, drop.tables[0])
            left = [path for path in (*drop.pictures, *drop.others) if path != drop.tables[0]]
        else:
            self._offer_ways(drop.pictures)
            left = list(drop.others)
        if left:
            text = self.tr("%Ln more left out: one folder, or one table, at a time ({names}).", "", len(left))
            session.warned.emit(text.replace("{names}", drops.shortened(left)))

    def _offer_ways(self, pictures: Sequence[str]) -> None:
        """Loose pictures are no folder: what could be meant."""
        session = self._session
        folders = {os.path.dirname(path) for path in pictures}
        ways = {}
        if len(folders) == 1:
            folder = folders.pop()
            words = self.tr("Classify {folder}").format(folder=os.path.basename(folder) or folder)
            ways[words] = lambda: actions.set_folder(session, folder)
        if pictures:
            ways[self.tr("Make a class of them")] = lambda: actions.add_pictures(session, pictures, None)
        session.offered.emit(self.tr("What is classified is a folder with all its pictures: drop one here."), ways)

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

    def _filter_changed(self, wanted: Filter) -> None:
        self.map.set_class_filter(wanted.class_index if wanted.show is Show.CLASS else -1)

    def _row_shown(self, row: int) -> None:
        """The examples a picture is most like: under a millisecond, but torch must be there."""
        session = self._session
        if self.viewer is None or session.live.choices is None or session.columns is None:
            return
        from fewshot_gui.jobs.workbench import nearest_examples

        path = {example.id: example.path for example in session.examples}
        label = {key: place for place, key in enumerate(session.columns.class_ids)}
        near = nearest_examples(session.live.work.bench, row, _NEAREST)
        known = [one for one in near if one.example_id in path and one.class_id in label]
        self.viewer.set_supports(row, [(path[one.example_id], label[one.class_id], one.cosine) for one in known])

    def _map_thumbnail(self, row: int) -> QImage | None:
        columns = self._session.columns
        found = self._thumbnails.pixmap(columns.paths[row], _MAP_THUMB) if columns is not None else None
        return found.toImage() if found is not None else None

    def _hover(self, row: int) -> None:
        self._hovered = row

    def _thumbnails_came(self, paths: frozenset[str]) -> None:
        columns, row = self._session.columns, self._hovered
        if columns is not None and 0 <= row < columns.n and columns.paths[row] in paths:
            self.map.thumbnail_changed(row)
