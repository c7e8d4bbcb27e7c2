"""A QListView without its layout, for views that know by arithmetic where their items are.

In name it is a QListView, since that is what Qt makes known to screen readers with all its items. Of QListView's own
layout, which takes seconds for 100,000 items, nothing is used: every method that would come to it is
QAbstractItemView's, here or in the subclass, which calls QAbstractItemView's methods by name where others would call
super().
"""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QModelIndex, QPersistentModelIndex, QSize
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QAbstractItemView, QListView

AnyIndex = QModelIndex | QPersistentModelIndex


class PlainView(QListView):
    """To be completed by where things are, see QAbstractItemView's pure virtual methods."""

    def horizontalOffset(self) -> int:
        """Nothing lies beside the viewport."""
        return 0

    def isIndexHidden(self, index: AnyIndex) -> bool:
        """What is hidden is not in the model."""
        return False

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """Where to repaint: selections are mirrored for what is visible only, so all of it."""
        return QRegion(self.viewport().rect())

    def doItemsLayout(self) -> None:
        """There is nothing to lay out."""
        QAbstractItemView.doItemsLayout(self)

    def rowsAboutToBeRemoved(self, parent: QModelIndex, start: int, end: int) -> None:
        """See rowsInserted; the model never does."""
        QAbstractItemView.rowsAboutToBeRemoved(self, parent, start, end)

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        """Another cell is current."""
        QAbstractItemView.currentChanged(self, current, previous)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """What screen readers are told of the selection changed."""
        QAbstractItemView.selectionChanged(self, selected, deselected)

    def viewportSizeHint(self) -> QSize:
        """Any size will do."""
        return QSize(300, 300)
