"""Each illness that the doctor knows, and the cure it names."""

import re
import sys
import tomllib
from pathlib import Path

import pytest

from fewshot_gui.jobs import doctor
from fewshot_gui.jobs.doctor import QT_LIBRARIES, Child

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


def test_versions_are_compared_by_their_numbers():
    assert doctor.numbers("2.15.0+cpu") == (2, 15, 0)
    assert doctor.numbers("12.10") > doctor.numbers("12.9.1")


@pytest.mark.parametrize(
    ("version", "state", "cure"),
    [
        (None, "broken", 'pip install "torch>=2.14"'),
        ("2.13.0+cpu", "broken", 'pip install --upgrade "torch>=2.14"'),
        ("2.14.0", "ok", ""),
        ("2.15.0+cu132", "ok", ""),
    ],
)
def test_a_package_must_be_there_and_new_enough(version, state, cure):
    finding = doctor.package("torch", {"torch": "2.14"}, version)
    assert (finding.state, finding.cure) == (state, cure)


def test_extras_are_told_and_never_needed():
    found = doctor.extras(lambda package: package in ("rawpy", "timm"))
    assert (found.state, found.cure) == ("ok", "")
    assert found.detail == (
        'installed: raw; not installed: heif, hub, imagenet, onnx (pip install "fewshot_gui[heif]")'
    )  # fmt: skip
    assert doctor.extras(lambda package: True).detail == "installed: heif, hub, imagenet, onnx, raw"


def test_the_extras_are_those_that_can_be_installed():
    declared = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]["optional-dependencies"]
    wanted = {extra: {line.split(">=")[0] for line in lines} for extra, lines in declared.items() if extra != "test"}
    assert {extra: set(packages) for extra, packages in doctor.EXTRAS.items()} == wanted


@pytest.mark.parametrize(
    ("version", "python", "state"),
    [
        ("6.12.0", (3, 11), "broken"),
        ("6.11.3", (3, 11), "ok"),
        ("6.12.0", (3, 12), "ok"),
        ("6.7.3", (3, 12), "broken"),
        (None, (3, 12), "note"),
    ],
)
def test_pyside_and_python_must_get_on(version, python, state):
    finding = doctor.qt_and_python(version, python)
    assert finding.state == state
    assert ("pip install" in finding.cure) == (state != "ok")


def test_missing_system_libraries_are_named_with_their_packages():
    finding = doctor.qt_libraries(lambda library: "xcb-c" not in library and "EGL" not in library)
    assert finding.state == "broken"
    assert finding.detail.endswith("without libEGL.so.1, libxcb-cursor.so.0")
    assert finding.cure == "on Debian and Ubuntu: sudo apt-get install libegl1 libxcb-cursor0"


def test_with_all_system_libraries_qt_is_well():
    assert doctor.qt_libraries(lambda library: True).state == "ok"


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux are Qt's libraries the system's")
def test_the_list_has_all_that_qt_loads_from_the_system():
    """Against the NEEDED entries of the installed Qt, where their names can be read from the files' bytes."""
    qt = pytest.importorskip("PySide6").__path__[0] + "/Qt"
    needed = set()
    for file in ("plugins/platforms/libqxcb.so", "lib/libQt6Gui.so.6", "lib/libQt6XcbQpa.so.6", "lib/libQt6DBus.so.6"):
        with open(f"{qt}/{file}", "rb") as library:
            needed |= set(re.findall(rb"\0(lib[\w.+-]+\.so(?:\.\d+)+)(?=\0)", library.read()))
    from_system = {name.decode() for name in needed if not name.startswith((b"libQt6", b"libqxcb"))}
    basic = {"libc.so.6", "libm.so.6", "libgcc_s.so.1", "libstdc++.so.6", "libz.so.1", "libgthread-2.0.so.0"}
    assert "libxcb-cursor.so.0" in from_system
    assert from_system - basic - {"libpthread.so.0", "libdl.so.2", "librt.so.1"} <= set(QT_LIBRARIES)


def test_a_library_that_is_not_there_does_not_load():
    assert not doctor._loads("libno-such-thing.so.1")


def test_the_cache_must_be_writable(tmp_path):
    assert doctor.cache(lambda: tmp_path / "new").state == "ok"
    (tmp_path / "file").write_text("")
    finding = doctor.cache(lambda: tmp_path / "file")
    assert finding.state == "broken"
    assert "FEWSHOT_GUI_CACHE" in finding.cure


def test_a_pair_of_torch_and_torchvision_that_does_not_fit_is_told_with_the_cure(tmp_path, monkeypatch):
    (tmp_path / "torchvision.py").write_text("raise RuntimeError('operator torchvision::nms does not exist')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    finding = doctor.torch_and_torchvision(doctor.child("torchvision"))
    assert finding.state == "broken"
    assert "do not fit together (RuntimeError: operator torchvision::nms does not exist)" in finding.detail
    assert finding.cure.startswith("pip install --upgrade --force-reinstall ")
    assert "same index" in finding.cure


@pytest.mark.parametrize(
    ("code", "stdout", "stderr", "failure"),
    [
        (0, 'noise\n{"a": 1}\n', "a warning", ""),
        (1, "", "Traceback\nImportError: no torch", "ImportError: no torch"),
        (-11, "", "", "it ended with code -11"),
        (0, "3\n", "", "it said 3"),
    ],
)
def test_a_probe_that_dies_is_an_answer_too(code, stdout, stderr, failure):
    said = doctor.answer(code, stdout, stderr)
    assert said.failure == failure
    assert (said.values == {"a": 1}) == (failure == "")


def test_a_damaged_model_is_told(tmp_path):
    finding = doctor.models(Child({"models": {"good": "", "bad": "config.json is not JSON"}}))
    assert (finding.state, finding.detail) == ("broken", "bad: config.json is not JSON")
    assert "--force-reinstall" in finding.cure
    assert doctor.models(Child({"models": {}})).state == "broken"


def test_a_gpu_that_is_not_used_is_worth_a_note():
    said = Child({"device": "CPU, 2 threads", "told": [], "torch": "2.15.0+cpu"})
    finding = doctor.device(said, gpu_expected=True)
    assert finding.state == "note"
    assert "2.15.0+cpu" in finding.detail
    used = doctor.device(Child({"device": "GPU: H200", "told": [], "torch": "2.15.0"}), gpu_expected=True)
    assert (used.state, used.detail) == ("ok", "GPU: H200")


def test_without_torch_the_device_is_broken_and_models_are_not_blamed():
    died = Child({}, "ModuleNotFoundError: No module named 'torch'")
    assert doctor.device(died, gpu_expected=False).state == "broken"
    assert doctor.models(died).state == "note"


@pytest.fixture(scope="module")
def examined():
    return {finding.name: finding for finding in doctor.examine()}


def test_an_examination_covers_everything(examined):
    expected = {"fewshot-gui", "torch", "torchvision", "pillow", "numpy", "PySide6", "Cache", "Device", "Models"}
    assert {*expected, "torch and torchvision"} <= set(examined)
    assert ("Qt's system libraries" in examined) == (sys.platform == "linux")


def test_the_shipped_models_and_the_device_were_tried(examined):
    assert examined["Models"].state == "ok"
    assert "lite0-natural" in examined["Models"].detail
    assert examined["Device"].state in ("ok", "note")


def test_torch_and_torchvision_were_imported(examined):
    finding = examined["torch and torchvision"]
    assert finding.state == "ok", finding.detail
