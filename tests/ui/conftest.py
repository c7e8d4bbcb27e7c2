"""One application for all tests of the window, dressed as the real one; what a test made is gone at its end."""

import gc
import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
_FONTS = Path("/usr/share/fonts/truetype/dejavu")
if _FONTS.is_dir():  # offscreen Qt looks for fonts nowhere by itself
    os.environ.setdefault("QT_QPA_FONTDIR", str(_FONTS))

pytest.importorskip("PySide6.QtWidgets", exc_type=ImportError)
pytest.importorskip("pytestqt")


@pytest.fixture(scope="session")
def qapp_args():
    return ["fewshot-gui-tests"]


@pytest.fixture(scope="session")
def qapp(qapp_args, pytestconfig):
    from PySide6.QtWidgets import QApplication

    from fewshot_gui.ui.theme import Theme

    app = QApplication.instance() or QApplication(qapp_args)
    app.setApplicationName("fewshot-gui-tests")
    Theme.current().apply()
    return app


@pytest.fixture(scope="module", autouse=True)
def _garbage_in_this_thread():
    """Workers never collect: what is left of earlier windows would be destroyed in their thread, see ui/garbage.py."""
    gc.disable()
    yield
    gc.collect()
    gc.enable()


@pytest.fixture(autouse=True)
def _nothing_left(qapp):
    """Deferred deletes are delivered by no event loop here, so they are drained; the theme is as at the start."""
    from PySide6.QtCore import QCoreApplication, QEvent

    from fewshot_gui.ui.theme import Theme

    yield
    for widget in qapp.topLevelWidgets():
        widget.close()
        widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.processEvents()
    if Theme.current().mode != "system":
        Theme.current().set_mode("system")
    gc.disable()  # the test may have given it back to Python
    gc.collect(1)


@pytest.fixture(params=["light", "dark"])
def theme(request, qapp):
    """Runs a test once in each theme."""
    from fewshot_gui.ui.theme import Theme

    Theme.current().set_mode(request.param)
    return Theme.current()


@pytest.fixture
def window(qtbot, session):
    """The whole window on its start page, around the session that the tests of a file bring."""
    from fewshot_gui.ui.window import Window

    found = Window(session, session.settings, "en")
    qtbot.addWidget(found)
    found.resize(1400, 850)
    found.show_start()
    found.show()
    yield found
    found.close()
