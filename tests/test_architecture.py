"""The rooms of the house: who may import whom. Read from the source, so that nothing has to be imported for it."""

import ast
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "fewshot_gui"
SOURCES = sorted(PACKAGE.rglob("*.py"))

# From the top down: a room imports from its own and from lower rows. Rooms of one row do not import each other.
ROWS = (
    ("__main__",),
    ("ui", "cli", "api"),
    ("jobs",),
    ("engine", "images", "project", "export"),
    ("types", "errors", "registry", "paths", "settings"),
)
FLOOR = len(ROWS) - 1  # whose rooms are single files that may use each other
ROW = {room: number for number, row in enumerate(ROWS) for room in row}

# Libraries, and the rooms that may import them. In jobs and api torch is for holding tensors, see below.
OWNERS = {
    "PySide6": {"ui"},
    "shiboken6": {"ui"},
    "sqlite3": {"project"},
    "PIL": {"images", "export"},  # pictures in, plots out
    "torch": {"engine", "jobs", "api"},
    "torchvision": {"engine"},
    "safetensors": {"engine"},
    "timm": {"engine"},
    "onnxruntime": {"engine"},
    "huggingface_hub": {"jobs"},
}
EXEMPT = {("fewshot_gui.jobs.doctor_probe", "torchvision")}  # it tries whether it can be imported
TENSORS_ONLY = {"torch", "torch.nn.functional"}  # what jobs and api may import of torch: no modules, no optimisers
LIGHT = {"types", "errors", "registry", "paths", "settings", "export", "cli", "__main__"}  # at import: no numpy either


@dataclass(frozen=True)
class Import:
    """One imported module. at_run_time: not only for type checkers. at_start: not only inside a function."""

    importer: str
    module: str
    at_run_time: bool
    at_start: bool


def module_name(path):
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in SOURCES}


def imports_of(name):
    """All imports of a module of ours; `from package import module` counts as importing the module."""
    found = []

    def visit(node, at_run_time, at_start):
        if isinstance(node, ast.Import):
            found.extend(Import(name, alias.name, at_run_time, at_start) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} has a relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            modules = {full if full in MODULES or _is_of_torch(full) else node.module for full in names}
            found.extend(Import(name, module, at_run_time, at_start) for module in sorted(modules))
        checking = isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        function = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        for child in ast.iter_child_nodes(node):
            visit(child, at_run_time and not checking, at_start and not function)

    visit(ast.parse(MODULES[name].read_text("utf-8")), True, True)
    return found


def _is_of_torch(full):
    """torch.Tensor is no module, torch.nn is one: a capital letter tells them apart."""
    return full.startswith("torch.") and full.split(".")[1] in {"nn", "optim", "autograd", "func"}


IMPORTS = [found for name in MODULES for found in imports_of(name)]


def room(module):
    """The room of one of our modules; "" is the package's own __init__, which has nothing to import but api, lazily."""
    return [*module.split("."), ""][1]


def ours(found):
    return found.module.split(".")[0] == "fewshot_gui"


def may_import(importer, imported):
    if importer == imported or imported == "":
        return True
    if importer == "":
        return imported == "api"
    above, below = ROW[importer], ROW[imported]
    return above < below or above == below == FLOOR


def test_every_file_lies_in_a_known_room():
    assert {room(name) for name in MODULES} <= {"", *ROW}


def test_imports_go_downwards():
    wrong = [
        f"{found.importer} imports {found.module}"
        for found in IMPORTS
        if ours(found) and not may_import(room(found.importer), room(found.module))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("importer", "imported", "allowed"),
    [
        ("cli", "jobs", True),
        ("jobs", "images", True),
        ("images", "types", True),
        ("jobs", "cli", False),
        ("engine", "images", False),
        ("images", "engine", False),
        ("cli", "ui", False),
        ("cli", "__main__", False),
        ("types", "images", False),
    ],
)
def test_the_rule_itself_tells_right_from_wrong(importer, imported, allowed):
    assert may_import(importer, imported) is allowed


def test_libraries_are_imported_only_in_the_room_that_owns_them():
    wrong = [
        f"{found.importer} imports {found.module}"
        for found in IMPORTS
        if found.at_run_time
        and room(found.importer) not in OWNERS.get(library := found.module.split(".")[0], {"", *ROW})
        and (found.importer, library) not in EXEMPT
    ]
    assert wrong == []


def test_jobs_and_api_hold_tensors_but_make_no_models():
    wrong = [
        f"{found.importer} imports {found.module}"
        for found in IMPORTS
        if room(found.importer) in {"jobs", "api"}
        and found.module.split(".")[0] == "torch"
        and found.module not in TENSORS_ONLY
    ]
    assert wrong == []


def test_what_help_needs_imports_nothing_heavy_at_its_start():
    heavy = {*OWNERS, "numpy"} - {"sqlite3"}
    wrong = [
        f"{found.importer} imports {found.module}"
        for found in IMPORTS
        if found.at_run_time
        and found.at_start
        and room(found.importer) in LIGHT
        and found.module.split(".")[0] in heavy
    ]
    assert wrong == []


def test_no_module_imports_itself_by_way_of_others():
    graph = {name: set() for name in MODULES}
    for found in IMPORTS:
        lazy_root = found.importer == "fewshot_gui"
        if found.at_run_time and found.module in graph and found.module != found.importer and not lazy_root:
            graph[found.importer].add(found.module)
    while leaves := [name for name, needed in graph.items() if not needed & graph.keys()]:
        for name in leaves:
            del graph[name]
    assert sorted(graph) == []


@pytest.mark.parametrize("arguments", [["--help"], ["classify", "--help"], ["--version"], ["models"], ["clasify"]])
def test_parsing_and_listing_import_neither_torch_nor_numpy(arguments):
    code = (
        "import sys; from fewshot_gui.__main__ import main; main(sys.argv[1:]); "
        "print(*{'torch', 'numpy', 'PIL', 'PySide6'} & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=PACKAGE.parent, capture_output=True, text=True, check=True
    )
    assert done.stderr.splitlines()[-1] == ""


def test_classifying_imports_neither_torchvision_nor_qt():
    code = (
        "import sys; import fewshot_gui.jobs.classify, fewshot_gui.cli.commands; "
        "from fewshot_gui.engine.methods import METHODS; list(METHODS); "
        "print({'torchvision', 'timm', 'PySide6', 'sklearn'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PACKAGE.parent, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_the_sources_name_no_place_of_whoever_wrote_them():
    wrong = [name for name, path in MODULES.items() if "/home/" in (text := path.read_text("utf-8")) or "/root" in text]
    assert wrong == []
