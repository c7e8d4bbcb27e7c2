"""The session: the open project and its folder as columns. Actions write and call `apply`; Live does what follows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from fewshot_gui.errors import UserError
from fewshot_gui.paths import DEFAULT_BACKBONE
from fewshot_gui.settings import Settings
from fewshot_gui.types import BALANCED, Changes
from fewshot_gui.ui import words
from fewshot_gui.ui.live import Live
from fewshot_gui.ui.own_models import OwnModels
from fewshot_gui.ui.widgets.choice_menus import Methods

if TYPE_CHECKING:
    from fewshot_gui.jobs.columns import PictureColumns
    from fewshot_gui.jobs.models import ShippedModel
    from fewshot_gui.project.store import Project
    from fewshot_gui.project.values import ClassInfo, Example, ProjectSettings

_OF_ADAPTING = frozenset({"classes", "examples", "settings"})


class Session(QObject):
    """project_changed(Project or None); changed(Changes); columns_replaced(PictureColumns or None);
    rows_changed(rows [m], None for all); adapted(Adapted); deepened(Deep); points_changed(Points); measured(): a figure
    of accuracy was noted; progress(Progress or None); noted (news), warned, failed: sentences; offered(sentence,
    ways out); fault(exception); state_changed(): runs, names, counts or the model are others.
    """

    project_changed = Signal(object)
    changed = Signal(object)
    columns_replaced = Signal(object)
    rows_changed = Signal(object)
    adapted = Signal(object)
    deepened = Signal(object)
    points_changed = Signal(object)
    measured = Signal()
    progress = Signal(object)
    noted = Signal(str)
    warned = Signal(str)
    failed = Signal(str)
    offered = Signal(str, object)
    fault = Signal(object)
    state_changed = Signal()

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self.project: Project | None = None
        self.columns: PictureColumns | None = None
        self.classes: tuple[ClassInfo, ...] = ()
        self.examples: tuple[Example, ...] = ()
        self.how: ProjectSettings | None = None
        self.folder: str | None = None
        self.project_name = ""
        self.undo_text: str | None = None
        self.redo_text: str | None = None
        self._backbones: tuple[ShippedModel, ...] | None = None
        self._elsewhere: dict[str, ShippedModel | None] = {}
        self.live = Live(self)
        self.own_models = OwnModels(self.live.work.runner, self)

    # Opening and closing

    def new(self, name: str | None = None) -> bool:
        """A new project among the user's data; whether that could be done."""
        from fewshot_gui.project.library import new_project

        return self._open(lambda: new_project(name) if name else new_project())

    def open(self, target: str | Path) -> bool:
        """Opens a project file, or the project of a folder, which is made if need be; whether that could be done."""
        path = Path(target)
        if self.project is not None and path.is_file() and path.samefile(self.project.path):
            return True

        def opened() -> Project:
            from fewshot_gui.project.library import open_folder
            from fewshot_gui.project.store import Project

            return open_folder(path) if path.is_dir() else Project.open(path)

        return self._open(opened)

    def close_project(self) -> None:
        """Closes the open project, if there is one; its runs end, and what was not stored yet is stored."""
        project = self.project
        if project is None:
            return
        self.live.leave()
        self.remember()
        self.project = None
        self.set_columns(None)
        self._read()
        self.attempt(project.close)
        self.project_changed.emit(None)
        self.state_changed.emit()

    def close(self) -> bool:
        """Ends everything; False if a worker did not leave in time."""
        self.close_project()
        return self.live.close()

    def warm_up(self) -> None:
        """Imports torch and loads the model in a worker, so that the first drop is answered at once."""
        self.live.warm_up()

    # What follows from a change

    def apply(self, changes: Changes) -> None:
        """An action changed the project: views hear of it, and what depends on it begins."""
        if not changes or self.project is None:
            return
        folder, model = self.folder, (self.backbone, self.quality)
        self._read()
        if changes.kinds & {"classes", "reviews"} and self.columns is not None:
            self.put_classes()
        if changes.kinds & {"name", "folder"}:
            self.remember()
        self.changed.emit(changes)
        if self.folder != folder:
            self.live.open_folder()
        elif "truth" in changes.kinds:
            self.live.renew_truth()
        if (self.backbone, self.quality) != model:
            self.live.load_model()
        elif changes.kinds & _OF_ADAPTING:
            self.live.adapt_soon()
        self.state_changed.emit()

    def set_columns(self, columns: PictureColumns | None) -> None:
        """The folder's pictures are these from now on."""
        self.columns = columns
        self.live.use_columns(columns)
        if columns is not None:
            self.put_classes()
        self.columns_replaced.emit(columns)
        self.state_changed.emit()

    def put_classes(self) -> None:
        """Makes the columns' classes, verdicts and example marks what the project says."""
        from fewshot_gui.jobs.stored import put_verdicts

        columns, project = self.columns, self.project
        if columns is None or project is None:
            return
        columns.set_classes(
            [c.name for c in self.classes], [c.id for c in self.classes], [c.colour for c in self.classes]
        )
        put_verdicts(columns, project.reviews())
        columns.set_support([example.content for example in self.examples])
        self.rows_changed.emit(None)

    def reload_examples(self) -> None:
        """The examples' content hashes are known by now."""
        if self.project is not None:
            self.examples = self.project.examples()

    def attempt(self, work: Callable[[], object]) -> bool:
        """Does what may fail for reasons a person can do something about; whether it did not."""
        try:
            work()
        except UserError as error:
            self.failed.emit(str(error))
            return False
        return True

    def remember(self) -> None:
        """Notes the project for the start page."""
        if self.project is not None:
            from fewshot_gui.project.recent import remember

            project = self.project
            self.attempt(lambda: remember(project))

    # Asked by the window

    @property
    def backbone(self) -> str:
        """The model's name or folder."""
        return (self.how.backbone if self.how else "") or DEFAULT_BACKBONE

    @property
    def quality(self) -> str:
        """fast, balanced or careful."""
        return self.how.quality if self.how else BALANCED

    @property
    def method(self) -> str | None:
        """The chosen method; None: the program's choice."""
        return self.how.method if self.how else None

    @property
    def methods(self) -> Methods:
        """What can be chosen; nothing before the model is there."""
        found = self.live.choices
        return Methods(found.instant, found.deeper, found.research) if found else Methods()

    def backbones(self) -> tuple[ShippedModel, ...]:
        """The models that can be chosen, read when first asked for."""
        from fewshot_gui.jobs.models import own, shipped

        if self._backbones is None:
            found: list[ShippedModel] = []
            self._backbones = ()  # also if one is damaged: that is told once
            self.attempt(lambda: found.extend(shipped()))
            self.attempt(lambda: found.extend(own()))
            self._backbones = tuple(found)
        return self._backbones

    def model(self, backbone: str | None = None) -> ShippedModel | None:
        """What is known of a model, by name or folder; None: of the chosen one. None if it is not there."""
        wanted = backbone or self.backbone
        for model in self.backbones():
            if wanted in (model.name, str(model.folder)):
                return model
        if wanted not in self._elsewhere:
            from fewshot_gui.jobs.models import named

            try:
                self._elsewhere[wanted] = named(wanted)
            except UserError:  # told when it is loaded
                self._elsewhere[wanted] = None
        return self._elsewhere[wanted]

    def forget_backbones(self) -> None:
        """There are others now, or more is known of them: they are read again when next asked for."""
        self._backbones = None
        self._elsewhere.clear()
        self.state_changed.emit()

    @property
    def has_examples(self) -> bool:
        """Whether there is anything to adapt to."""
        return bool(self.examples)

    def counts_words(self) -> str:
        """What the project holds, in a line."""
        return words.counts(len(self.classes), len(self.examples), self.columns.n if self.columns else None)

    def _open(self, opened: Callable[[], Project]) -> bool:
        try:
            project = opened()
        except UserError as error:
            self.failed.emit(str(error))
            return False
        self.close_project()
        self.project = project
        self._read()
        self.remember()
        self.project_changed.emit(project)
        self.live.enter()
        self.state_changed.emit()
        return True

    def _read(self) -> None:
        """What the window asks for again and again, read once per change."""
        project = self.project
        if project is None:
            self.classes, self.examples, self.how, self.folder, self.project_name = (), (), None, None, ""
            self.undo_text = self.redo_text = None
            return
        self.classes, self.examples, self.how = project.classes(), project.examples(), project.settings()
        self.folder, self.project_name = project.folder(), project.name
        self.undo_text, self.redo_text = project.undo_text, project.redo_text
