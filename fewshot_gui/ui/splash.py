"""Windows: torch has to be imported before Qt (pytorch#166628), so something else says that the program is coming."""

from __future__ import annotations

import importlib
from contextlib import suppress
from typing import Any


def import_torch() -> None:
    """Imports torch behind a small window of Tk, or without one where there is no Tk."""
    shown = _show()
    try:
        importlib.import_module("torch")
    finally:
        if shown is not None:
            with suppress(Exception):
                shown.destroy()


def _show() -> Any:
    """A small window that says what is going on; None if it cannot be made."""
    try:
        tk: Any = importlib.import_module("tkinter")
        root = tk.Tk()
        root.overrideredirect(True)
        root.configure(background="#4f46e5")
        text = tk.Label(root, text="fewshot-gui", foreground="#ffffff", background="#4f46e5", font=("Segoe UI", 18))
        text.pack(padx=64, pady=36)
        root.update_idletasks()
        x = (root.winfo_screenwidth() - root.winfo_width()) // 2
        y = (root.winfo_screenheight() - root.winfo_height()) // 2
        root.geometry(f"+{x}+{y}")
        root.update()
    except Exception:  # no Tk, no screen: the program comes all the same
        return None
    return root
