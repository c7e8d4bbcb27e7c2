"""What a person says of pictures in one gesture: verdicts on several, and examples that they make of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from fewshot_gui.project.database import Connection
from fewshot_gui.project.examples import add_examples, examples, move_examples
from fewshot_gui.project.reviews import review
from fewshot_gui.project.values import NewExample, Verdict, VerdictOrigin

Said = tuple[str, Verdict | None, int | None]  # content hash, verdict, class id


def judge(
    connection: Connection,
    said: Sequence[Said],
    origin: VerdictOrigin = "key",
    teach: Mapping[int, Sequence[NewExample]] | None = None,
) -> None:
    """Notes verdicts, and makes examples of pictures: class id -> pictures, which may be examples of another class."""
    groups: dict[tuple[Verdict | None, int | None], list[str]] = defaultdict(list)
    for content, verdict, class_id in said:
        groups[verdict, class_id].append(content)
    for (verdict, class_id), contents in groups.items():
        review(connection, contents, verdict, class_id, origin)
    for class_id, pictures in (teach or {}).items():
        _teach(connection, class_id, pictures)


def _teach(connection: Connection, class_id: int, pictures: Sequence[NewExample]) -> None:
    """Those that are examples already change their class: two classes for one picture teach nothing."""
    wanted = {picture.content for picture in pictures if picture.content}
    there = [example for example in examples(connection) if example.content in wanted and example.crop is None]
    move_examples(connection, [example.id for example in there if example.class_id != class_id], class_id)
    known = {example.content for example in there}
    add_examples(connection, class_id, [picture for picture in pictures if picture.content not in known])
