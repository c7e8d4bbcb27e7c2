"""torch's libraries ahead of torch."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux what is loaded")
def test_the_libraries_come_before_torch_and_torch_takes_them():
    code = (
        "import sys\n"
        "from fewshot_gui.engine.libraries import load_ahead\n"
        "def loaded():\n"
        "    return {line.split()[-1] for line in open('/proc/self/maps') if 'libtorch_cpu' in line}\n"
        "assert not loaded()\n"
        "load_ahead()\n"
        "ahead = loaded()\n"
        "assert ahead and 'torch' not in sys.modules\n"
        "import torch\n"
        "assert loaded() == ahead and float(torch.ones(3).sum()) == 3\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_without_torch_nothing_happens(monkeypatch):
    from fewshot_gui.engine import libraries

    monkeypatch.delitem(sys.modules, "torch", raising=False)
    monkeypatch.setattr(libraries.importlib.util, "find_spec", lambda name: None)
    libraries.load_ahead()
    assert "torch" not in sys.modules
