"""The support set from disk: found, read, embedded and checked, ready for any method."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import torch
import torch.nn.functional as F
from torch import Tensor

from fewshot_gui.engine.copies import usable
from fewshot_gui.engine.embed import stream
from fewshot_gui.engine.method import Support
from fewshot_gui.engine.model import Model
from fewshot_gui.engine.threads import one_core
from fewshot_gui.errors import UserError
from fewshot_gui.images import crop
from fewshot_gui.images.crop import Box
from fewshot_gui.jobs.events import Step, Told, Warned
from fewshot_gui.jobs.pictures import FileSource, embedded
from fewshot_gui.project.cache import EmbeddingCache
from fewshot_gui.types import ImageRef, Unreadable

ALIKE = 0.98  # cosine from which two pictures count as takes of one scene, which must not vouch for each other
_UNEVEN = 5  # times as many pictures in one class as in another, from which on a warning says so
_NAMED = 3  # pictures named in a message


@dataclass(frozen=True, eq=False)
class SupportPictures:
    """The readable example pictures with their embeddings.

    labels: [n] int64, index into class_names; embeddings: [n, D] float16 on the CPU; contents: content hashes.
    crops: the part of each that was embedded, None for all of it; empty: all of all. contents are of whole files.
    copies: embeddings [k, D] float16 of changed copies (engine.copies) by the pictures' keys, as far as they are there.
    """

    refs: tuple[ImageRef, ...]
    contents: tuple[str, ...]
    class_names: tuple[str, ...]
    labels: Tensor
    embeddings: Tensor
    crops: tuple[Box | None, ...] = ()
    copies: Mapping[str, Tensor] = field(default_factory=dict)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """What each picture's embedding is known by, which for a crop is not its file's content hash."""
        boxes = self.crops or (None,) * len(self.contents)
        return tuple(crop.key(content, box) for content, box in zip(self.contents, boxes, strict=True))

    def tensors(self, model: Model, pictures: Tensor | None = None, copies: int = 0) -> Support:
        """What a method adapts to, on the model's device; pictures: as engine.method.Support wants them.

        copies: how many of each picture are wanted. One without counts as if its copies were no different from it.
        """
        count = usable(copies, len(self.refs))
        with one_core():  # many small operations
            groups = near_duplicates(self.contents, self.embeddings.float() - model.base_mean.cpu())
            return Support(
                self.labels.to(model.device),
                len(self.class_names),
                self.embeddings.float().to(model.device),
                None if pictures is None else pictures.to(model.device),
                groups.to(model.device),
                self._copied(count).float().to(model.device) if count else None,
            )

    def _copied(self, count: int) -> Tensor:
        """[n, count, D] float16."""
        rows = []
        for key, embedding in zip(self.keys, self.embeddings, strict=True):
            own = self.copies.get(key)
            rows.append(embedding.expand(count, -1) if own is None or len(own) < count else own[:count])
        return torch.stack(rows)


def embed_support(
    model: Model,
    refs: Sequence[ImageRef],
    class_names: Iterable[str],
    cache: EmbeddingCache | None,
    told: Told,
    *,
    strict: bool = False,
    earlier: SupportPictures | None = None,
) -> Generator[Step | Warned, None, SupportPictures]:
    """The support set of pictures whose truth is their class, after those of `earlier`; told hears what is odd.

    class_names: classes that must be in it. UserError if there is no class, or a class without a readable picture; if
    strict, also for any unreadable one.
    """
    rows: list[Tensor] = []
    readable: list[int] = []
    contents: list[str] = []
    unreadable: list[Unreadable] = []
    for chunk in embedded(model, refs, cache, told):
        rows.append(chunk.rows)
        readable += [chunk.start + place for place in chunk.readable]
        contents += [content for content in chunk.contents if content is not None]
        unreadable += chunk.unreadable.values()
        yield Step("Reading the example pictures", (chunk.start + len(chunk)) / len(refs))
        yield from told.news()
    kept = tuple(refs[index] for index in readable)
    crops: tuple[Box | None, ...] = ()
    if earlier is not None:
        crops = earlier.crops + (None,) * len(kept) if earlier.crops else ()
        kept, contents, rows = earlier.refs + kept, [*earlier.contents, *contents], [earlier.embeddings, *rows]
    names = sorted(set(class_names) | {ref.truth for ref in (*refs, *kept) if ref.truth is not None})
    _check(names, kept, unreadable, strict)
    warn_of_oddities(names, kept, contents, unreadable, told)
    yield from told.news()
    numbers = {name: number for number, name in enumerate(names)}
    labels = torch.tensor([numbers[ref.truth or ""] for ref in kept])
    with one_core():
        embeddings = torch.cat([r for r in rows if len(r)])
    known = {} if earlier is None else earlier.copies
    return SupportPictures(kept, tuple(contents), tuple(names), labels, embeddings, crops, known)


def read_pictures(
    model: Model, support: SupportPictures, told: Told
) -> Generator[Step | Warned, None, tuple[SupportPictures, Tensor]]:
    """(support, pictures): pictures [n, C, S, S] uint8 at the adaptation's size, for methods that need them.

    A picture that has vanished since it was embedded is left out of both.
    """
    kept: list[int] = []
    rows: list[Tensor] = []
    preprocessing = model.adaptation.preprocessing
    source = FileSource(support.refs, support.crops)
    for chunk in stream(source, preprocessing, lambda pictures, _: pictures, torch.device("cpu"), tell=told):
        kept += [chunk.start + place for place in chunk.readable]
        rows += chunk.rows
        yield Step("Reading the example pictures again", (chunk.start + len(chunk)) / len(source))
    with one_core():  # also so that a thread that adapts meanwhile has all cores: see engine.threads
        left = SupportPictures(
            tuple(support.refs[i] for i in kept),
            tuple(support.contents[i] for i in kept),
            support.class_names,
            support.labels[kept],
            support.embeddings[kept],
            tuple(support.crops[i] for i in kept) if support.crops else (),
            support.copies,
        )
        _check(support.class_names, left.refs, [], strict=False)
        return left, torch.stack(rows)


def near_duplicates(contents: Sequence[str], vectors: Tensor, alike: float = ALIKE) -> Tensor:
    """[n] int64: pictures with the same content, or a cosine of at least `alike`, share a number, also in chains.

    vectors: [n, D] float32, embeddings less the base mean.
    """
    unit = F.normalize(vectors, dim=1)
    first: dict[str, int] = {}
    groups = torch.tensor([first.setdefault(content, index) for index, content in enumerate(contents)])
    for index in range(len(unit)):
        near = (unit[:index] @ unit[index] >= alike).nonzero()[:, 0].tolist()
        for other in {int(groups[i]) for i in near} - {int(groups[index])}:
            groups[groups == other] = groups[index]
    return torch.unique(groups, return_inverse=True)[1]


def _check(names: Sequence[str], kept: Sequence[ImageRef], unreadable: Sequence[Unreadable], strict: bool) -> None:
    if not names:
        raise UserError("There is no class: make one folder per class, with that class's example pictures.")
    if strict and unreadable:
        raise UserError(f"{_named(unreadable)}: leave it out, or replace it.")
    for name in sorted(set(names) - {ref.truth for ref in kept}):
        reasons = f" ({_named(unreadable)})" if unreadable else ""
        raise UserError(
            f"The class {name!r} has no readable picture{reasons}: add one to its folder, or remove the folder."
        )


def warn_of_oddities(
    names: Sequence[str],
    kept: Sequence[ImageRef],
    contents: Sequence[str],
    unreadable: Sequence[Unreadable],
    told: Told,
) -> None:
    """Tells of unreadable pictures, a single class, a picture in two classes and uneven numbers; kept is not empty.

    contents: what tells kept pictures apart, one for each.
    """
    if unreadable:
        told(f"Example pictures that could not be read are left out: {_named(unreadable)}.")
    if len(names) == 1:
        told(f"There is only one class, {names[0]!r}: every picture will be given it; add a second class.")
    of_content = defaultdict(dict)
    for ref, content in zip(kept, contents, strict=True):
        of_content[content].setdefault(ref.truth, ref.path)
    shared = [found for found in of_content.values() if len(found) > 1]
    if shared:
        classes = " and ".join(repr(name) for name in shared[0])
        more = f" ({len(shared)} such pictures)" if len(shared) > 1 else ""
        told(f"The same picture is in two classes, {classes}: {next(iter(shared[0].values()))}{more}; remove one.")
    shots = Counter(ref.truth for ref in kept)
    most, least = max(shots, key=shots.__getitem__), min(shots, key=shots.__getitem__)
    if shots[most] >= _UNEVEN * shots[least]:
        told(
            f"The classes have uneven numbers of pictures: {most!r} has {shots[most]}, {least!r} {shots[least]}; "
            f"more of {least!r} would help."
        )


def _named(unreadable: Sequence[Unreadable]) -> str:
    named = "; ".join(f"{found.path} {found.reason}" for found in unreadable[:_NAMED])
    return named if len(unreadable) <= _NAMED else f"{named}; and {len(unreadable) - _NAMED} more"
