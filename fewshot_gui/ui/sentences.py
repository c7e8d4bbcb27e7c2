"""What jobs and the engine say, known by its wording, in the language in use. They are Qt-free and speak English.

A gap in braces stands for what is filled in there: a number, a name, a path. A sentence that is not listed stays as it
is, so a new one is shown in English until it is listed; tests/ui/test_sentences.py names those that are missing.
"""

from __future__ import annotations

import re
from functools import cache

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from fewshot_gui.ui.sentences_backbones import BACKBONES

SENTENCES = (
    # Adapting
    QT_TRANSLATE_NOOP(
        "Sentences",
        "There is only one class, so there is nothing to confuse it with: add a second class.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "No accuracy can be estimated: no class has two independent examples, of which one could be asked; "
        "add a second example, of another scene, to a class.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "On held-out examples the frozen backbone had {frozen} of {n} right, the adapted one {adapted} of "
        "{n}: the adapted backbone is used.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "On held-out examples the frozen backbone had {frozen} of {n} right, the adapted one {adapted} of "
        "{n}: that is no clear loss, and the adapted backbone is used.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "On held-out examples the frozen backbone had {frozen} of {n} right, the adapted one {adapted} of "
        "{n}: the backbone stays frozen.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "A class has only one independent example, so nothing can check an adapted backbone: it stays frozen.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "The examples changed meanwhile: adapt deeper again."),
    QT_TRANSLATE_NOOP("Sentences", "Answers changed by a closer look at the examples: {changed}."),
    QT_TRANSLATE_NOOP("Sentences", "There are no examples to adapt to: add some to at least two classes."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "{method} needs the folder's pictures: until they have been read, {other} answers.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "There is no classifier yet: add examples to at least one class."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The model {name} failed ({why}), so nothing was changed: try again, or choose another model or device.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "No model is loaded yet: wait for it, or choose another one."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "{method} was not meta-trained for {model}: it begins from the start for maml.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "{method} was not meta-trained for {model}: it begins from the plain weights.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Gradient steps left fewer of the examples right, so they were taken at 1/{part} of their length.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Gradient steps left fewer of the examples right, however short they were, so none was taken.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "{method} of {model} takes at most {most} classes, not {n}; choose another method.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The support's embeddings are not finite: the model's weights are damaged; use another.",
    ),
    # Device and memory
    QT_TRANSLATE_NOOP("Sentences", "this computer has no such GPU (or torch was installed without support for it)"),
    QT_TRANSLATE_NOOP("Sentences", "The device {name} was asked for, but {why}; use --device cpu or auto."),
    QT_TRANSLATE_NOOP("Sentences", "The GPU is not used, because {why}."),
    QT_TRANSLATE_NOOP("Sentences", "Memory is short on {device}: going on with {n} pictures at a time."),
    QT_TRANSLATE_NOOP("Sentences", "Not one picture fits into the memory of {device}: going on on the CPU."),
    QT_TRANSLATE_NOOP("Sentences", "The memory is used up: close other programs, or use a smaller model."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The embedding cache was damaged: it was put aside as {path}, and a new one is begun.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The embedding cache in {path} cannot be used ({why}): going on without; free some space, or set "
        "FEWSHOT_GUI_CACHE to another folder.",
    ),
    # Examples
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The same picture is in two classes, {first} and {second}: {path} ({n} such pictures); remove one.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "No picture can be told as unknown: every class has only one picture, not counting copies of it, so"
        " there is nothing to set the cut on; give a class a second one.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "Example pictures that could not be read are left out: {names}."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "There is only one class, {name}: every picture will be given it; add a second class.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "The same picture is in two classes, {first} and {second}: {path}; remove one."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The classes have uneven numbers of pictures: {most} has {many}, {least} {few}; more of {least} would help.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "No example of the class {name} can be read: it is left out until it has one."),
    # The folder
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Skipped {n} hidden file or folder and {m} file without a picture's ending (such as {name}).",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Skipped {n} hidden file or folder and {m} files without a picture's ending (such as {name}).",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Skipped {n} hidden files or folders and {m} file without a picture's ending (such as {name}).",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "Skipped {n} hidden files or folders and {m} files without a picture's ending (such as {name}).",
    ),
    QT_TRANSLATE_NOOP("Sentences", "There is no picture in {folder}."),
    QT_TRANSLATE_NOOP("Sentences", "The folder {folder} does not exist (moved or deleted?): choose another one."),
    QT_TRANSLATE_NOOP("Sentences", "The folder {folder} does not exist: choose one with pictures."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The folder {folder} has vanished during the run: what was read stays; connect it again and "
        "classify it anew, or choose another one.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "The folder {folder} cannot be opened ({why}); check its permissions."),
    QT_TRANSLATE_NOOP("Sentences", "The folder {folder} could not be opened; its pictures are missing here."),
    QT_TRANSLATE_NOOP("Sentences", "No folder was chosen to classify: drop one on the pictures' place."),
    QT_TRANSLATE_NOOP("Sentences", "Skipped {n} hidden file or folder."),
    QT_TRANSLATE_NOOP("Sentences", "Skipped {n} hidden files or folders."),
    QT_TRANSLATE_NOOP("Sentences", "Skipped {n} file without a picture's ending (such as {name})."),
    QT_TRANSLATE_NOOP("Sentences", "Skipped {n} files without a picture's ending (such as {name})."),
    # Files that are written
    QT_TRANSLATE_NOOP("Sentences", "{path} could not be written ({why}): free some space or choose another folder."),
    QT_TRANSLATE_NOOP("Sentences", "{path} could not be written ({why}): free some space or choose another place."),
    QT_TRANSLATE_NOOP("Sentences", "{path} exists and is no classifier's folder: give a new folder."),
    QT_TRANSLATE_NOOP("Sentences", "The output {path} must end with one of {endings}."),
    QT_TRANSLATE_NOOP("Sentences", "The output {path} is a folder: give the name of a file."),
    QT_TRANSLATE_NOOP("Sentences", "The output {path} is write-protected: choose another place."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The demo cannot be written to {path} ({why}): see that there is room, and that you may write there.",
    ),
    # The project
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The project {path} could not be saved, because the disk is full: free some space and do it again; "
        "what was saved before is safe.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The project {path} is empty: open a saved copy of it, or begin a new project; your pictures are untouched.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "The project {path} is open in another window: go on there, or close it first."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The project {path} is no longer there: put it back, or save a copy of what is open elsewhere.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "The project {path} does not exist (moved or deleted?): open it where it is now."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The project {path} was made by a newer version of fewshot_gui: install that version to open it.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "The project {path} was closed: open it again."),
    QT_TRANSLATE_NOOP("Sentences", "The project {path} cannot be read ({why}): check its permissions."),
    QT_TRANSLATE_NOOP("Sentences", "The project {path} cannot be used ({why}): is its drive connected?"),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The project {path} cannot be used ({why}): see that its drive is connected and that you may write "
        "to its folder.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The project {path} lies in a folder that may not be written to: copy it to a folder of your own "
        "and open the copy.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The project {path} is damaged: open a saved copy of it, or begin a new project; your pictures are untouched.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The project {path} may not be written to: copy it to a folder of your own and open the copy.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The project {path} cannot be opened: see that its drive is connected and that you may write to its folder.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The project {path} cannot be read or written: see that its drive is connected and not full, then try again.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "The project {path} is held by another program: close it there, then try again."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "{path} is no fewshot_gui project: choose a {ending} file that this program made.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "{path} is a folder, not a project: open it as a folder, or choose a {ending} file.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "{path} exists already: open it, or choose another name for the project."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The folder {path} may not be written to: choose another place for the project.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "The folder {path} cannot be made ({why}): choose another place for the project."),
    QT_TRANSLATE_NOOP("Sentences", "The copy would be the project {path} itself: choose another name."),
    # Why a picture cannot be read; they complete "This picture ..."
    QT_TRANSLATE_NOOP("Sentences", "is a HEIC photo: install what reads it with {command}"),
    QT_TRANSLATE_NOOP("Sentences", "is a camera's RAW photo: install what reads it with {command}"),
    QT_TRANSLATE_NOOP("Sentences", "does not exist (moved or deleted?)"),
    QT_TRANSLATE_NOOP("Sentences", "is empty"),
    QT_TRANSLATE_NOOP("Sentences", "is damaged: the file ends too early"),
    QT_TRANSLATE_NOOP("Sentences", "is damaged: its picture data cannot be decoded"),
    QT_TRANSLATE_NOOP("Sentences", "is damaged, or a kind of {kind} picture this program cannot read"),
    QT_TRANSLATE_NOOP("Sentences", "is not a picture this program knows"),
    QT_TRANSLATE_NOOP("Sentences", "has the name of a HEIC photo but is none, or is damaged"),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "is a RAW photo that cannot be developed: damaged, or of a camera that rawpy does not know",
    ),
    QT_TRANSLATE_NOOP("Sentences", "is a camera's RAW photo under another name: give it the ending .dng"),
    QT_TRANSLATE_NOOP("Sentences", "is a folder, not a picture"),
    QT_TRANSLATE_NOOP("Sentences", "is a device or pipe, not a picture"),
    QT_TRANSLATE_NOOP("Sentences", "is larger than {n} GiB: save it smaller"),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "is too large ({width} x {height} pixels): save it with less than {n} million pixels",
    ),
    QT_TRANSLATE_NOOP("Sentences", "may not be read: you have no permission to open it"),
    QT_TRANSLATE_NOOP("Sentences", "cannot be read: {why}"),
    QT_TRANSLATE_NOOP("Sentences", "needs more memory than this computer has free"),
    QT_TRANSLATE_NOOP("Sentences", "has a crop that does not lie within it: crop it anew"),
    QT_TRANSLATE_NOOP("Sentences", "has a crop of only {width} x {height} pixels: draw a larger one"),
    # A table of true classes
    QT_TRANSLATE_NOOP("Sentences", "The table {path} is no CSV ({why}): save it as CSV with the columns path,class."),
    QT_TRANSLATE_NOOP("Sentences", "The table {path} cannot be read ({why}): see that it is there."),
    QT_TRANSLATE_NOOP("Sentences", "The table {path} is not UTF-8 text: save it as CSV (UTF-8)."),
    QT_TRANSLATE_NOOP("Sentences", "The table {path} is no text: save it as CSV (UTF-8)."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The table {path} is empty: its first line must name a column for the picture and one for "
        "its class, such as path,class.",
    ),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The table {path} begins with {line}: its first line must name a column for the picture "
        "and one for its class, such as path,class.",
    ),
    QT_TRANSLATE_NOOP("Sentences", "Line {n} of the table {path} has {count} columns, its first line more: mend it."),
    QT_TRANSLATE_NOOP("Sentences", "The table {path} gives no picture a class: fill in both columns."),
    QT_TRANSLATE_NOOP("Sentences", "The table {path} gives {picture} two classes, {first} and {second}: leave one."),
    QT_TRANSLATE_NOOP("Sentences", "The table {path} gives {picture} two classes: leave one."),
    QT_TRANSLATE_NOOP(
        "Sentences",
        "The table {path} names no picture of {root}: it must have paths below that folder, or the "
        "pictures' file names.",
    ),
    # How far something is
    QT_TRANSLATE_NOOP("Sentences", "{n} pictures found"),
    QT_TRANSLATE_NOOP("Sentences", "held-out check {check} of {checks}, step {step} of {steps}"),
    QT_TRANSLATE_NOOP("Sentences", "held-out check {check} of {checks}, reading the examples"),
    QT_TRANSLATE_NOOP("Sentences", "step {step} of {steps}"),
    QT_TRANSLATE_NOOP("Sentences", "reading the examples"),
    *BACKBONES,
)

_GAP = re.compile(r"\\\{(\w+)\\\}")


def translated(sentence: str) -> str:
    """The sentence in the language in use; one that is not listed as it is."""
    for start, end, template in _wordings():
        if not (sentence.startswith(start) and sentence.endswith(end)):
            continue
        if (found := _pattern(template).fullmatch(sentence)) is not None:
            words = QCoreApplication.translate("Sentences", template)
            for name, value in found.groupdict().items():
                words = words.replace(f"{{{name}}}", translated(value) if name == "why" else value)
            return words
    return sentence


@cache
def _wordings() -> tuple[tuple[str, str, str], ...]:
    """(what comes before the first gap, after the last one, the sentence), most letters first: a gap takes anything."""
    ordered = sorted(SENTENCES, key=lambda text: len(re.sub(r"\{\w+\}", "", text)), reverse=True)
    return tuple((text.split("{")[0], text.rsplit("}", 1)[-1], text) for text in ordered)


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """The sentence with its gaps; made when it is first needed, since making all of them takes a tenth of a second."""
    seen: set[str] = set()

    def gap(found: re.Match[str]) -> str:
        name = found[1]
        again = name in seen
        seen.add(name)
        return f"(?P={name})" if again else f"(?P<{name}>.+?)"

    return re.compile(_GAP.sub(gap, re.escape(template)), re.DOTALL)
