"""A process that files can be dragged out of, as out of a file manager: `python -m tests.e2e.drag_source PATH...`.

Says on stdout what happens: {"ready": [x, y]} where to press, {"action": name} how a drag ended.
"""

import json
import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QApplication, QWidget

from fewshot_gui.ui import drops


def say(**what):
    print(json.dumps(what), flush=True)


class Source(QWidget):
    def __init__(self, paths):
        super().__init__(None, Qt.WindowType.X11BypassWindowManagerHint)
        self.paths = paths
        self.setGeometry(600, 100, 120, 120)

    def mouseMoveEvent(self, event):
        drag = QDrag(self)
        drag.setMimeData(drops.files_mime(self.paths))
        action = drag.exec(Qt.DropAction.CopyAction | Qt.DropAction.MoveAction)  # file managers offer both
        say(action=action.name)


def main():
    app = QApplication(sys.argv[:1])
    source = Source(sys.argv[1:])
    source.show()
    say(ready=[660, 160])
    app.exec()


if __name__ == "__main__":
    main()
