"""torch's shared libraries, loaded ahead of torch by a thread that lets all others go on meanwhile. No torch here."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
from pathlib import Path

# In the order and with the visibility that `import torch` gives them.
_GLOBAL, _LOCAL = ("torch_global_deps",), ("torch_cpu", "torch")


def load_ahead() -> None:
    """Links torch's libraries as the import of torch does, but without the interpreter's lock.

    `import torch` holds that lock for 0.3 to 0.5 s while it links, and no thread of Python moves, the one that draws a
    window least of all; after this for 0.05 s. A library that is not there or cannot be linked is left to the import,
    which says what is wrong.
    """
    if "torch" in sys.modules or os.name != "posix":
        return
    found = importlib.util.find_spec("torch")
    if found is None or not found.origin:
        return
    dlopen = ctypes.CDLL(None).dlopen  # called like this it runs without the lock; ctypes.CDLL(name) would hold it
    dlopen.restype, dlopen.argtypes = ctypes.c_void_p, (ctypes.c_char_p, ctypes.c_int)
    ending = "dylib" if sys.platform == "darwin" else "so"
    folder = Path(found.origin).parent / "lib"
    for names, visibility in ((_GLOBAL, os.RTLD_GLOBAL), (_LOCAL, os.RTLD_LOCAL)):
        for name in names:
            dlopen(os.fsencode(folder / f"lib{name}.{ending}"), os.RTLD_NOW | visibility)
