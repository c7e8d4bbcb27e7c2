"""What a window's runs are made of: generators over a Workbench, to be driven from worker threads.

Each yields what happens and returns its result; closing it cancels it, waits for its threads, and leaves whatever
answered before. A UserError ends a run the same way. Importing this imports no torch: a run does, at its first step.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from fewshot_gui.jobs.bench import Adapted, BenchExample, Deep, Near, Points, Rows, Workbench
from fewshot_gui.jobs.columns import PictureColumns
from fewshot_gui.jobs.events import Step, Warned
from fewshot_gui.types import BALANCED

if TYPE_CHECKING:
    from fewshot_gui.jobs.tally import Summary

__all__ = [
    "Adapted",
    "BenchExample",
    "Deep",
    "First",
    "Near",
    "Points",
    "Rows",
    "Step",
    "Warned",
    "Workbench",
    "adapt_deeper",
    "adapt_instant",
    "ask_deeper",
    "deeper_method",
    "embed_folder",
    "load_model",
    "nearest_examples",
    "project_points",
    "scan_folder",
]

First = Callable[[], Sequence[int]]  # the rows a person looks at; asked in the worker's thread before each chunk


def load_model(
    bench: Workbench, backbone: str, device: str = "auto", quality: str = BALANCED
) -> Generator[Step | Warned, None, None]:
    """Loads a model, by name or folder, and makes it the bench's. Embeddings and answers of another model go.

    Of loads side by side the one that was called for last counts, whichever ends last.
    quality: fast, balanced or careful. UserError for an unknown or damaged model, a quality that it does not have or a
    device that does not work: then the one before stays.
    """
    turn = bench.next_load()  # now, and not once a thread has got round to it: importing torch takes a while

    def job() -> Generator[Step | Warned, None, None]:
        from fewshot_gui.engine.libraries import load_ahead

        load_ahead()
        from fewshot_gui.jobs import live_adapt

        yield from live_adapt.load(bench, backbone, quality, device, turn)

    return job()


def adapt_instant(
    bench: Workbench,
    examples: Sequence[BenchExample],
    class_names: Sequence[str],
    ids: Sequence[int],
    colours: Sequence[int],
    method: str | None = None,
    unknown: str | float | None = None,
    seed: int = 0,
) -> Generator[Step | Warned | Rows | Adapted, None, Adapted]:
    """Adapts an instant head to the examples and labels every embedded picture anew, then estimates its accuracy.

    class_names, ids, colours: the project's classes in order, also those without examples, which get no picture.
    method: NAME[:field=value...], None the model's default; one that adapts the backbone is replaced by that default
    (see adapt_deeper). unknown: "off", "auto", a rate 0-1, or None or "default": as the examples allow.
    Rows tells of pictures whose labels have changed: they are there before the estimate is. Where the method wants
    copies of the examples (engine.copies) that are not at hand, an Adapted with `pending` is yielded for the head of
    what is at hand; then they are embedded, and the head that has them takes its place. Answers of an adapted
    backbone go, as the examples are others now. Examples that cannot be read are left out, each with its reason.
    Without any example all pictures become pending; with a single class each is given it, with a warning.
    """
    from fewshot_gui.jobs import live_adapt, live_copies

    turn = bench.next_turn()

    def to(known: Sequence[BenchExample]) -> Generator[Step | Warned | Rows, None, Adapted]:
        return live_adapt.instant(bench, known, class_names, ids, colours, method, unknown, seed, turn)

    adapted = yield from to(examples)
    with live_adapt.model_errors(bench.model_name):
        again = partial(to, live_copies.as_read(examples, adapted))
        return (yield from live_copies.looked_closer(bench, adapted, turn, again))


def scan_folder(folder: str, most: int | None = None) -> Generator[Step | Warned, None, PictureColumns | None]:
    """The pictures of a folder as columns, to be given to bench.columns; counts as it goes. UserError if it is gone.

    most: None as soon as there are more than so many, which one may want to ask about first.
    """
    from fewshot_gui.jobs import folder_run

    return (yield from folder_run.scan_columns(folder, most))


def embed_folder(bench: Workbench, first: First = tuple) -> Generator[Rows | Points | Warned, None, Summary]:
    """Embeds what is not embedded yet and answers it with the current head; the rows of `first` come first.

    Cached pictures come before all others. Pausing is not asking for the next event: no new pictures are begun.
    Points tells that the map's axes were found anew. A picture that cannot be read is unreadable; a folder that
    vanishes altogether is a UserError. Exchanging the bench's model or folder ends the run.
    """
    from fewshot_gui.jobs import folder_run

    return (yield from folder_run.embed(bench, first))


def deeper_method(bench: Workbench) -> str:
    """ "maml" or "finetune": which one "adapt deeper" means for this model."""
    from fewshot_gui.jobs import deeper

    return deeper.choice(bench.ready_model())


def adapt_deeper(
    bench: Workbench, method: str | None = None, unknown: str | float | None = None, seed: int = 0
) -> Generator[Step | Warned, None, Deep]:
    """Adapts the backbone to the examples of the last adapt_instant; None: by `deeper_method`.

    Cancelled, failed or found no better (Deep.kept False), it leaves what answered before. If it is kept, ask_deeper
    is what makes it answer.
    """
    from fewshot_gui.jobs import deeper

    return (yield from deeper.adapt(bench, method, unknown, seed))


def ask_deeper(bench: Workbench, first: First = tuple) -> Generator[Rows | Warned, None, int]:
    """Asks the adapted backbone: the rows of `first`, then the least certain pictures, then the rest; see columns.deep.

    Begun again, it goes on where it was cancelled. It ends at once without an adapted backbone. Returns pictures done.
    """
    from fewshot_gui.jobs import deeper

    return (yield from deeper.ask(bench, first))


def project_points(bench: Workbench) -> Generator[Step, None, Points]:
    """Places all embedded pictures (columns.xy), class prototypes and examples on the map.

    The axes are kept unless more pictures have come since they were found; new ones lie as the old ones did.
    """
    from fewshot_gui.jobs import points

    return (yield from points.project(bench))


def nearest_examples(bench: Workbench, row: int, count: int = 5) -> tuple[Near, ...]:
    """The examples most like a picture, most alike first; none if it is not embedded. Under a millisecond."""
    from fewshot_gui.jobs import live_adapt

    return live_adapt.nearest(bench, row, count)
