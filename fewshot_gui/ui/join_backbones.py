"""The backbones' dialog joined with the session: what is there, what is on its way, and what the user wants of it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtWidgets import QWidget

from fewshot_gui.paths import DEFAULT_BACKBONE
from fewshot_gui.settings import Settings
from fewshot_gui.ui import actions, asking, backbone_words
from fewshot_gui.ui.own_models import Underway
from fewshot_gui.ui.session import Session
from fewshot_gui.ui.views.backbones_dialog import BackbonesDialog

translate = QCoreApplication.translate


class Backbones(QObject):
    """dialog: made once; what was on its way when it was closed is shown again."""

    def __init__(self, session: Session, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._settings = session, settings
        self._said: list[str] = []  # sentences of the run that is on its way
        self._measures = False  # whether that one measures speeds
        self.dialog = BackbonesDialog(parent)
        dialog, own = self.dialog, session.own_models
        dialog.chosen.connect(lambda name: actions.set_backbone(session, name))
        dialog.get_wanted.connect(self._get)
        dialog.add_wanted.connect(self._add)
        dialog.ask_wanted.connect(self._ask)
        dialog.speeds_wanted.connect(self._measure)
        dialog.stop_wanted.connect(own.stop)
        own.progress.connect(self._progress)
        own.noted.connect(self._said.append)
        own.ready.connect(self._ready)
        own.measured.connect(self._measured)
        own.failed.connect(self._failed)
        own.stopped.connect(self._stopped)
        own.fault.connect(self._fault)
        session.state_changed.connect(self.renew)

    def show(self) -> None:
        """Opens the dialog, or brings it to the front."""
        self.dialog.show()
        self.renew()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def renew(self) -> None:
        """What there is now; nothing while nobody looks."""
        if not self.dialog.isVisible():
            return
        from fewshot_gui.jobs.catalogue import CATALOGUE

        session = self._session
        has_project = session.project is not None
        chosen = session.backbone if has_project else ""
        first = chosen or DEFAULT_BACKBONE
        models = sorted(session.backbones(), key=lambda model: model.name != first)  # what is or will be in use
        names = {model.name for model in models}
        here = [backbone_words.here(model, chosen) for model in models]
        there = [backbone_words.there(entry, entry.missing) for entry in CATALOGUE if entry.name not in names]
        self.dialog.show_backbones(here, there, has_project)

    def _get(self, name: str) -> None:
        self._begin()
        self._session.own_models.pull(name)

    def _add(self, paths: list[str]) -> None:
        if paths:
            self._begin()
            self._session.own_models.add(paths)

    def _ask(self, what: str) -> None:
        if what == "file":
            path = asking.weights_file(self.dialog, self._settings)
        else:
            path = asking.folder(self.dialog, self._settings, translate("Asking", "A model folder"))
        self._add([path] if path else [])

    def _measure(self) -> None:
        self._begin()
        self._measures = True
        models = [str(model.folder) for model in self._session.backbones()]
        self._session.own_models.measure(models, self._settings["device"])

    def _measured(self) -> None:
        self.dialog.show_idle(" ".join([translate("Backbones", "Measured."), *self._said]))
        self._session.forget_backbones()

    def _begin(self) -> None:
        self._said.clear()
        self._measures = False
        self.dialog.show_progress(translate("Backbones", "Beginning"), None)

    def _progress(self, underway: Underway) -> None:
        self.dialog.show_progress(underway.words, underway.share)

    def _ready(self, name: str) -> None:
        ready = translate("Backbones", "{name} is ready.").format(name=name)
        self.dialog.show_idle(" ".join([ready, *self._said]))
        self._session.forget_backbones()
        self.dialog.lead_to(name)

    def _failed(self, sentence: str) -> None:
        self.dialog.show_idle(sentence, bad=True)
        self._session.forget_backbones()  # of several files some may have become models

    def _stopped(self) -> None:
        self.dialog.show_idle(
            translate("Backbones", "Stopped. What was measured is kept.")
            if self._measures
            else translate("Backbones", "Stopped. What has come is kept: get it again to go on from there.")
        )
        self._session.forget_backbones()

    def _fault(self, error: Exception) -> None:
        self.dialog.show_idle(translate("Backbones", "That failed by a fault of the program."), bad=True)
        self._session.fault.emit(error)
