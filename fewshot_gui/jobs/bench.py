"""What a window keeps between its runs, and the frozen values that its runs hand out. No torch at import.

Who writes: generators in worker threads, each of them under `Workbench.lock`, and for moments only: to exchange a
classifier, or to write the answers of some pictures. A run holds on to the model, the folder and the classifier it
began with and looks, under the lock, whether they are still the bench's before it writes.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from fewshot_gui.errors import UserError
from fewshot_gui.jobs.columns import PictureColumns

if TYPE_CHECKING:
    from torch import Tensor

    from fewshot_gui.engine.classifier import Classifier
    from fewshot_gui.engine.estimate import Estimate
    from fewshot_gui.engine.model import Model
    from fewshot_gui.engine.projection import Projection
    from fewshot_gui.jobs.support import SupportPictures
    from fewshot_gui.project.cache import EmbeddingCache

Box = tuple[float, float, float, float]  # x, y, width, height of a crop, as shares 0-1 of the upright picture


@dataclass(frozen=True, slots=True)
class BenchExample:
    """An example picture. class_index: into the class names given with it; content: its hash, None if not known yet.

    id: its number in the project, by which results speak of it.
    """

    path: str
    class_index: int
    content: str | None = None
    crop: Box | None = None
    id: int = 0


@dataclass(frozen=True, eq=False, slots=True)
class Rows:
    """Pictures whose columns were written. rows: [m] int; done of total; per_second: pictures lately, 0 if unknown."""

    rows: np.ndarray
    done: int
    total: int
    per_second: float = 0.0


@dataclass(frozen=True, slots=True)
class Adapted:
    """An instant adaptation. estimate: None without a class. seconds: until the pictures were labelled.

    method: as it was used, NAME[:field=value...]; contents: example id -> content hash, as read now; left_out: example
    id -> why it could not be used; labelled: pictures that were given new answers; current: False if a newer
    adaptation had come first, so that this one changed nothing. by_folder: the wanted method's answers depend on all of
    the folder's pictures, so it has to be adapted again whenever the folder has been read. copies: of each example that
    the method wants; pending: examples whose copies are not made yet, so that another adaptation follows by itself.
    """

    estimate: Estimate | None
    seconds: float
    method: str
    contents: Mapping[int, str]
    left_out: Mapping[int, str]
    labelled: int = 0
    current: bool = True
    by_folder: bool = False
    copies: int = 0
    pending: int = 0


@dataclass(frozen=True, slots=True)
class Deep:
    """The end of a deeper adaptation. kept: the adapted backbone is used from now on; notes: sentences that say why."""

    kept: bool
    notes: tuple[str, ...]
    method: str
    seconds: float


@dataclass(frozen=True, eq=False, slots=True)
class Points:
    """The map's other points, in the space of columns.xy; arrays are float32 [m, 2].

    prototypes: of the classes class_ids; support: of the examples support_ids, with support_class_ids.
    explained: share of the variance that the two axes show, 0-1. moved: the axes are new, so all of columns.xy is.
    """

    prototypes: np.ndarray
    class_ids: tuple[int, ...]
    support: np.ndarray
    support_ids: tuple[int, ...]
    support_class_ids: tuple[int, ...]
    explained: float
    moved: bool


@dataclass(frozen=True, slots=True)
class Near:
    """An example like a picture. cosine: of the embeddings less the base mean."""

    example_id: int
    class_id: int
    cosine: float


@dataclass(frozen=True, eq=False)
class FolderRows:
    """A folder's columns and embeddings. vectors: [n, D] float16, valid where embedded [n] bool."""

    columns: PictureColumns
    vectors: np.ndarray
    embedded: np.ndarray

    @classmethod
    def of(cls, columns: PictureColumns, dimension: int) -> FolderRows:
        """Nothing embedded yet; the memory is taken as it fills."""
        return cls(columns, np.empty((columns.n, dimension), np.float16), np.zeros(columns.n, bool))


@dataclass(frozen=True, eq=False)
class Answering:
    """A classifier that answers, and what its labels mean."""

    classifier: Classifier
    class_ids: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Examples:
    """The support set in use: pictures, and for each its example's and its class's number in the project."""

    pictures: SupportPictures
    ids: tuple[int, ...]
    class_ids: tuple[int, ...]


@dataclass(eq=False)
class Deepened:
    """An adapted backbone in use, and which pictures of a folder it has answered."""

    answering: Answering
    folder: FolderRows | None = None
    answered: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))

    def begin(self, folder: FolderRows) -> np.ndarray:
        """[n] bool, to be filled: the pictures of the folder that were answered."""
        if self.folder is not folder:
            self.folder, self.answered = folder, np.zeros(folder.columns.n, bool)
        return self.answered


class Workbench:
    """Model, support set, the folder's embeddings and the current classifiers, kept between runs. Any thread.

    What views read (columns, names, classifier) never waits for a run.
    """

    def __init__(self, cache: bool = True) -> None:
        """cache: use the embedding cache on disk."""
        self.lock = threading.RLock()
        self.model: Model | None = None
        self.device_name = self.model_name = ""
        self.wants_cache = cache
        self.cache: EmbeddingCache | None = None
        self.folder: FolderRows | None = None
        self.examples: Examples | None = None
        self.current: Answering | None = None  # the instant head
        self.deep: Deepened | None = None  # an adapted backbone for the same examples
        self.projection: Projection | None = None
        self.example_rows: dict[tuple[str, Box | None], np.ndarray] = {}  # (content, crop) -> [D] float16
        self.copy_rows: dict[str, Tensor] = {}  # key of an example's embedding -> its copies' [k, D] float16
        self.last_turn = self._turns = self._loads = 0
        self._columns: PictureColumns | None = None
        self._open = ExitStack()

    @property
    def columns(self) -> PictureColumns | None:
        """The folder that is classified; setting it begins with nothing embedded."""
        return self._columns

    @columns.setter
    def columns(self, columns: PictureColumns | None) -> None:
        with self.lock:
            self._columns = columns
            self._begin_folder()

    @property
    def classifier(self) -> Classifier | None:
        """The one in use: the adapted backbone if there is one, else the instant head; to be stored, for example."""
        deep, current = self.deep, self.current
        answering = deep.answering if deep else current
        return answering.classifier if answering else None

    def ready_model(self) -> Model:
        """The model; UserError as long as none is loaded."""
        if self.model is None:
            raise UserError("No model is loaded yet: wait for it, or choose another one.")
        return self.model

    def use_model(
        self,
        model: Model,
        device_name: str,
        cache: EmbeddingCache | None,
        open_files: ExitStack,
        turn: int | None = None,
    ) -> None:
        """Exchanges the model: what was made with another one goes. open_files: what to close with this model.

        turn: of `next_load`; nothing happens if another load has begun since, as that one's model is wanted now.
        """
        with self.lock:
            if turn is not None and turn != self._loads:
                open_files.close()
                return
            old, had_one = self._open, self.model is not None
            self.model, self.model_name, self.device_name = model, model.name, device_name
            self.cache, self._open = cache, open_files
            self.current = self.deep = self.examples = self.projection = None
            self.example_rows.clear()
            self.copy_rows.clear()
            self._begin_folder()
            if had_one and self._columns is not None:
                self._columns.set_pending()
        old.close()

    def next_load(self) -> int:
        """The number of a load that begins: of loads side by side, the one that began last counts."""
        with self.lock:
            self._loads += 1
            return self._loads

    def next_turn(self) -> int:
        """The number of an adaptation that begins: a later one is not replaced by one that began before it."""
        with self.lock:
            self._turns += 1
            return self._turns

    def close(self) -> None:
        """Writes the cache's last embeddings and lets go of the files; a run under way does without the cache."""
        with self.lock:
            old, self._open, self.cache = self._open, ExitStack(), None
        old.close()

    def _begin_folder(self) -> None:
        ready = self.model is not None and self._columns is not None
        self.folder = FolderRows.of(self._columns, self.model.config.embedding_size) if ready else None
        self.deep = None
        self.projection = None
