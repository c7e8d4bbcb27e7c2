"""Registries fill themselves from the modules of a package and from other packages' entry points."""

import sys

import pytest

from fewshot_gui.errors import UsageError

MODULE = "from shapes import SHAPES\n@SHAPES.register({name!r})\nclass Shape: pass\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An importable package `shapes` whose registry is SHAPES, with the modules round.py and square.py."""
    package = tmp_path / "shapes"
    package.mkdir()
    (package / "__init__.py").write_text(
        "from fewshot_gui.registry import Registry\nSHAPES = Registry('shape', __name__)\n"
    )
    for name in ("round", "square"):
        (package / f"{name}.py").write_text(MODULE.format(name=name))
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    for name in [name for name in sys.modules if name.split(".")[0] == "shapes"]:
        del sys.modules[name]


def shapes():
    from shapes import SHAPES

    return SHAPES


def test_every_module_of_the_package_registers_itself(folder):
    assert list(shapes()) == ["round", "square"]
    assert shapes()["round"].__name__ == "Shape"
    assert "square" in shapes()
    assert "flat" not in shapes()


def test_nothing_is_imported_before_a_name_is_looked_up(folder):
    shapes()
    assert "shapes.round" not in sys.modules


def test_modules_with_an_underscore_are_helpers(folder):
    (folder / "shapes" / "_helper.py").write_text("raise RuntimeError\n")
    assert list(shapes()) == ["round", "square"]


def test_an_unknown_name_is_a_usage_error_that_lists_the_known(folder):
    with pytest.raises(UsageError, match=r"There is no shape 'sqare'. Did you mean square\? Known: round, square."):
        shapes()["sqare"]
    with pytest.raises(UsageError, match=r"There is no shape 'xyz'. Known: round, square."):
        shapes()["xyz"]


def test_two_entries_of_one_name_are_a_fault_of_the_program(folder):
    (folder / "shapes" / "zround.py").write_text(MODULE.format(name="round"))
    with pytest.raises(ValueError, match="two shapes are called 'round'"):
        list(shapes())


def test_other_packages_add_entries_by_entry_points(folder):
    (folder / "others.py").write_text(MODULE.format(name="star"))
    about = folder / "others-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: others\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[shapes]\nstar = others:Shape\n")
    assert list(shapes()) == ["round", "square", "star"]


def test_a_failing_import_is_seen_each_time(folder):
    broken = folder / "shapes" / "broken.py"
    broken.write_text("raise RuntimeError('no shape')\n")
    for _ in range(2):
        with pytest.raises(RuntimeError, match="no shape"):
            list(shapes())
