"""What all tests share: places of their own for caches and data, pictures, one thread per process, and --slow."""

import importlib
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Before torch is imported. Tests run side by side, and on small tensors more threads only wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

if os.environ.get("FEWSHOT_GUI_EVERY_LIBRARY"):  # .ci/run: a missing library is a failure, whatever a skip would say
    pytest.importorskip = lambda name, *_, **__: importlib.import_module(name)


def pytest_addoption(parser):
    parser.addoption("--slow", action="store_true", help="also run the tests marked slow")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--slow"):
        return
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="slow: run with --slow"))


@pytest.fixture(scope="session", autouse=True)
def _own_folders(tmp_path_factory):
    """No test reads or writes the caches and data of whoever runs it, not even in a session's fixtures."""
    folder = tmp_path_factory.mktemp("user")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FEWSHOT_GUI_CACHE", str(folder / "cache"))
        patch.setenv("FEWSHOT_GUI_DATA", str(folder / "data"))
        yield


@pytest.fixture(autouse=True)
def cache_folder(tmp_path, monkeypatch):
    """Every test has a cache of its own: none passes, or fails, because of what another one left."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("FEWSHOT_GUI_CACHE", str(folder))
    return folder


@pytest.fixture(scope="session")
def demo_pictures():
    """The folder of real pictures, a data set each, with a sub-folder per class."""
    folder = ROOT.parent / "shared" / "data" / "demo"
    if not folder.is_dir():
        pytest.skip(f"there are no real pictures in {folder}")
    return folder


@pytest.fixture(scope="session")
def generated_pictures(tmp_path_factory):
    """The folder that `fewshot-gui demo` writes: support/ and query/."""
    from fewshot_gui.images.demo import write_demo

    folder = tmp_path_factory.mktemp("demo") / "pictures"
    write_demo(folder)
    return folder
