"""Questions to the user by the desktop's dialogs, and what the start page lists."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QDate, QLocale, QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from fewshot_gui.settings import Settings
from fewshot_gui.ui.views.start import RecentProject
from fewshot_gui.ui.words import Counted

if TYPE_CHECKING:
    from fewshot_gui.ui.session import Session

translate = QCoreApplication.translate
_SUFFIX = ".fewshot"
_SHOWN = 6  # recent projects
_DAY = 86_400.0  # seconds


def recent() -> list[RecentProject]:
    """The projects opened last, for the start page."""
    from fewshot_gui.project.recent import recent_projects

    now = time.time()
    return [RecentProject(p.name, p.path, when(p.opened, now)) for p in recent_projects()[:_SHOWN]]


def when(opened: float, now: float) -> str:
    """A time in words: today's by the clock, else by the day; both seconds since 1970."""
    days = int((now - opened) // _DAY)
    if days < 1:
        return translate("Asking", "today")
    if days < 31:
        return Counted().days_ago(days)
    return QLocale().toString(QDate(*time.localtime(opened)[:3]), QLocale.FormatType.ShortFormat)


def project_file(parent: QWidget, settings: Settings) -> str:
    """A project to open; "" if the user thought better of it."""
    kinds = f"{_projects()} (*{_SUFFIX})"
    return kept(
        settings,
        QFileDialog.getOpenFileName(parent, translate("Asking", "Open project"), begins(settings), kinds)[0],
    )


def new_project_file(parent: QWidget, settings: Settings, session: Session, title: str) -> str:
    """A place for a project file; "" for none."""
    start = os.path.join(begins(settings), _plain(session.project_name) + _SUFFIX)
    found = QFileDialog.getSaveFileName(parent, title, start, f"{_projects()} (*{_SUFFIX})")[0]
    return kept(settings, found if not found or found.endswith(_SUFFIX) else found + _SUFFIX)


def folder(parent: QWidget, settings: Settings, title: str) -> str:
    """A folder that is there; "" for none."""
    return kept(settings, QFileDialog.getExistingDirectory(parent, title, begins(settings)))


def new_folder(parent: QWidget, settings: Settings, title: str) -> str:
    """A folder to be made; "" for none."""
    found = QFileDialog.getSaveFileName(parent, title, os.path.join(begins(settings), "classifier"))[0]
    return kept(settings, found)


def table_file(parent: QWidget, settings: Settings) -> str:
    """A table that names pictures and their classes; "" for none."""
    title = translate("Asking", "A table with the columns path and class")
    kinds = translate("Asking", "Tables") + " (*.csv *.tsv *.txt)"
    return kept(settings, QFileDialog.getOpenFileName(parent, title, begins(settings), kinds)[0])


def weights_file(parent: QWidget, settings: Settings) -> str:
    """A file of a backbone's weights; "" for none."""
    from fewshot_gui.jobs.add_model import ENDINGS

    kinds = translate("Asking", "Weights") + f" ({' '.join(f'*{ending}' for ending in ENDINGS)})"
    title = translate("Asking", "A file of weights")
    return kept(settings, QFileDialog.getOpenFileName(parent, title, begins(settings), kinds)[0])


def export_file(parent: QWidget, settings: Settings, session: Session) -> str:
    """A file for the answers, in one of the registered formats; "" for none."""
    from fewshot_gui.export import FORMATS

    kinds = {f"{name.upper()} (*.{name})": f".{name}" for name in FORMATS}
    start = os.path.join(begins(settings), _plain(session.project_name))
    found, kind = QFileDialog.getSaveFileName(parent, translate("Asking", "Export answers"), start, ";;".join(kinds))
    if found and Path(found).suffix not in kinds.values():
        found += kinds.get(kind, ".csv")
    return kept(settings, found)


def begins(settings: Settings) -> str:
    """Where a dialog begins: in the folder chosen last, else among the user's pictures or documents."""
    last = settings["last_folder"]
    if os.path.isdir(last):
        return last
    places = QStandardPaths.StandardLocation.PicturesLocation, QStandardPaths.StandardLocation.DocumentsLocation
    found = (QStandardPaths.writableLocation(place) for place in places)
    return next((folder for folder in found if os.path.isdir(folder)), os.path.expanduser("~"))


def kept(settings: Settings, path: str) -> str:
    """Remembers the folder, so that the next dialog begins there."""
    if path:
        settings["last_folder"] = path if os.path.isdir(path) else os.path.dirname(path)
    return path


def _plain(name: str) -> str:
    return "".join("_" if letter in '\\/:*?"<>|' else letter for letter in name).strip() or "project"


def _projects() -> str:
    return translate("Asking", "Projects")
