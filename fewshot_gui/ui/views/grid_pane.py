"""The centre of the window: bar, grid and foot in one card. `view` has the signals, `pictures` the model."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from fewshot_gui.jobs.columns import PictureColumns
from fewshot_gui.ui.models.pictures import PicturesModel
from fewshot_gui.ui.theme import set_role
from fewshot_gui.ui.thumbnails import Thumbnails
from fewshot_gui.ui.views.grid import GridView
from fewshot_gui.ui.views.grid_bar import GridBar, GridFoot


class GridPane(QFrame):
    """Search, chips, order and size; the pictures; what can be done with the selected ones."""

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pictures = PicturesModel(self)
        self.view = GridView(self.pictures, thumbnails)
        self.bar, self.foot = GridBar(self.pictures, self.view), GridFoot(self.view)
        set_role(self, "card")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self.bar)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.foot)
        bar = self.bar
        chain = [bar.search, *bar.chips.values(), bar.extra, bar.again, bar.sort, bar.size_slider]
        for first, second in pairwise([*chain, self.view, self.foot.move_button]):
            QWidget.setTabOrder(first, second)
        self.set_columns(None)

    def set_columns(self, columns: PictureColumns | None) -> None:
        """The folder to show, None for the empty state. Without a folder there is nothing to search or move."""
        self.pictures.set_columns(columns)
        self.bar.setVisible(columns is not None)
        self.foot.setVisible(columns is not None)
