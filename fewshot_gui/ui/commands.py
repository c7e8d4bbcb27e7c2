"""The commands of the window as one table: menus, shortcuts, icons, and the list of keys are made from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication
from PySide6.QtGui import QKeySequence

Need = Literal["nothing", "project", "classes", "folder"]
_CONTEXT = "Commands"


@dataclass(frozen=True, slots=True)
class Command:
    """One command. keys: portable key sequences, the first of which the menu shows. need: what has to be there."""

    id: str
    menu: str
    text: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    need: Need = "project"
    checkable: bool = False
    line_before: bool = False

    @property
    def words(self) -> str:
        """The text in the language in use, with its mnemonic."""
        return QCoreApplication.translate(_CONTEXT, self.text)

    @property
    def name(self) -> str:
        """The text alone: without mnemonic, which Chinese writes in brackets, and the dots of what asks first."""
        return re.sub(r"\s*\(&\w\)", "", self.words).replace("&", "").rstrip(".…")

    @property
    def sequences(self) -> list[QKeySequence]:
        """The shortcuts as Qt wants them."""
        return [QKeySequence(keys) for keys in self.keys]


MENUS: tuple[tuple[str, str], ...] = (
    ("project", QT_TRANSLATE_NOOP("Commands", "&Project")),
    ("edit", QT_TRANSLATE_NOOP("Commands", "&Edit")),
    ("classes", QT_TRANSLATE_NOOP("Commands", "&Classes")),
    ("adapt", QT_TRANSLATE_NOOP("Commands", "&Adapt")),
    ("view", QT_TRANSLATE_NOOP("Commands", "&View")),
    ("help", QT_TRANSLATE_NOOP("Commands", "&Help")),
)

COMMANDS: tuple[Command, ...] = (
    Command("new", "project", QT_TRANSLATE_NOOP("Commands", "&New project"), ("Ctrl+N",), "plus", "nothing"),
    Command("open", "project", QT_TRANSLATE_NOOP("Commands", "&Open project..."), ("Ctrl+O",), "folder", "nothing"),
    Command("home", "project", QT_TRANSLATE_NOOP("Commands", "&Start page"), ("Ctrl+Shift+H",), need="nothing"),
    Command("folder", "project", QT_TRANSLATE_NOOP("Commands", "&Folder to classify..."), ("Ctrl+Shift+O",), "image",
            line_before=True),
    Command("rescan", "project", QT_TRANSLATE_NOOP("Commands", "&Look for new pictures"), ("F5",), "refresh", "folder"),
    Command("truth", "project", QT_TRANSLATE_NOOP("Commands", "&True classes from a table..."), ("Ctrl+T",), "check",
            "folder"),
    Command("export", "project", QT_TRANSLATE_NOOP("Commands", "Export &answers..."), ("Ctrl+E",), "export", "folder",
            line_before=True),
    Command("export_classifier", "project", QT_TRANSLATE_NOOP("Commands", "Export &classifier..."), need="classes"),
    Command("save_copy", "project", QT_TRANSLATE_NOOP("Commands", "Save a co&py..."), ("Ctrl+Shift+S",), "copy"),
    Command("move", "project", QT_TRANSLATE_NOOP("Commands", "&Move project file...")),
    Command("close", "project", QT_TRANSLATE_NOOP("Commands", "&Quit"), ("Ctrl+Q",), need="nothing", line_before=True),
    Command("undo", "edit", QT_TRANSLATE_NOOP("Commands", "&Undo"), ("Ctrl+Z",), "undo"),
    Command("redo", "edit", QT_TRANSLATE_NOOP("Commands", "&Redo"), ("Ctrl+Shift+Z", "Ctrl+Y"), "redo"),
    Command("paste", "edit", QT_TRANSLATE_NOOP("Commands", "&Paste pictures"), ("Ctrl+V",), line_before=True),
    Command("rename", "edit", QT_TRANSLATE_NOOP("Commands", "Re&name project"), ("Shift+F2",), "edit"),
    Command("add_class", "classes", QT_TRANSLATE_NOOP("Commands", "&New class..."), ("Ctrl+Shift+N",), "plus"),
    Command("add_pictures", "classes", QT_TRANSLATE_NOOP("Commands", "Add &pictures..."), ("Ctrl+I",), "image"),
    Command("add_folder", "classes", QT_TRANSLATE_NOOP("Commands", "Classes from a &folder..."), ("Ctrl+Shift+I",),
            "folder"),
    Command("deeper", "adapt", QT_TRANSLATE_NOOP("Commands", "Adapt &deeper"), ("Ctrl+R",), "layers", "classes"),
    Command("stop", "adapt", QT_TRANSLATE_NOOP("Commands", "&Stop what is running"), ("Ctrl+.",), "stop"),
    Command("pause", "adapt", QT_TRANSLATE_NOOP("Commands", "&Pause classifying"), ("Ctrl+P",), "pause", "folder",
            checkable=True),
    Command("backbones", "adapt", QT_TRANSLATE_NOOP("Commands", "&Backbones..."), ("Ctrl+B",), "import", "nothing",
            line_before=True),
    Command("focus_classes", "view", QT_TRANSLATE_NOOP("Commands", "Go to &classes"), ("Alt+1",)),
    Command("focus_grid", "view", QT_TRANSLATE_NOOP("Commands", "Go to &pictures"), ("Alt+2",)),
    Command("focus_map", "view", QT_TRANSLATE_NOOP("Commands", "Go to &map"), ("Alt+3",)),
    Command("right_column", "view", QT_TRANSLATE_NOOP("Commands", "Map and &accuracy"), ("Ctrl+M",), checkable=True,
            line_before=True),
    Command("theme", "view", QT_TRANSLATE_NOOP("Commands", "&Light or dark"), ("Ctrl+Shift+L",), "moon", "nothing"),
    Command("full_screen", "view", QT_TRANSLATE_NOOP("Commands", "&Full screen"), ("F11",), "expand", "nothing",
            checkable=True),
    Command("keys", "help", QT_TRANSLATE_NOOP("Commands", "&Keyboard"), ("F1",), "keyboard", "nothing"),
    Command("about", "help", QT_TRANSLATE_NOOP("Commands", "&About fewshot-gui"), (), "info", "nothing"),
)  # fmt: skip

# Keys that a pane knows by itself: only listed, so that they can be looked up.
PANE_KEYS: tuple[tuple[str, str], ...] = (
    ("1 ... 9", QT_TRANSLATE_NOOP("Commands", "The selected pictures are of this class")),
    ("Enter", QT_TRANSLATE_NOOP("Commands", "The answers for the selected pictures are right")),
    ("U", QT_TRANSLATE_NOOP("Commands", "The selected pictures are of none of the classes")),
    ("X", QT_TRANSLATE_NOOP("Commands", "Leave the selected pictures out")),
    ("Space", QT_TRANSLATE_NOOP("Commands", "Show the picture in full size")),
    ("Ctrl+A", QT_TRANSLATE_NOOP("Commands", "Select all pictures that are shown")),
    ("F2", QT_TRANSLATE_NOOP("Commands", "Rename the class")),
    ("Del", QT_TRANSLATE_NOOP("Commands", "Delete the class, or remove the example")),
    ("Ctrl+Up, Ctrl+Down", QT_TRANSLATE_NOOP("Commands", "Move the class up or down")),
)


def translated(text: str) -> str:
    """A text of this table in the language in use."""
    return QCoreApplication.translate(_CONTEXT, text)
