"""From the process to the window."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from fewshot_gui.errors import UserError
from fewshot_gui.settings import Settings
from fewshot_gui.ui import app

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("pyside", "python"), [((6, 12), (3, 11)), ((6, 13), (3, 11))])
def test_the_pair_that_loses_true_and_none_is_refused_with_the_way_out(pyside, python):
    with pytest.raises(UserError, match="pip install"):
        app.check_versions(pyside, python)


@pytest.mark.parametrize(("pyside", "python"), [((6, 11), (3, 11)), ((6, 12), (3, 12)), ((6, 8), (3, 14))])
def test_other_pairs_are_welcome(pyside, python):
    app.check_versions(pyside, python)


def test_without_a_screen_it_says_so_instead_of_aborting():
    with pytest.raises(UserError, match="no screen"):
        app.check_screen("linux", {})
    app.check_screen("linux", {"DISPLAY": ":0"})
    app.check_screen("linux", {"WAYLAND_DISPLAY": "wayland-0"})
    app.check_screen("linux", {"QT_QPA_PLATFORM": "offscreen"})
    app.check_screen("darwin", {})


def run(code, tmp_path, **environment):
    where = {"FEWSHOT_GUI_DATA": str(tmp_path / "data"), "FEWSHOT_GUI_CACHE": str(tmp_path / "cache")}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **where, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_first_frame_comes_before_torch_and_numpy(tmp_path):
    code = (
        "import os, sys\n"
        "from fewshot_gui.ui import app\n"
        "def painted(application):\n"
        "    print(sorted({'torch', 'numpy', 'PIL', 'sqlite3'} & set(sys.modules)), application.window.isVisible())\n"
        "    sys.stdout.flush(); os._exit(0)\n"
        "app.main(None, painted)\n"
    )
    done = run(code, tmp_path)
    assert done.stdout.strip() == "[] True", done.stderr


def test_without_qt_the_command_says_what_to_do(tmp_path):
    code = (
        "import sys; sys.modules['PySide6'] = None\nfrom fewshot_gui.__main__ import main\nsys.exit(main(['open']))\n"
    )
    done = run(code, tmp_path)
    assert done.returncode == 1
    assert "doctor" in done.stderr
    assert "Traceback" not in done.stderr


def test_on_windows_torch_comes_before_qt(monkeypatch):
    import fewshot_gui.__main__ as entry
    from fewshot_gui.ui import splash

    order = []
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(splash, "import_torch", lambda: order.append("torch"))
    monkeypatch.setattr(app, "main", lambda target: order.append("window") or 0)
    assert entry.open_window(None) == 0
    assert order == ["torch", "window"]


def test_a_splash_that_cannot_be_shown_holds_up_nothing(monkeypatch):
    from fewshot_gui.ui import splash

    asked = []

    def importing(name):
        asked.append(name)
        if name == "tkinter":
            raise ImportError

    monkeypatch.setattr(splash.importlib, "import_module", importing)
    splash.import_torch()
    assert asked == ["tkinter", "torch"]


def test_settings_survive_and_nonsense_in_the_file_does_not(tmp_path):
    file = tmp_path / "settings.json"
    Settings(file)["theme"] = "dark"
    assert Settings(file)["theme"] == "dark"
    file.write_text('{"theme": 3, "thumbnail_size": "big", "language": "zh_CN"}')
    found = Settings(file)
    assert (found["theme"], found["thumbnail_size"], found["language"]) == ("system", 128, "zh_CN")
    file.write_text("not json")
    assert Settings(file)["theme"] == "system"


def test_a_setting_that_is_not_declared_or_makes_no_sense_is_refused(tmp_path):
    settings = Settings(tmp_path / "settings.json")
    with pytest.raises(KeyError):
        settings["colour"]
    with pytest.raises(ValueError, match="theme"):
        settings["theme"] = "pink"
    with pytest.raises(ValueError, match="thumbnail_size"):
        settings["thumbnail_size"] = True


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process at once")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_closes_the_window_and_stores_what_is_to_be_stored(tmp_path, number):
    code = (
        "import os, signal, sys\n"
        f"signal.signal({int(number)}, signal.SIG_DFL)\n"  # a shell's background job is told to ignore SIGINT
        "from fewshot_gui.ui import app\n"
        "def painted(application):\n"
        "    closed = application.close\n"
        "    application.close = lambda: print('closed') or closed()\n"
        f"    os.kill(os.getpid(), {int(number)})\n"
        "sys.exit(app.main(None, painted))\n"
    )
    done = run(code, tmp_path)
    assert (done.returncode, done.stdout.strip()) == (128 + number, "closed"), done.stderr


def test_a_damaged_picture_is_no_message_on_stderr(tmp_path):
    whole = tmp_path / "whole.jpg"
    Image.effect_noise((200, 200), 80).save(whole)
    (tmp_path / "cut.jpg").write_bytes(whole.read_bytes()[:4000])
    code = (
        "import sys\n"
        "from PySide6.QtGui import QImageReader\n"
        "from PySide6.QtWidgets import QApplication\n"
        "from fewshot_gui.ui import app\n"
        "held = app.Application(QApplication([]), None)\n"
        "print(QImageReader(sys.argv[1]).read().isNull())\n"
        "held.close()\n"
    ).replace("sys.argv[1]", repr(str(tmp_path / "cut.jpg")))
    done = run(code, tmp_path, QT_QPA_PLATFORM="offscreen")
    assert done.stdout.strip() in ("True", "False")
    assert "jpeg" not in done.stderr.lower()
    assert "imageio" not in done.stderr
