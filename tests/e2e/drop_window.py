"""A process with the column of classes alone on the screen: `python -m tests.e2e.drop_window PICTURES`.

Two classes: lynx (1) with the files of PICTURES as examples, and fox (2). Says on stdout what happens:
{"ready": {name: [x, y]}} where things are on the screen, {"promise": text} what is said while a drag hovers, and every
wish by its name.
"""

import json
import sys
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QApplication

from fewshot_gui.ui.theme import Theme
from fewshot_gui.ui.views.classes import CardData, ClassesView, ExampleData

WISHES = ("files_dropped", "folders_dropped", "reorder_wanted", "examples_move_wanted", "notice")


def say(**what):
    print(json.dumps(what), flush=True)


class Window(ClassesView):
    def __init__(self, pictures):
        super().__init__()
        self.setWindowFlags(Qt.WindowType.X11BypassWindowManagerHint)
        self.setGeometry(20, 20, 300, 700)
        self.said = ""
        examples = tuple(ExampleData(number, str(path)) for number, path in enumerate(sorted(pictures.iterdir())))
        lynx = CardData(1, "lynx", 0, "1", len(examples), examples, note="No estimate yet.")
        self.set_classes((lynx, CardData(2, "fox", 1, "2")))
        for name in WISHES:
            getattr(self, name).connect(lambda *values, name=name: say(**{name: values}))
        self.watch = QTimer(self)
        self.watch.setInterval(10)
        self.watch.timeout.connect(self.tell_promise)
        self.watch.start()

    def tell_promise(self):
        widgets = (*self.list.cards(), self.list.zone, self.none)
        promise = next((widget.promise for widget in widgets if widget.promise), "")
        if self._hover._line.isVisible():
            promise = "between"
        if promise != self.said:
            self.said = promise
            say(promise=promise)

    def tell_places(self):
        self.expand(1, True)
        QApplication.processEvents()
        lynx, fox = self.list.cards()
        places = {
            "lynx": (lynx, QPoint(90, 15)),
            "fox": (fox, QPoint(90, 15)),
            "zone": (self.list.zone, QPoint(60, 20)),
        }
        places["below fox"] = (fox, QPoint(90, fox.height() - 3))
        places["example"] = (lynx._strip.viewport(), QPoint(30, 30))
        say(ready={name: widget.mapToGlobal(at).toTuple() for name, (widget, at) in places.items()})


def main():
    app = QApplication(sys.argv[:1])
    Theme.current().apply()
    window = Window(Path(sys.argv[1]))
    window.show()
    QTimer.singleShot(0, window.tell_places)
    app.exec()


if __name__ == "__main__":
    main()
