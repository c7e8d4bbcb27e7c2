import pytest

from fewshot_gui.__main__ import main
from tests.jobs.tasks import draw_classes, write_graded_model, write_tiny_model


class Outcome:
    """What a command line did: code, out (stdout), err (stderr)."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def fewshot(capsys):
    """Runs a command line in this process."""

    def run(*arguments):
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """The folder of a tiny model that tells colours apart."""
    return write_tiny_model(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="session")
def graded(tmp_path_factory):
    """The folder of a tiny model with three qualities."""
    return write_graded_model(tmp_path_factory.mktemp("models") / "graded")


@pytest.fixture
def support(tmp_path):
    return draw_classes(tmp_path / "support")


@pytest.fixture
def query(tmp_path):
    return draw_classes(tmp_path / "query", shots=4, seed=1)
