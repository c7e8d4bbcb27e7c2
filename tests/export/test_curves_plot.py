"""The curves of a training as shapes."""

import pytest

from fewshot_gui.export.plots import PLOTS, Area, Line, Text
from fewshot_gui.export.plots.chart import Value
from fewshot_gui.export.plots.curves import Stage, scene

LOSS, LOOKS = "#0072b2", "#d55e00"


def stage(steps=4, *, losses=None, looks=(60.0, 80.0), best=None, before=None):
    losses = losses or [1 / step for step in range(1, steps + 1)]
    every = steps // len(looks)
    return Stage(
        "1. episodes",
        steps,
        tuple((float(step), loss) for step, loss in enumerate(losses, 1)),
        tuple(Value((n + 1) * every, value, value - 2, value + 2) for n, value in enumerate(looks)),
        best,
        before,
    )


def texts(found):
    return [shape.text for shape in found.shapes if isinstance(shape, Text)]


def lines(found, colour, width):
    """What was drawn in the frames: the lines of two points are the legend's."""
    shapes = [s for s in found.shapes if isinstance(s, Line) and s.colour == colour and s.width == width]
    return [shape for shape in shapes if len(shape.points) > 2 or shape.points[0][0] > 70]


def pixels(found, name):
    """Text of a tick -> its y, for the frame that shows it."""
    return {s.text: s.y - 4 for s in found.shapes if isinstance(s, Text) and s.anchor == "end"}[name]


def test_loss_and_accuracy_are_as_high_as_their_axes_say():
    found = scene("toy", (), [stage(4, losses=[4.0, 3.0, 2.0, 1.0], looks=(60.0, 80.0))])
    (loss,) = [shape for shape in lines(found, LOSS, 2) if len(shape.points) == 4]
    assert loss.points[0][1] == pytest.approx(pixels(found, "4"), abs=0.01)
    assert loss.points[-1][1] == pytest.approx(pixels(found, "1"), abs=0.01)
    looks = lines(found, LOOKS, 2)[-1]
    assert looks.points[0][1] == pytest.approx(pixels(found, "60"), abs=0.01)
    assert looks.points[1][1] == pytest.approx(pixels(found, "80"), abs=0.01)


def test_a_long_noisy_loss_is_drawn_pale_under_its_mean_and_spikes_stay_in_the_frame():
    losses = [1.0 + 0.5 * (step % 2) for step in range(300)]
    losses[150] = 1000.0
    found = scene("toy", (), [stage(300, losses=losses)])
    raw = next(s for s in found.shapes if isinstance(s, Line) and len(s.points) == 300 and s.width == 1)
    mean = next(s for s in found.shapes if isinstance(s, Line) and len(s.points) == 300 and s.width == 2)
    heights = [y for _, y in raw.points]
    assert min(heights) == heights[150]
    assert max(abs(y - heights[0]) for y in (mean.points[10][1], mean.points[-10][1])) < max(heights) - min(heights)
    assert "its mean over a 20th of the stage" in texts(found)
    assert "its mean over a 20th of the stage" not in texts(scene("toy", (), [stage()]))


def test_the_best_look_bears_its_figure_and_what_was_before_is_a_dashed_line():
    found = scene("toy", (), [stage(best=4, before=70.0)])
    assert "80.0 %" in texts(found)
    assert [shape.dashed for shape in found.shapes if isinstance(shape, Line)].count(True) == 2  # one is the legend's
    assert {"the stage's best", "before the stage"} <= set(texts(found))
    assert "best at step 4 with 80.0 % (78.0 to 82.0)" in found.description
    assert not {"the stage's best", "before the stage"} & set(texts(scene("toy", (), [stage()])))


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_all_that_is_drawn_lies_on_the_page(count):
    stages = [stage(4, best=2, before=90.0), stage(2000, looks=(99.0,)), *[stage(1, looks=(50.0,))] * 3]
    found = scene("toy", ("said below",), stages[:count])
    points = [p for shape in found.shapes if not isinstance(shape, Text) for p in shape.points]
    points += [(shape.x, shape.y) for shape in found.shapes if isinstance(shape, Text)]
    assert all(0 <= x <= found.width and 0 <= y <= found.height for x, y in points)
    assert texts(found).count("1. episodes") == count


def test_one_look_has_its_interval_as_a_bar_and_several_as_a_band():
    one, several = scene("toy", (), [stage(looks=(50.0,))]), scene("toy", (), [stage()])
    assert [s.opacity for s in several.shapes if isinstance(s, Area)].count(0.16) == 1
    assert [s.opacity for s in one.shapes if isinstance(s, Area)].count(0.16) == 0
    assert len(lines(one, LOOKS, 1.5)) == 1


def test_a_loss_that_never_changes_can_be_drawn():
    assert PLOTS["svg"](scene("toy", (), [stage(losses=[0.0] * 4)])).startswith(b"<svg")
