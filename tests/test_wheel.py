"""The installed wheel, used from another folder: it carries the models, and its commands find them."""

import json
import os
import shutil
import site
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from fewshot_gui import __version__

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this checkout, built without network and without an environment of its own."""
    for needed in ("hatchling", "pip"):
        pytest.importorskip(needed)
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The folder with the commands of an environment that has the wheel, and sees this environment's packages."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    own = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    here = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *site.getsitepackages()}
    Path(own, "seen.pth").write_text("\n".join(sorted(here)) + "\n")  # after its own: a .pth's folders come last
    install = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--no-deps",
        "--no-index",
        "--force-reinstall",
    ]
    subprocess.run([*install, wheel], check=True, capture_output=True, timeout=300)
    return python.parent


@pytest.fixture
def call(installed, tmp_path):
    """Runs an installed command in a folder that has nothing to do with this checkout."""

    def run(*arguments):
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        command = [str(installed / "fewshot-gui"), *map(str, arguments)]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=120
        )

    return run


def test_the_wheel_carries_models_and_resources_and_nothing_of_the_tests(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    carried = {name.removeprefix("fewshot_gui/_shipped/") for name in names if "/_shipped/" in name}
    for folder in ("models", "resources"):
        files = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()}
        needed = {name for name in files if not name.startswith("resources/screenshots/")}  # only the README shows them
        assert needed
        assert needed <= carried
        assert not carried & (files - needed)
    assert not [name for name in names if name.startswith(("tests/", "models/", "resources/"))]
    assert "fewshot_gui/__main__.py" in names


def test_the_wheel_needs_what_the_facts_demand(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith("METADATA")]
        lines = archive.read(name).decode().splitlines()
    needed = [line.removeprefix("Requires-Dist: ").lower() for line in lines if line.startswith("Requires-Dist: ")]
    plain = {line for line in needed if ";" not in line}
    assert {"torch>=2.14", "torchvision>=0.29.1", "pillow>=12.3", "numpy>=2"} <= plain
    qt = [line.replace('"', "'") for line in needed if line.startswith("pyside6-essentials")]
    assert sorted(qt) == [
        "pyside6-essentials<6.12,>=6.8; python_version < '3.12'",
        "pyside6-essentials>=6.8; python_version >= '3.12'",
    ]
    assert "Requires-Python: >=3.11" in lines


def test_the_installed_command_tells_its_version(call):
    assert call("--version").stdout == f"fewshot-gui {__version__}\n"


def test_the_installed_command_finds_the_shipped_models_in_its_own_folder(call, installed):
    done = call("models", "--json")
    assert done.returncode == 0, done.stderr
    models = json.loads(done.stdout)["models"]
    assert {model["name"] for model in models} == {path.parent.name for path in (ROOT / "models").glob("*/config.json")}
    for model in models:
        assert Path(model["folder"]).is_relative_to(installed.parent.resolve())


def test_the_installed_command_classifies_in_another_folder(call, generated_pictures, tmp_path):
    shutil.copytree(generated_pictures / "support", tmp_path / "support")
    shutil.copytree(generated_pictures / "query" / "leaf", tmp_path / "query" / "leaf")
    done = call("classify", "--support", "support", "--query", "query", "--json", "--device", "cpu")
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert (summary["images"], summary["backbone"]) == (20, "lite0-natural")
    assert summary["accuracy"] > 0.5
