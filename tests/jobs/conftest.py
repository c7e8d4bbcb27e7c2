import pytest
import torch

from tests.jobs import tasks


@pytest.fixture(autouse=True)
def two_cores():
    """Jobs run as on a machine of two cores: with several threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """The folder of a tiny model."""
    return str(tasks.write_tiny_model(tmp_path_factory.mktemp("models") / "tiny"))


@pytest.fixture(scope="session")
def graded(tmp_path_factory):
    """The folder of a tiny model with three qualities."""
    return str(tasks.write_graded_model(tmp_path_factory.mktemp("models") / "graded"))
