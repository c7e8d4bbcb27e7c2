import pytest

from tests.jobs import tasks


@pytest.fixture(autouse=True)
def cache_folder(tmp_path, monkeypatch):
    """Every test has a cache of its own."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("FEWSHOT_GUI_CACHE", str(folder))
    return folder


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """The folder of a tiny model."""
    return str(tasks.write_tiny_model(tmp_path_factory.mktemp("models") / "tiny"))
