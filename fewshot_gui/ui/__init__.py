"""The window. The only package that imports PySide6; torch, Pillow and SQLite stay behind fewshot_gui.jobs."""
