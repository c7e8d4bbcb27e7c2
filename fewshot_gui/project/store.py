"""A project: one SQLite file that holds all a person did and got, saved as it happens."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from types import TracebackType
from typing import Concatenate, ParamSpec, TypeVar

from fewshot_gui.project import classes as of_classes
from fewshot_gui.project import examples as of_examples
from fewshot_gui.project import facts, files, journal, results
from fewshot_gui.project import judging as of_judging
from fewshot_gui.project import pictures as of_pictures
from fewshot_gui.project import predictions as of_predictions
from fewshot_gui.project import reviews as of_reviews
from fewshot_gui.project.database import Connection, Database
from fewshot_gui.project.failures import damaged, told
from fewshot_gui.project.lock import ProjectLock
from fewshot_gui.project.places import set_home
from fewshot_gui.project.values import ClassInfo, PictureFile, ProjectSettings
from fewshot_gui.types import Changes

P = ParamSpec("P")
R = TypeVar("R")


def _reading(function: Callable[Concatenate[Connection, P], R]) -> Callable[Concatenate[Project, P], R]:
    """The function as a method that reads what is stored."""

    @wraps(function)
    def method(self: Project, *args: P.args, **kwargs: P.kwargs) -> R:
        with self._database.read() as connection:
            return function(connection, *args, **kwargs)

    return method


def _writing(function: Callable[Concatenate[Connection, P], R]) -> Callable[Concatenate[Project, P], R]:
    """The function as a method that is one transaction, and is not undone."""

    @wraps(function)
    def method(self: Project, *args: P.args, **kwargs: P.kwargs) -> R:
        with self._database.write() as connection:
            return function(connection, *args, **kwargs)

    return method


def _bulk(function: Callable[Concatenate[Connection, P], R]) -> Callable[Concatenate[Project, P], R]:
    """As `_writing`, for what comes in masses from a worker."""
    write = _writing(function)

    @wraps(function)
    def method(self: Project, *args: P.args, **kwargs: P.kwargs) -> R:
        result = write(self, *args, **kwargs)
        self._database.tidy()
        return result

    return method


def _action(
    text: str, function: Callable[Concatenate[Connection, P], object]
) -> Callable[Concatenate[Project, P], Changes]:
    """The function as a method that is one transaction and one entry of the journal, named `text`."""

    @wraps(function)
    def method(self: Project, *args: P.args, **kwargs: P.kwargs) -> Changes:
        return self._act(text, lambda connection: function(connection, *args, **kwargs))[1]

    ACTION_TEXTS.append(text)
    return method


ACTION_TEXTS = ["Add class"]  # all that undo_text and redo_text can be, to be translated


class Project:
    """An open project; its methods may be called from any thread.

    Reading is cheap. An action is one transaction, can be undone, and gives what it changed. What was stored is on disk
    when a method returns. UserError, with the way out, if the file or its disk fails; then nothing was changed.
    """

    def __init__(self, database: Database, lock: ProjectLock) -> None:
        """Use `create` or `open`."""
        self._database = database
        self._lock = lock

    @classmethod
    def create(cls, path: Path, name: str, settings: ProjectSettings | None = None) -> Project:
        """A new project in a new file; its folder is made if need be. UserError if the file exists already."""
        path = Path(os.path.abspath(path))
        files.make_folder(path)
        lock = ProjectLock(path, new=True)
        try:
            files.create(path, name, settings or ProjectSettings())
            return cls(Database(path), lock)
        except BaseException:
            lock.release()
            raise

    @classmethod
    def open(cls, path: Path) -> Project:
        """The project in a file. UserError: no project, damaged, of a newer version, or open in another window."""
        path = Path(os.path.abspath(path))
        files.check_header(path)
        lock = ProjectLock(path)
        try:
            files.prepare(path)
            return cls(Database(path), lock)
        except BaseException:
            lock.release()
            raise

    def __enter__(self) -> Project:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the file, once what is being stored is stored; does nothing the second time."""
        self._database.close()
        self._lock.release()

    @property
    def path(self) -> Path:
        """Where the project file lies."""
        return self._database.path

    name = property(_reading(facts.name))
    classes = _reading(of_classes.classes)
    examples = _reading(of_examples.examples)
    folder = _reading(facts.folder)
    reviews = _reading(of_reviews.reviews)
    settings = _reading(facts.settings)
    truth = _reading(facts.truth)
    pictures = _reading(of_pictures.pictures)
    predictions = _reading(of_predictions.predictions)
    runs = _reading(results.runs)
    history = _reading(results.history)
    undo_text = property(_reading(journal.undo_text))
    redo_text = property(_reading(journal.redo_text))

    # Actions

    rename = _action("Rename project", facts.rename)
    set_folder = _action("Choose folder", facts.set_folder)
    change_settings = _action("Change settings", facts.change_settings)
    set_truth = _action("Take true classes", facts.set_truth)
    add_classes = _action("Add classes", of_classes.add_classes)
    rename_class = _action("Rename class", of_classes.rename_class)
    recolour_class = _action("Change class colour", of_classes.recolour_class)
    reorder_classes = _action("Reorder classes", of_classes.reorder_classes)
    merge_classes = _action("Merge classes", of_classes.merge_classes)
    split_class = _action("Split class", of_classes.split_class)
    delete_classes = _action("Delete classes", of_classes.delete_classes)
    add_examples = _action("Add examples", of_examples.add_examples)
    move_examples = _action("Move examples", of_examples.move_examples)
    remove_examples = _action("Remove examples", of_examples.remove_examples)
    crop_example = _action("Crop example", of_examples.crop_example)
    review = _action("Review pictures", of_reviews.review)
    judge = _action("Label pictures", of_judging.judge)

    def add_class(self, name: str) -> tuple[ClassInfo, Changes]:
        """The new class, and what changed. A name that is taken gets a number, one of 5,000 characters is cut."""
        return self._act("Add class", lambda connection: of_classes.add_class(connection, name))

    def undo(self) -> Changes:
        """Takes back the last action, in this sitting or an earlier one; no changes if there is none."""
        return self._step(journal.undo)

    def redo(self) -> Changes:
        """Does again what was undone last; no changes if there is nothing."""
        return self._step(journal.redo)

    # Results: stored as they come, not undone

    begin_run = _writing(results.begin_run)
    store_predictions = _bulk(of_predictions.store_predictions)
    end_run = _writing(results.end_run)
    add_history = _writing(results.add_history)

    def set_pictures(self, rows: Sequence[PictureFile]) -> tuple[int, int]:
        """What a scan of the folder found; gives how many are new and how many are gone."""
        return of_pictures.set_pictures(self._database, rows)

    def learn_contents(self, contents: Mapping[str, str]) -> None:
        """Path below the folder, or absolute path of an example -> content hash."""
        of_pictures.learn_contents(self._database, contents)

    # The file

    def checkpoint(self) -> None:
        """Tidies the file up; for idle moments."""
        self._database.checkpoint()

    def save_copy(self, path: Path) -> None:
        """Writes all of the project to another file, which may be a closed project: it is replaced."""
        with self._database.read() as connection:
            files.copy(connection, self.path, Path(os.path.abspath(path)))

    def move(self, path: Path) -> None:
        """Moves the file; its pictures stay where they are. UserError if there is something already."""
        target = Path(os.path.abspath(path))
        files.make_folder(target)
        lock = ProjectLock(target, new=True)
        try:
            with self._database.alone(), told(target):
                files.move(self.path, target)
                self._database.path = target
        except BaseException:
            lock.release()
            raise
        self._lock.release()
        self._lock = lock
        with self._database.write() as connection:
            set_home(connection, connection.home)

    def _act(self, text: str, work: Callable[[Connection], R]) -> tuple[R, Changes]:
        with self._database.write() as connection:
            return journal.record(connection, text, lambda: work(connection))

    def _step(self, step: Callable[[Connection], Changes]) -> Changes:
        try:
            with self._database.write() as connection:
                return step(connection)
        except (journal.DamagedJournal, sqlite3.IntegrityError) as error:
            raise damaged(self.path, "has a damaged journal, so that nothing can be undone") from error
