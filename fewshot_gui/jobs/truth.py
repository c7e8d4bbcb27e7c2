"""The true classes of pictures as a table tells them: for a run of `classify`, and for the project of a window."""

from __future__ import annotations

import os
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fewshot_gui.errors import UserError
from fewshot_gui.images.truth_table import Matched, TruthTable, read_truth
from fewshot_gui.jobs.columns import PictureColumns
from fewshot_gui.jobs.events import Step
from fewshot_gui.jobs.stored import put_truth
from fewshot_gui.project.store import Project
from fewshot_gui.project.values import Truth
from fewshot_gui.types import ImageRef


@dataclass(frozen=True, slots=True)
class TruthFound:
    """What a table says of a folder. truth: to be stored; root: of the folder; matched: pictures it gives a class.

    Names in it that are of no use: unmatched, of no picture; shared, of several. strange: classes the project has not.
    """

    truth: Truth
    root: str
    matched: int
    unmatched: tuple[str, ...]
    shared: tuple[str, ...]
    strange: tuple[str, ...]


def look_up(columns: PictureColumns, table: Path | str) -> Generator[Step, None, TruthFound]:
    """Reads a table of the folder's pictures. UserError if it is none, contradicts itself or names none of them."""
    yield Step("Reading the table")
    read = read_truth(table)
    yield Step("Reading the table")
    found = read.match(columns.paths, [columns.root])
    _check(read, found, columns.root)
    classes = {
        columns.relative(found.used[written]) if written in found.used else written: name
        for written, name in read.classes.items()
    }
    strange = {name for name in found.truths if name is not None} - set(columns.class_names)
    matched = sum(name is not None for name in found.truths)
    truth = Truth(read.path, classes)
    return TruthFound(truth, columns.root, matched, found.unmatched, found.shared, tuple(sorted(strange)))


def renewing(project: Project, columns: PictureColumns) -> Generator[Step, None, None]:
    """Makes the columns' true classes what the project says of them by now."""
    yield Step("Reading the table")
    put_truth(columns, project.truth())


@dataclass(frozen=True, slots=True)
class KnownTruth:
    """A table for a run of `classify`. roots: folders that its names may be relative to.

    partly: the pictures may well be others than the table's, so that nothing is said of rows without a picture.
    """

    table: TruthTable
    roots: tuple[str, ...]
    partly: bool = False

    @classmethod
    def read(cls, table: Path | str, query: Sequence[Path | str]) -> KnownTruth:
        """The table in a file, whose names are relative to the query's folders, or to where one is."""
        folders = [os.path.abspath(path) for path in query if os.path.isdir(path)]
        return cls(read_truth(table), (*folders, os.getcwd()))

    def put(self, refs: Sequence[ImageRef]) -> tuple[tuple[ImageRef, ...], tuple[str, ...]]:
        """(the pictures with the classes it gives them, sentences on rows that are of no use).

        UserError if it gives a picture two classes, or, unless partly, names none of them.
        """
        table, found = self.table, self.table.match([ref.path for ref in refs], self.roots)
        if not self.partly:
            _check(table, found, self.roots[0])
        pairs = zip(refs, found.truths, strict=True)
        new = tuple(ref if truth is None else replace(ref, truth=truth) for ref, truth in pairs)
        return new, () if self.partly else _sentences(table, found)


def _check(table: TruthTable, found: Matched, root: str) -> None:
    if found.doubtful:
        raise UserError(f"The table {table.path} gives {found.doubtful[0]!r} two classes: leave one.")
    if not found.used:
        raise UserError(
            f"The table {table.path} names no picture of {root}: it must have paths below that folder, or the "
            "pictures' file names."
        )


def _sentences(table: TruthTable, found: Matched) -> tuple[str, ...]:
    told = []
    if (n := len(found.unmatched)) > 0:
        rows = "1 row names" if n == 1 else f"{n} rows name"
        told.append(f"{rows} no picture that is classified, in {table.path} (such as {found.unmatched[0]}).")
    if (n := len(found.shared)) > 0:
        rows = "1 row gives" if n == 1 else f"{n} rows give"
        told.append(
            f"{rows} a file name that several pictures have, in {table.path} (such as {found.shared[0]}): write the "
            "path below the folder."
        )
    return tuple(told)
