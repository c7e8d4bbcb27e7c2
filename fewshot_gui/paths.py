"""Where resources, models, caches and user data lie, in a checkout as in an installed wheel. Only this file knows."""

import os
from pathlib import Path

DEFAULT_BACKBONE = "lite0-natural"  # the shipped model that is taken where nobody chose one

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent


def _shipped(folder: str) -> Path:
    """A folder that lies beside the package in a checkout and inside it in a wheel."""
    if (_CHECKOUT / "pyproject.toml").is_file() and (_CHECKOUT / folder).is_dir():
        return _CHECKOUT / folder
    return _PACKAGE / "_shipped" / folder


def models_folder() -> Path:
    """The folder with one sub-folder per shipped model."""
    return _shipped("models")


def own_models_folder() -> Path:
    """The folder with one sub-folder per model that the user pulled or added; need not be there."""
    return data_folder() / "models"


def own_models_folders() -> tuple[Path, ...]:
    """That folder; none where the engine runs from source without platformdirs, so that nobody could have added one."""
    try:
        return (own_models_folder(),)
    except ModuleNotFoundError:
        return ()


def model_folders() -> list[Path]:
    """The folders of the shipped models, then of the user's own, each by name. One being made has a dot in front."""
    found = [
        sorted(file.parent for file in folder.glob("*/config.json") if not file.parent.name.startswith("."))
        for folder in (models_folder(), *own_models_folders())
    ]
    return [folder for part in found for folder in part]


def resources_folder() -> Path:
    """The folder with icons, fonts, style tokens and translations."""
    return _shipped("resources")


def cache_folder() -> Path:
    """Where embeddings and thumbnails are cached; may be deleted at any time. FEWSHOT_GUI_CACHE overrides it."""
    return _user_folder("FEWSHOT_GUI_CACHE", "user_cache_path")


def data_folder() -> Path:
    """Where new projects and the user's own models are put. FEWSHOT_GUI_DATA overrides it."""
    return _user_folder("FEWSHOT_GUI_DATA", "user_data_path")


def _user_folder(variable: str, kind: str) -> Path:
    override = os.environ.get(variable)
    if override:
        return Path(override)
    import platformdirs  # only here: the engine runs from source where platformdirs is not installed

    return getattr(platformdirs, kind)("fewshot_gui", appauthor=False)
