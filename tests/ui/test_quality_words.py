"""What the window says of qualities: never a gain without its interval, nor a speed that was not measured here."""

from dataclasses import replace

import pytest

from fewshot_gui import paths
from fewshot_gui.engine.quality import Quality
from fewshot_gui.jobs.models import ShippedModel, named
from fewshot_gui.jobs.speeds import Speed
from fewshot_gui.types import QUALITIES
from fewshot_gui.ui import backbone_words, choices, quality_words, words

CPU, GPU = "CPU, 2 threads", "GPU: NVIDIA H200"
MODEL = ShippedModel(
    "net", paths.models_folder() / "net", "", "lite0", 8, 224, 3, "ridge", (), 13.0, (), "",
    qualities={
        "fast": Quality(size=160, gain=-1.2, gain_ci95=(-1.5, -1.0), measured_on="photos", relative_speed=1.9),
        "careful": Quality(views=("whole", "flip"), gain=1.5, gain_ci95=(1.0, 2.0), measured_on="photos"),
    },
    speeds={
        "fast": (Speed(GPU, 900.0), Speed(CPU, 118.4)), "balanced": (Speed(GPU, 500.0), Speed(CPU, 61.0)), "careful": ()
    },
)  # fmt: skip


@pytest.fixture(autouse=True)
def application(qapp):
    return qapp


def test_an_entry_says_gain_with_interval_and_the_speed_of_the_device_in_use():
    fast, balanced, careful = quality_words.choices(MODEL, "balanced", CPU)
    assert [choice.key for choice in (fast, balanced, careful)] == list(QUALITIES)
    assert fast.words == "Fast   ·   -1.2 points (-1.5 to -1.0)   ·   118 pictures a second"
    assert balanced.words == "Balanced   ·   61 pictures a second"
    assert careful.words == "Careful   ·   +1.5 points (+1.0 to +2.0)"
    assert quality_words.choices(MODEL, "balanced", "GPU: another")[1].words == "Balanced"
    assert quality_words.choices(MODEL, "balanced", "")[1].words == "Balanced   ·   500 pictures a second"


def test_the_tip_says_what_it_does_what_it_was_measured_on_and_that_decoding_is_excluded():
    fast, balanced, careful = (choice.tip.splitlines() for choice in quality_words.choices(MODEL, "balanced", CPU))
    assert fast == [
        "160 x 160 pixels",
        "-1.2 points (-1.5 to -1.0) against Balanced, measured on photos",
        "1.90 times as fast as Balanced where that was measured",
        f"118 pictures a second here, decoding excluded ({words.device(CPU)})",
    ]
    assert balanced[0] == "The model as it is: 224 x 224 pixels"
    assert careful[0].startswith("224 x 224 pixels   ·   2 view")
    assert careful[-1] == "Its speed here was not measured yet."


def test_a_quality_that_is_another_model_names_it():
    other = replace(MODEL, qualities={"careful": Quality(backbone="trio", size=240), "fast": Quality(backbone="tiny")})
    fast, _, careful = quality_words.choices(other, "balanced", CPU)
    assert fast.tip.splitlines()[0] == "tiny"
    assert careful.tip.splitlines()[0] == "trio   ·   240 x 240 pixels"


def test_where_there_is_nothing_to_choose_nothing_is_offered():
    plain = replace(MODEL, qualities={})
    assert quality_words.choices(plain, "balanced", CPU) == ()
    assert quality_words.choices(None, "balanced", CPU) == ()


def test_a_chosen_quality_that_the_model_has_no_longer_can_be_left():
    balanced, careful = quality_words.choices(replace(MODEL, qualities={}), "careful", CPU)
    assert (balanced.key, careful.key) == ("balanced", "careful")
    assert careful.tip == "This model has no such quality."


def test_a_card_says_gains_and_speeds_as_far_as_they_were_measured():
    card = backbone_words.here(MODEL, "")
    assert card.qualities == (
        "Fast: -1.2 points (-1.5 to -1.0) against Balanced, measured on photos\n"
        "Careful: +1.5 points (+1.0 to +2.0) against Balanced, measured on photos"
    )
    assert card.speed == "Speed here, decoding excluded: Fast 900, Balanced 500 pictures a second (GPU: NVIDIA H200)"
    slow = replace(MODEL, qualities={}, speeds={"balanced": (Speed(CPU, 2.34),)})
    assert backbone_words.here(slow, "").speed == (
        f"Speed here, decoding excluded: 2.3 pictures a second ({words.device(CPU)})"
    )
    unmeasured = backbone_words.here(replace(MODEL, qualities={}, speeds={}), "")
    assert (unmeasured.qualities, unmeasured.speed) == ("", "")


def test_every_quality_has_a_name_and_the_chip_says_another_one_than_balanced():
    assert len({quality_words.name(quality) for quality in QUALITIES}) == 3
    assert choices.model_words("/models/net", "balanced") == "net"
    assert choices.model_words("net", "careful") == "net   ·   Careful"


def test_a_shipped_model_is_described_as_it_is():
    model = named("lite0-natural")
    assert len(quality_words.choices(model, "balanced", CPU)) in (0, len(model.quality_names))
