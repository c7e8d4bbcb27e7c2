"""Drags as Qt delivers them, without a mouse: qtbot cannot start one."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication

BOTH = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
LEFT, PLAIN = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def drag(widget, mime, at: QPoint) -> bool:
    """Brings a drag in and to a place; whether a drop would be taken there."""
    QApplication.sendEvent(widget, QDragEnterEvent(at, BOTH, mime, LEFT, PLAIN))
    return drag_on(widget, mime, at)


def drag_on(widget, mime, at: QPoint) -> bool:
    """Moves the drag; whether a drop would be taken there."""
    event = QDragMoveEvent(at, BOTH, mime, LEFT, PLAIN)
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def leave(widget) -> None:
    """Takes the drag out again."""
    QApplication.sendEvent(widget, QDragLeaveEvent())


def drop(widget, mime, at: QPoint) -> QDropEvent:
    """A whole drag with its drop; the delivered event."""
    drag(widget, mime, at)
    event = QDropEvent(at.toPointF(), BOTH, mime, LEFT, PLAIN)
    event.setDropAction(Qt.DropAction.MoveAction)  # as sources propose it
    QApplication.sendEvent(widget, event)
    return event
