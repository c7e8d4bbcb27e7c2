"""The map's points beside a run."""

import numpy as np
import pytest

from fewshot_gui.errors import UserError
from fewshot_gui.jobs.bench import Points
from fewshot_gui.jobs.workbench import embed_folder, project_points
from tests.jobs.bench_help import (
    COLOURS,
    IDS,
    NAMES,
    adapted,
    at_work,
    events_of,
    examples_in,
    loaded,
    opened,
    result_of,
    write_centred_model,
)
from tests.jobs.tasks import draw_classes


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """The folder of a tiny model that tells pictures of one class apart."""
    return str(write_centred_model(tmp_path_factory.mktemp("model")))


def test_pictures_are_placed_as_they_come_and_the_axes_are_found_anew_now_and_then(tiny, tmp_path):
    bench = loaded(tiny)
    columns = opened(bench, draw_classes(tmp_path / "query", shots=20))
    events, _ = events_of(embed_folder(bench))
    moves = [event for event in events if isinstance(event, Points)]
    assert 2 <= len(moves) < 10
    assert np.isfinite(columns.xy).all()
    first = next(number for number, event in enumerate(events) if isinstance(event, Points))
    assert first < len(events) / 2


def test_classes_lie_apart_with_their_prototypes_and_examples_among_them(tiny, tmp_path):
    bench, columns = at_work(tiny, tmp_path)
    points = result_of(project_points(bench))
    assert points.class_ids == IDS
    assert points.prototypes.shape == (3, 2)
    assert points.support_ids == tuple(range(100, 109))
    assert points.support_class_ids == tuple(id for id in IDS for _ in range(3))
    assert 0.3 < points.explained <= 1
    nearest = np.linalg.norm(columns.xy[:, None] - points.prototypes[None], axis=2).argmin(1)
    assert (nearest == columns.label).mean() > 0.8


def test_new_examples_move_prototypes_but_no_picture(tiny, tmp_path):
    bench, columns = at_work(tiny, tmp_path)
    result_of(project_points(bench))
    xy, version = columns.xy.copy(), columns.version
    adapted(bench, examples_in(tmp_path / "support")[1:])
    points = result_of(project_points(bench))
    assert not points.moved
    assert len(points.support) == 8
    assert np.array_equal(columns.xy, xy)
    assert columns.version > version


def test_an_unreadable_picture_has_no_place(tiny, tmp_path):
    bench = loaded(tiny)
    folder = draw_classes(tmp_path / "query")
    (folder / "red" / "0.png").write_bytes(b"")
    columns = opened(bench, folder)
    result_of(embed_folder(bench))
    assert np.isnan(columns.xy).any(1).sum() == 1


def test_examples_alone_are_a_map_and_nothing_at_all_is_a_sentence(tiny, tmp_path):
    bench = loaded(tiny)
    with pytest.raises(UserError, match="nothing to draw"):
        result_of(project_points(bench))
    adapted(bench, examples_in(draw_classes(tmp_path / "support")), NAMES, IDS, COLOURS)
    assert len(result_of(project_points(bench)).support) == 9
