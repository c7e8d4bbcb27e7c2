"""Charts as shapes, and shapes as files."""

import io
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fewshot_gui.errors import UsageError
from fewshot_gui.export.plots import PLOTS, Area, Line, Scene, Text, format_of
from fewshot_gui.export.plots.chart import Chart, Panel, Series, Value, scene

SVG = "{http://www.w3.org/2000/svg}"
BLUE, RED = "#0000ff", "#ff0000"
SHAPES = Scene(
    60, 40,
    (
        Area(((10, 10), (30, 10), (30, 30), (10, 30)), BLUE),
        Area(((40, 10), (50, 10), (50, 30), (40, 30)), BLUE, 0.5),
        Line(((5, 35), (55, 35)), RED, 2),
        Line(((5, 5), (55, 5)), RED, 2, dashed=True),
    ),
    "two squares & a line",
)  # fmt: skip


def pixels(found):
    return np.asarray(Image.open(io.BytesIO(PLOTS["png"](found))).convert("RGB"))


def elements(found, kind):
    return ElementTree.fromstring(PLOTS["svg"](found)).findall(f"{SVG}{kind}")


def series(number, *values, alone=False):
    made = tuple(Value(float(at), value, value - 2, value + 2) for at, value in enumerate(values))
    return Series(number, alone=made) if alone else Series(number, joined=made)


def chart(panels=1, names=("ridge", "protonet"), **changes):
    panel = Panel("5-way", tuple(series(n, 50 + n, 60 + n) for n in range(len(names))), (series(1, 1.0, -1.0),))
    made = Chart("birds: accuracy", ("tiny, 20 episodes.",), names, "shots", ((0.0, "1"), (1.0, "5")), "accuracy, %",
                 "points above ridge", (panel,) * panels)  # fmt: skip
    return replace(made, **changes)


def test_png_has_two_pixels_for_each_and_says_what_it_shows():
    image = Image.open(io.BytesIO(PLOTS["png"](SHAPES)))
    assert image.size == (120, 80)
    assert image.text["Description"] == SHAPES.description


def test_png_paints_shapes_where_they_are():
    drawn = pixels(SHAPES)
    assert drawn[40, 40].tolist() == [0, 0, 255]
    assert drawn[40, 90].tolist() == pytest.approx([127, 127, 255], abs=2)
    assert drawn[40, 70].tolist() == [255, 255, 255]
    assert drawn[70, 60].tolist() == [255, 0, 0]


def test_png_dashes_a_dashed_line_alone():
    drawn = pixels(SHAPES)
    whole, dashed = ((drawn[y, 12:108] == [255, 0, 0]).all(1).mean() for y in (70, 10))
    assert whole == 1.0
    assert 0.3 < dashed < 0.7


@pytest.mark.parametrize("anchor", ["start", "middle", "end"])
@pytest.mark.parametrize("rotated", [False, True])
def test_png_writes_text_at_its_anchor(anchor, rotated):
    drawn = pixels(Scene(100, 100, (Text(50, 50, "shots", 10, "#000000", anchor, rotated),), ""))
    y, x = np.nonzero(drawn.min(2) < 128)
    along, across = (100 - y, x) if rotated else (x - 100, 100 - y)  # pixels from the anchor; upwards is along
    middle = {"start": 1, "middle": 0, "end": -1}[anchor] * np.ptp(along) / 2
    assert (along.max() + along.min()) / 2 == pytest.approx(middle, abs=4)
    assert np.ptp(along) > np.ptp(across)


def test_letters_of_other_scripts_do_not_stop_a_plot():
    assert pixels(Scene(60, 40, (Text(5, 30, "鸟 № ★", 12, "#000000"),), "")).min() < 128


def test_svg_is_xml_with_the_same_shapes_and_text():
    found = replace(SHAPES, shapes=(*SHAPES.shapes, Text(3, 4, "a < b & \x01c", 9, RED, "end", rotated=True)))
    assert elements(found, "polygon")[0].get("points") == "10.0,10.0 30.0,10.0 30.0,30.0 10.0,30.0"
    assert [element.get("fill-opacity") for element in elements(found, "polygon")] == [None, "0.5"]
    assert [element.get("stroke-dasharray") for element in elements(found, "polyline")] == [None, "4 4"]
    (text,) = elements(found, "text")
    assert (text.text, text.get("text-anchor"), text.get("transform")) == ("a < b & �c", "end", "rotate(-90 3.0 4.0)")
    assert elements(found, "desc")[0].text == SHAPES.description


@pytest.mark.parametrize("name", list(PLOTS))
def test_every_format_is_chosen_by_its_ending_and_the_same_twice(name):
    assert format_of(Path(f"plot.{name.upper()}")) == name
    assert PLOTS[name](scene(chart())) == PLOTS[name](scene(chart()))


def test_an_ending_that_no_format_has_is_refused():
    with pytest.raises(UsageError, match=r"plot.jpg must end with one of .png, .svg"):
        format_of(Path("plot.jpg"))


def texts(found):
    return [shape.text for shape in found.shapes if isinstance(shape, Text)]


def test_a_chart_names_what_it_shows_in_the_picture_and_in_words():
    found = scene(chart())
    for text in (
        "birds: accuracy",
        "tiny, 20 episodes.",
        "ridge",
        "protonet",
        "5-way",
        "shots",
        "accuracy, %",
        "1",
        "5",
    ):
        assert text in texts(found)
    assert "for ridge, protonet: 5-way" in found.description


def test_all_that_is_drawn_lies_on_the_page():
    for panels in (1, 2, 3, 5):
        found = scene(chart(panels, names=[f"ridge:regularisation={n}" for n in range(9)]))
        points = [p for shape in found.shapes if not isinstance(shape, Text) for p in shape.points]
        points += [(shape.x, shape.y) for shape in found.shapes if isinstance(shape, Text)]
        assert all(0 <= x <= found.width and 0 <= y <= found.height for x, y in points)


def test_a_value_is_as_high_as_the_axis_says():
    found = scene(chart(names=("ridge",)))
    ticks = {shape.text: shape.y - 4 for shape in found.shapes if isinstance(shape, Text) and shape.anchor == "end"}
    _legend, line = [shape for shape in found.shapes if isinstance(shape, Line) and shape.colour == "#0072b2"]
    per_point = (ticks["50"] - ticks["60"]) / 10
    assert line.points[0][1] == pytest.approx(ticks["50"], abs=0.01)
    assert line.points[1][1] == pytest.approx(ticks["50"] - 10 * per_point, abs=0.01)


def test_methods_differ_in_colour_and_in_mark_even_where_colours_come_round_again():
    found = scene(chart(names=[f"m{n}" for n in range(16)]))
    legend = [shape for shape in found.shapes if isinstance(shape, Area) and shape.opacity == 1][:16]
    looks = {(shape.colour, tuple(round(x - shape.points[0][0], 1) for x, _ in shape.points)) for shape in legend}
    assert len(looks) == 16


def test_single_values_have_bars_instead_of_a_line():
    alone = Panel("5-way", (series(0, 50.0, 55.0, alone=True),))
    bars, line = scene(replace(chart(), panels=(alone,))), scene(chart())
    assert [shape.width for shape in bars.shapes if isinstance(shape, Line)].count(1.5) == 2 * 3  # two ends each
    assert 1.5 not in [shape.width for shape in line.shapes if isinstance(shape, Line)]


def test_long_lines_of_text_are_broken_between_words():
    found = scene(chart(subtitle=("many words " * 30,)))
    lines = [text for text in texts(found) if text.startswith("many") or text.startswith("words")]
    assert len(lines) > 3
    assert " ".join(lines).split() == ["many", "words"] * 30
