"""Folders and pictures that were dropped on the classes: looked into in a worker, asked about where it is not plain."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QBuffer, QCoreApplication, QIODevice, QObject
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from fewshot_gui import paths
from fewshot_gui.errors import UserError
from fewshot_gui.ui import actions, drops
from fewshot_gui.ui.views.class_data import Thumbnails
from fewshot_gui.ui.views.import_dialog import FolderFound, ImportChoice, ImportDialog
from fewshot_gui.ui.widgets.foot import Progress
from fewshot_gui.ui.words import step_words

if TYPE_CHECKING:
    from fewshot_gui.jobs.folder_import import Looked
    from fewshot_gui.ui.session import Session

_FEW = 40  # pictures in a folder: more than that are not examples, so that it is asked what they are


class Importer(QObject):
    """Takes what was dropped on the classes into the session's project."""

    def __init__(self, session: Session, thumbnails: Thumbnails, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._thumbnails, self._window = session, thumbnails, window
        self.dialog: ImportDialog | None = None

    def take_folders(self, folders: list[str], class_id: int | None) -> None:
        """Folders become a class each, or examples of the class they were dropped on."""
        from fewshot_gui.jobs.folder_import import look_into

        def done(looked: Looked) -> None:
            self._looked(looked, class_id)

        shown = Progress(step_words("Looking for pictures"))
        self._session.live.work.start("import", look_into(list(folders)), done, shown)

    def take_files(self, files: Sequence[str], class_id: int | None) -> None:
        """Pictures become examples of the class they were dropped on, or of a new one; of many it is asked first."""
        if len(files) <= _FEW:
            actions.add_pictures(self._session, files, class_id)
            return
        from fewshot_gui.jobs.folder_import import Looked, PictureFolder

        root = os.path.dirname(files[0])
        self._ask(Looked(root, (PictureFolder(root, actions.name_for(files), tuple(files)),), len(files)), class_id)

    def take_image(self, image: QImage, class_id: int | None) -> None:
        """A picture without a file (from a browser, the clipboard) becomes a PNG among the user's data."""

        def job() -> Generator[Any, None, str]:
            yield None
            return _stored(image)

        def done(path: str) -> None:
            actions.add_pictures(self._session, [path], class_id, "clipboard")

        self._session.live.work.start("paste", job(), done)

    def _looked(self, looked: Looked, class_id: int | None) -> None:
        session = self._session
        if looked.skipped:
            session.warned.emit(looked.skipped)
        filled = [folder for folder in looked.folders if folder.pictures]
        if not filled:
            session.failed.emit(self.tr("There is no picture in this folder: drop one that has some."))
        elif class_id is None and (len(filled) == 1 or self._dropped_apart(looked)) and self._few(looked):
            actions.add_classes(session, {folder.name: folder.pictures for folder in filled})
        elif class_id is not None and self._few(looked):
            pictures = [picture for folder in filled for picture in folder.pictures]
            actions.add_pictures(session, pictures, class_id, "folder")
        else:
            self._ask(looked, class_id)

    def _dropped_apart(self, looked: Looked) -> bool:
        """Several folders were dropped, which says by itself that each is a class."""
        return not looked.from_one

    def _few(self, looked: Looked) -> bool:
        return all(len(folder.pictures) <= _FEW for folder in looked.folders)

    def _ask(self, looked: Looked, class_id: int | None) -> None:
        found = [FolderFound(f.path, f.name, len(f.pictures), f.pictures[:3]) for f in looked.folders]
        dialog = ImportDialog(looked.root, found, total=looked.total, thumbnails=self._thumbnails, parent=self._window)
        self.dialog = dialog
        dialog.accepted.connect(lambda: self._chosen(looked, dialog.choice, class_id))
        dialog.finished.connect(lambda: self._closed(dialog))
        dialog.open()

    def _closed(self, dialog: ImportDialog) -> None:
        """Its last thumbnails may still be on their way: nobody must ask it about them."""
        if self.dialog is dialog:
            self.dialog = None
        dialog.deleteLater()

    def _chosen(self, looked: Looked, choice: ImportChoice, class_id: int | None) -> None:
        session = self._session
        if choice.kind == "classify":
            actions.set_folder(session, looked.root)
            return
        if choice.kind == "one":
            every = [picture for folder in looked.folders for picture in folder.pictures]
            pictures = drops.drawn_evenly(every, choice.at_most)
            if class_id is not None:
                actions.add_pictures(session, pictures, class_id, "folder")
            else:
                actions.add_classes(session, {choice.name or actions.new_class_name(): pictures})
            return
        wanted = set(choice.folders)
        chosen = [folder for folder in looked.folders if folder.path in wanted]
        actions.add_classes(session, {f.name: drops.drawn_evenly(f.pictures, choice.at_most) for f in chosen})


def _stored(image: QImage) -> str:
    """The path of the picture as PNG, named by what it shows, so that pasting twice gives one file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    data = bytes(buffer.data().data())
    path = paths.data_folder() / "pasted" / f"{hashlib.blake2b(data, digest_size=10).hexdigest()}.png"
    if path.exists():
        return str(path)
    draft = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(data)
        os.replace(draft, path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        text = QCoreApplication.translate(
            "Importer", "The picture could not be stored in {folder} ({why}): free some space, then drop it again."
        )
        raise UserError(text.format(folder=path.parent, why=error.strerror)) from error
    return str(path)
