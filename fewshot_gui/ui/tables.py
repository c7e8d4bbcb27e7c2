"""The true classes of pictures from a table the user has: read in a worker, kept by the project, told in a notice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject

from fewshot_gui.ui.actions import act

if TYPE_CHECKING:
    from fewshot_gui.jobs.truth import TruthFound
    from fewshot_gui.ui.session import Session


def take_truth(session: Session, path: str) -> None:
    """Takes what a table says of the folder's pictures for their true classes."""
    from fewshot_gui.jobs.truth import look_up

    columns = session.columns
    if columns is None or not columns.n:
        session.warned.emit(
            QCoreApplication.translate(
                "Actions", "Choose the folder to classify first: the table is about its pictures."
            )
        )
        return

    def done(found: TruthFound) -> None:
        if session.folder == found.root and act(session, lambda project: project.set_truth(found.truth)):
            session.offered.emit(TruthWords().of(found), {})

    session.live.work.start("table", look_up(columns, path), done)


class TruthWords(QObject):
    """What was found in a table. A QObject, because lupdate finds plurals only in `self.tr`."""

    def of(self, found: TruthFound) -> str:
        """What is known by it now, and which of its rows are of no use."""
        table = found.truth.table
        told = [self.tr("The true classes of %Ln picture(s) are taken from {table}.", "", found.matched)]
        names = [table]
        if found.unmatched:
            told.append(self.tr("%Ln row(s) name no picture of this folder, such as {name}.", "", len(found.unmatched)))
            names.append(found.unmatched[0])
        if found.shared:
            told.append(
                self.tr(
                    "%Ln file name(s) are those of several pictures, such as {name}: write the path below the folder.",
                    "",
                    len(found.shared),
                )
            )
            names.append(found.shared[0])
        if found.strange:
            told.append(
                self.tr(
                    "%Ln class(es) are none of this project's, such as {name}: their pictures are not counted.",
                    "",
                    len(found.strange),
                )
            )
            names.append(found.strange[0])
        gaps = zip(told, names, strict=True)
        return " ".join(text.replace("{table}", _short(name)).replace("{name}", _short(name)) for text, name in gaps)


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:40]}…{text[-35:]}"
