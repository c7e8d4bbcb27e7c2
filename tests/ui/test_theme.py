"""The look: tokens, palettes, icons."""

import gc
import json

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QCheckBox, QPushButton, QRadioButton, QToolButton

from fewshot_gui import paths
from fewshot_gui.ui import icons
from fewshot_gui.ui.theme import Theme, contrast, set_role

THEME = paths.resources_folder() / "theme"
ICONS = sorted(path.stem for path in (paths.resources_folder() / "icons").glob("*.svg"))


def tokens(scheme):
    return json.loads((THEME / f"{scheme}.json").read_text("utf-8"))


def test_both_themes_have_the_same_tokens():
    assert tokens("light").keys() == tokens("dark").keys()


def test_every_colour_of_the_style_sheet_is_a_token(theme, qapp):
    theme.apply()
    assert "@" not in qapp.styleSheet()


def test_the_chosen_mode_reaches_the_palette(qapp):
    theme = Theme.current()
    theme.set_mode("dark")
    assert theme.is_dark
    assert qapp.palette().color(QPalette.ColorRole.Base) == QColor(tokens("dark")["surface"])
    theme.set_mode("light")
    assert not theme.is_dark
    assert qapp.palette().color(QPalette.ColorRole.Base) == QColor(tokens("light")["surface"])


def test_a_change_of_mode_is_told(qtbot):
    with qtbot.waitSignal(Theme.current().changed, timeout=1000):
        Theme.current().set_mode("dark")


@pytest.mark.parametrize("ground", ["surface", "canvas", "raised"])
@pytest.mark.parametrize("ink", ["text", "muted", "accent", "amber", "good", "bad"])
def test_text_can_be_read_on_every_ground(theme, ink, ground):
    assert contrast(theme.colour(ink), theme.colour(ground)) >= 4.5


def test_what_stands_on_a_filled_button_can_be_read(theme):
    for ink, ground in (("on-accent", "accent"), ("on-amber", "amber")):
        assert contrast(theme.colour(ink), theme.colour(ground)) >= 4.5


@pytest.mark.parametrize("index", range(30))
def test_class_names_can_be_read_on_their_own_ground(theme, index):
    assert contrast(theme.class_text(index), theme.class_soft(index)) >= 4.5


def test_thirty_classes_have_thirty_colours(theme):
    assert len({theme.class_colour(index).name() for index in range(30)}) == 30


# Machado, Oliveira, Fernandes 2009, severity 1, on linear RGB: what a person sees who lacks one kind of cone.
SIGHT = {
    "full": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "no red": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "no green": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "no blue": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def oklab(colour, matrix):
    """Björn Ottosson's OKLab of a colour as somebody sees it: distances in it are about even to the eye."""
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in colour.getRgbF()[:3]]
    r, g, b = (min(1, max(0, sum(m * v for m, v in zip(row, linear, strict=True)))) for row in matrix)
    l_ = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    m_ = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    s_ = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * l_ + 0.7936177850 * m_ - 0.0040720468 * s_,
        1.9779984951 * l_ - 2.4285922050 * m_ + 0.4505937099 * s_,
        0.0259040371 * l_ + 0.7827717662 * m_ - 0.8086757660 * s_,
    )


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize(("classes", "apart"), [(6, 0.08), (12, 0.04)])
def test_class_colours_differ_for_every_kind_of_sight(theme, sight, classes, apart):
    seen = [oklab(theme.class_colour(index), SIGHT[sight]) for index in range(classes)]
    distances = [
        sum((a - b) ** 2 for a, b in zip(seen[i], seen[j], strict=True)) ** 0.5
        for i in range(classes)
        for j in range(i)
    ]
    assert min(distances) >= apart


@pytest.mark.parametrize("name", ICONS)
def test_every_icon_is_drawn_in_the_colour_asked_for(qapp, name):
    image = icons.pixmap(name, QColor("#ff0000"), 24, 2.0).toImage()
    solid = [image.pixelColor(x, y) for x in range(48) for y in range(48) if image.pixelColor(x, y).alpha() > 250]
    assert solid
    assert {colour.name() for colour in solid} == {"#ff0000"}


def test_an_icon_follows_the_theme(qtbot):
    Theme.current().set_mode("light")
    button = QToolButton()
    qtbot.addWidget(button)
    icons.set_icon(button, "plus")
    before = button.icon().cacheKey()
    Theme.current().set_mode("dark")
    assert button.icon().cacheKey() != before


def test_a_button_that_is_gone_does_not_trouble_a_change_of_theme(qtbot):
    button = QToolButton()
    icons.set_icon(button, "plus")
    button.setParent(None)
    del button
    gc.collect()
    Theme.current().set_mode("dark")


def test_a_role_dresses_a_widget(qtbot, theme):
    button = QPushButton("Go")
    qtbot.addWidget(button)
    set_role(button, "primary")
    button.resize(80, 30)
    button.show()
    button.clearFocus()
    assert button.grab().toImage().pixelColor(10, 15) == theme.colour("accent")


def test_the_program_has_an_icon(qapp):
    assert not icons.app_icon().pixmap(64, 64).isNull()


def test_a_colour_is_the_callers_own_to_change(theme):
    theme.colour("canvas").setAlphaF(0.5)
    assert theme.colour("canvas").alphaF() == 1.0


@pytest.mark.parametrize("control", [QCheckBox, QRadioButton])
def test_a_box_without_tick_can_be_told_from_its_ground(qtbot, theme, control):
    box = control()
    qtbot.addWidget(box)
    box.resize(box.sizeHint())
    drawn = box.grab().toImage()
    ground = theme.colour("surface")
    inks = {drawn.pixelColor(x, drawn.height() // 2).rgb() for x in range(drawn.width())}
    assert max(contrast(QColor(ink), ground) for ink in inks) > 2.5


@pytest.mark.parametrize("make", [QCheckBox, QRadioButton, QPushButton])
def test_where_the_keyboard_is_shows_also_on_what_is_chosen(qtbot, theme, make):
    box = make("words")
    qtbot.addWidget(box)
    box.setCheckable(True)
    if make is QPushButton:
        set_role(box, "chip")
    box.setChecked(True)
    with qtbot.waitActive(box):
        box.show()
        box.activateWindow()
    box.clearFocus()
    without = box.grab().toImage()
    box.setFocus()
    assert box.hasFocus()
    assert box.grab().toImage() != without


@pytest.mark.parametrize("control", [QCheckBox, QRadioButton])
def test_a_tick_shows(qtbot, theme, control):
    box = control()
    qtbot.addWidget(box)
    box.setAutoExclusive(False)
    box.resize(box.sizeHint())
    empty = box.grab().toImage()
    box.setChecked(True)
    assert box.grab().toImage() != empty
