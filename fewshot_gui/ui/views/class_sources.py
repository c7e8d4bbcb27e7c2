"""Dialogs that give what a drag would have given: for those who do not drag."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QWidget


def ask_pictures(parent: QWidget, start: str = "") -> list[str]:
    """Paths of picture files below the folder `start`, from Qt's or the desktop's dialog; [] if it was cancelled."""
    from fewshot_gui.images.formats import HEIC_ENDINGS, PLAIN_ENDINGS, RAW_ENDINGS  # only names

    translate = QCoreApplication.translate
    endings = " ".join(f"*{end}" for end in sorted(PLAIN_ENDINGS | HEIC_ENDINGS | RAW_ENDINGS))
    kinds = translate("ClassSources", "Pictures") + f" ({endings})"
    return QFileDialog.getOpenFileNames(parent, translate("ClassSources", "Add pictures"), start, kinds)[0]


def ask_folder(parent: QWidget, start: str = "") -> str:
    """Path of a folder, first shown in `start`, from Qt's or the desktop's dialog; "" if it was cancelled."""
    title = QCoreApplication.translate("ClassSources", "Add a folder of pictures")
    return QFileDialog.getExistingDirectory(parent, title, start)
