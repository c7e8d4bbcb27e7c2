"""Few-shot picture classification: a few example pictures per class, then whole folders."""

from typing import TYPE_CHECKING

__version__ = "0.1.0"
__all__ = ["FewShotClassifier", "__version__"]

if TYPE_CHECKING:
    from fewshot_gui.api import FewShotClassifier


def __getattr__(name: str) -> object:
    # Lazy, because `fewshot-gui --help` must not pay for importing torch.
    if name == "FewShotClassifier":
        from fewshot_gui.api import FewShotClassifier

        return FewShotClassifier
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
