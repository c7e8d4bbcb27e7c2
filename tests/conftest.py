"""What all tests share: places of their own for caches and data, pictures, one thread per process, and --slow."""

import hashlib
import importlib
import io
import os
import sys
from dataclasses import replace
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


@pytest.fixture(autouse=True)
def _seeded():
    """What a test draws without a seed of its own does not hang on the tests that ran before it in this process."""
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(0)


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


# Pulling backbones: torchvision's weights on a server on this machine


@pytest.fixture
def own_data(tmp_path, monkeypatch):
    """The user's data folder, empty: models of one's own are in it."""
    monkeypatch.setenv("FEWSHOT_GUI_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture(scope="session")
def torchvision_model():
    """torchvision's mnasnet0_5, of two million random numbers."""
    import torch
    from torchvision import models

    torch.manual_seed(0)
    return models.get_model("mnasnet0_5", weights=None).eval()


@pytest.fixture(scope="session")
def torchvision_file(torchvision_model):
    """The bytes of its file of weights."""
    import torch

    file = io.BytesIO()
    torch.save(torchvision_model.state_dict(), file)
    return file.getvalue()


@pytest.fixture
def torchvision_web(monkeypatch, torchvision_file, own_data):
    """A server that has that file, where torchvision's weights are looked for."""
    from fewshot_gui.engine import pretrained
    from tests import web as loopback

    looked_up = pretrained.torchvision_weights
    digest = hashlib.sha256(torchvision_file).hexdigest()[:8]
    name = f"mnasnet0_5-{digest}.pth"
    with loopback.serving() as web:
        web.files[f"/{name}"] = torchvision_file

        def here(model, weights=""):
            return replace(looked_up(model, weights), url=f"{web.address}/{name}", checksum=digest)

        monkeypatch.setattr(pretrained, "torchvision_weights", here)
        yield web
