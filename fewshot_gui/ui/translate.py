"""The languages of the window: English in the source, others as Qt Linguist files in resources/translations."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from fewshot_gui import paths

LANGUAGES = {"en": "English", "zh_CN": "简体中文"}  # each in its own words, so never translated

_installed: list[QTranslator] = []  # kept here: Qt holds no reference, and the last two belong to the language in use


def folder() -> Path:
    """Where the .ts and .qm files lie."""
    return paths.resources_folder() / "translations"


def chosen(setting: str) -> str:
    """The language to use: the setting's, or for "" the desktop's if we speak it, else English."""
    if setting in LANGUAGES:
        return setting
    for name in QLocale.system().uiLanguages():
        if name.replace("-", "_").startswith("zh") and "Hant" not in name and not name.endswith(("TW", "HK", "MO")):
            return "zh_CN"
        if name.startswith("en"):
            return "en"
    return "en"


def use(language: str) -> None:
    """Speaks a language from now on: texts that are asked for later, numbers and Qt's own dialogs."""
    app = QCoreApplication.instance()
    assert app is not None
    for translator in _installed:
        app.removeTranslator(translator)
    _installed.clear()
    QLocale.setDefault(QLocale(language if language != "en" else "en_GB"))
    qt = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for name, where in ((f"qtbase_{language}", qt), (f"fewshot_gui_{language}", str(folder()))):
        translator = QTranslator()
        if translator.load(name, where):
            app.installTranslator(translator)
            _installed.append(translator)
