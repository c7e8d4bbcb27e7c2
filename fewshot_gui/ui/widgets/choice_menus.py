"""The menus of the top bar: how to adapt, with which backbone, and on which device."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Signal, SignalInstance
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

# What methods are called and what they do; one that is not listed is called as it is registered.
_NAMES = {
    "protonet": QT_TRANSLATE_NOOP("Methods", "Prototypes"),
    "ridge": QT_TRANSLATE_NOOP("Methods", "Ridge regression"),
    "linear": QT_TRANSLATE_NOOP("Methods", "Logistic regression"),
    "finetune": QT_TRANSLATE_NOOP("Methods", "Fine-tuning"),
    "tsa": QT_TRANSLATE_NOOP("Methods", "Task-specific adapters"),
    "maml": QT_TRANSLATE_NOOP("Methods", "MAML"),
    "fomaml": QT_TRANSLATE_NOOP("Methods", "First-order MAML"),
    "anil": QT_TRANSLATE_NOOP("Methods", "ANIL"),
    "meta-sgd": QT_TRANSLATE_NOOP("Methods", "Meta-SGD"),
    "reptile": QT_TRANSLATE_NOOP("Methods", "Reptile"),
    "lda": QT_TRANSLATE_NOOP("Methods", "Linear discriminant analysis"),
    "mahalanobis": QT_TRANSLATE_NOOP("Methods", "Mahalanobis distance"),
    "baseline++": QT_TRANSLATE_NOOP("Methods", "Cosine classifier"),
    "soft-kmeans": QT_TRANSLATE_NOOP("Methods", "Soft k-means"),
}
_TIPS = {
    "protonet": QT_TRANSLATE_NOOP("Methods", "The class whose examples lie nearest on average"),
    "ridge": QT_TRANSLATE_NOOP("Methods", "Weights that fit the examples, computed in one step"),
    "linear": QT_TRANSLATE_NOOP("Methods", "Weights that fit the examples, found step by step"),
    "finetune": QT_TRANSLATE_NOOP(
        "Methods", "Trains the backbone's upper blocks on the examples; dropped if that does harm"
    ),
    "maml": QT_TRANSLATE_NOOP(
        "Methods", "A few steps from a start that was trained to be adapted; kept only if that helps"
    ),
    "tsa": QT_TRANSLATE_NOOP(
        "Methods",
        "Small changes beside the backbone's upper convolutions, fitted to the examples; kept only if that helps",
    ),
    "fomaml": QT_TRANSLATE_NOOP("Methods", "As MAML, from a start that was trained without second derivatives"),
    "anil": QT_TRANSLATE_NOOP("Methods", "As MAML, but only the classifier takes the steps"),
    "meta-sgd": QT_TRANSLATE_NOOP("Methods", "As MAML, with a trained step size for each number of the backbone"),
    "reptile": QT_TRANSLATE_NOOP("Methods", "Steps from a start that lies near where many tasks end"),
    "lda": QT_TRANSLATE_NOOP("Methods", "The likeliest class if all classes spread alike"),
    "mahalanobis": QT_TRANSLATE_NOOP("Methods", "The class whose own spread fits the picture best"),
    "baseline++": QT_TRANSLATE_NOOP("Methods", "A direction per class, found step by step"),
    "soft-kmeans": QT_TRANSLATE_NOOP(
        "Methods", "Prototypes that move to the folder's pictures; answers depend on the whole folder"
    ),
}


@dataclass(frozen=True, slots=True)
class Methods:
    """What the method choice offers, by registered name. deeper: what "Adapt deeper" is, None if nothing is."""

    instant: tuple[str, ...] = ()
    deeper: str | None = None
    research: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """An entry. key: what is told when it is chosen; words: what it is called; tip: what it is."""

    key: str
    words: str
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Backbones:
    """The models that can be chosen, and the qualities of the chosen one, none where there is but one; by keys."""

    models: tuple[Choice, ...]
    chosen: str
    qualities: tuple[Choice, ...] = ()
    quality: str = ""


def method_name(method: str) -> str:
    """What a registered method, NAME[:field=value...], is called."""
    name, colon, options = method.partition(":")
    return QCoreApplication.translate("Methods", _NAMES.get(name, name)) + colon + options


def method_tip(method: str) -> str:
    """What a method does, in a line; "" if nobody wrote one."""
    tip = _TIPS.get(method.partition(":")[0], "")
    return QCoreApplication.translate("Methods", tip) if tip else ""


class _ChoiceMenu(QMenu):
    """A menu of which one entry is chosen. It is made anew only if something is another: it may be open."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setToolTipsVisible(True)
        self._shown: object = None

    def is_news(self, what: object) -> bool:
        """Whether the entries have to be made; those that were are gone then."""
        if what == self._shown:
            return False
        self._shown = what
        self.clear()
        for menu in self.findChildren(QMenu):
            menu.deleteLater()
        return True

    def sub(self, words: str) -> QMenu:
        """A menu within this one."""
        menu = QMenu(words, self)
        menu.setToolTipsVisible(True)
        self.addMenu(menu)
        return menu


def _add(menu: QMenu, group: QActionGroup, words: str, tip: str, chosen: bool) -> QAction:
    action = QAction(words, menu, checkable=True, checked=chosen)
    action.setToolTip("<p>" + escape(tip).replace("\n", "<br>") + "</p>" if "\n" in tip else tip or words)
    group.addAction(action)
    menu.addAction(action)
    return action


class MethodMenu(_ChoiceMenu):
    """Auto, instant heads, adapting deeper, research, the backbones and their qualities. method_chosen: None for Auto.

    backbones_wanted: to see them all and get more.
    """

    method_chosen = Signal(object)
    backbone_chosen = Signal(str)
    quality_chosen = Signal(str)
    backbones_wanted = Signal()

    def show_choices(self, methods: Methods, chosen: str | None, backbones: Backbones | None = None) -> None:
        """What there is, and what is chosen; backbones: None as long as there are none to choose from."""
        if not self.is_news((methods, chosen, backbones)):
            return
        self._methods = QActionGroup(self)
        self._add_method(self, self.tr("Auto: the model's own head"), None, chosen)
        self._add_methods(self.tr("Instant head"), methods.instant, chosen)
        if methods.deeper:
            words = self.tr("Adapt deeper: {method}").format(method=method_name(methods.deeper))
            self._add_method(self, words, methods.deeper, chosen)
        self._add_methods(self.tr("Research"), methods.research, chosen)
        if backbones is not None:
            self.addSeparator()
            menu = self._add_choices(self.tr("Backbone"), backbones.models, backbones.chosen, self.backbone_chosen)
            menu.addSeparator()
            menu.addAction(self.tr("More backbones...")).triggered.connect(lambda: self.backbones_wanted.emit())
            if backbones.qualities:
                self._add_choices(self.tr("Quality"), backbones.qualities, backbones.quality, self.quality_chosen)

    def _add_choices(self, words: str, choices: tuple[Choice, ...], chosen: str, wanted: SignalInstance) -> QMenu:
        menu = self.sub(words)
        group = QActionGroup(menu)
        for one in choices:
            action = _add(menu, group, one.words, one.tip, one.key == chosen)
            action.triggered.connect(lambda _=False, key=one.key: wanted.emit(key))
        return menu

    def _add_methods(self, words: str, names: tuple[str, ...], chosen: str | None) -> None:
        if names:
            menu = self.sub(words)
            for name in names:
                self._add_method(menu, method_name(name), name, chosen)

    def _add_method(self, menu: QMenu, words: str, method: str | None, chosen: str | None) -> None:
        action = _add(menu, self._methods, words, method_tip(method) if method else "", method == chosen)
        action.triggered.connect(lambda: self.method_chosen.emit(method))


class DeviceMenu(_ChoiceMenu):
    """The devices that there are. chosen: the key of one."""

    chosen = Signal(str)

    def show_choices(self, devices: tuple[Choice, ...], key: str) -> None:
        """What there is, and what is chosen."""
        if not self.is_news((devices, key)):
            return
        self._group = QActionGroup(self)
        for one in devices:
            action = _add(self, self._group, one.words, one.tip, one.key == key)
            action.triggered.connect(lambda _=False, key=one.key: self.chosen.emit(key))
