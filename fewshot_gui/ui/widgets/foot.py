"""The foot of the window: what is being done, how far it is, how fast, how long yet; pause and stop; the language."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QLocale, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QProgressBar, QToolButton

from fewshot_gui.ui import icons
from fewshot_gui.ui.theme import set_role


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is. total, per_second (pictures a second): 0 if not known. can_pause: as embedding can."""

    what: str
    done: int = 0
    total: int = 0
    per_second: float = 0.0
    can_pause: bool = False
    can_stop: bool = True
    share: float | None = None  # 0-1, of runs that count no pictures


class Foot(QFrame):
    """pause_wanted: True to pause, False to go on. stop_wanted: cancel what is shown. language_chosen: its code."""

    pause_wanted = Signal(bool)
    stop_wanted = Signal()
    language_chosen = Signal(str)

    def __init__(self, languages: dict[str, str], language: str) -> None:
        super().__init__()
        set_role(self, "footbar")
        self.what = QLabel()
        self.bar = QProgressBar()
        self.bar.setFixedWidth(190)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.numbers = QLabel()
        set_role(self.numbers, "muted")
        self.pause = self._button("pause", self.tr("Pause"))
        self.pause.setCheckable(True)
        self.pause.toggled.connect(self._paused)
        self.stop = self._button("close", self.tr("Stop"))
        self.stop.clicked.connect(self.stop_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 3, 12, 3)
        row.setSpacing(10)
        for widget in (self.what, self.bar, self.numbers, self.pause, self.stop):
            row.addWidget(widget)
        row.addStretch()
        row.addWidget(self._language(languages, language))
        self.setFixedHeight(36)
        self.set_idle("")

    def set_progress(self, progress: Progress, *, paused: bool = False) -> None:
        """Shows how far a run is."""
        self.what.setText(progress.what)
        self.bar.show()
        if progress.total:
            self.bar.setRange(0, progress.total)
            self.bar.setValue(progress.done)
        elif progress.share is not None:
            self.bar.setRange(0, 1000)
            self.bar.setValue(round(progress.share * 1000))
        else:
            self.bar.setRange(0, 0)
        self.numbers.setText(words(progress, paused=paused))
        self.pause.setVisible(progress.can_pause)
        self.stop.setVisible(progress.can_stop)
        self.show_paused(paused and progress.can_pause)

    def set_idle(self, sentence: str) -> None:
        """Nothing runs: a sentence, or nothing."""
        self.what.setText(sentence)
        self.numbers.clear()
        for widget in (self.bar, self.pause, self.stop):
            widget.hide()
        self.show_paused(False)

    def show_paused(self, paused: bool) -> None:
        """Shows the pause button as it is meant; tells nobody."""
        self.pause.blockSignals(True)
        self.pause.setChecked(paused)
        self.pause.blockSignals(False)
        self._look(paused)

    def _paused(self, paused: bool) -> None:
        self._look(paused)
        self.pause_wanted.emit(paused)

    def _look(self, paused: bool) -> None:
        name = self.tr("Go on") if paused else self.tr("Pause")
        icons.set_icon(self.pause, "play" if paused else "pause", "muted", 16)
        self.pause.setToolTip(name)
        self.pause.setAccessibleName(name)

    def _button(self, icon: str, name: str) -> QToolButton:
        button = QToolButton()
        icons.set_icon(button, icon, "muted", 16)
        button.setAccessibleName(name)
        button.setToolTip(name)
        return button

    def _language(self, languages: dict[str, str], language: str) -> QToolButton:
        button = QToolButton()
        button.setText(languages.get(language, ""))
        button.setAccessibleName(self.tr("Language"))
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        set_role(button, "choice")
        button.setStyleSheet("QToolButton { border: none; background: transparent; padding: 3px 24px 3px 8px; }")
        menu = QMenu(button)
        group = QActionGroup(menu)
        for code, name in languages.items():
            action = QAction(name, menu, checkable=True, checked=code == language)
            action.setData(code)
            group.addAction(action)
            menu.addAction(action)
        menu.triggered.connect(lambda action: self.language_chosen.emit(action.data()))
        button.setMenu(menu)
        self.language_button = button
        return button


def words(progress: Progress, *, paused: bool = False) -> str:
    """The numbers of a run, as the foot writes them: "7,862 / 12,480  ·  41 pictures/s  ·  1 min 53 s left"."""
    locale = QLocale()
    parts = []
    if progress.total:
        parts.append(f"{locale.toString(progress.done)} / {locale.toString(progress.total)}")
    elif progress.done:
        parts.append(locale.toString(progress.done))
    if paused:
        parts.append(QCoreApplication.translate("Foot", "paused"))
    elif progress.per_second > 0:
        speed = locale.toString(progress.per_second, "f", 0 if progress.per_second >= 10 else 1)
        parts.append(QCoreApplication.translate("Foot", "{speed} pictures/s").format(speed=speed))
        if progress.total > progress.done:
            parts.append(left((progress.total - progress.done) / progress.per_second))
    return "   ·   ".join(parts)


def left(seconds: float) -> str:
    """How long yet, no finer than it can be known."""
    whole = max(1, round(seconds))
    if whole < 60:
        return QCoreApplication.translate("Foot", "{seconds} s left").format(seconds=whole)
    if whole < 3600:
        text = QCoreApplication.translate("Foot", "{minutes} min {seconds} s left")
        return text.format(minutes=whole // 60, seconds=whole % 60)
    text = QCoreApplication.translate("Foot", "{hours} h {minutes} min left")
    return text.format(hours=whole // 3600, minutes=whole % 3600 // 60)
