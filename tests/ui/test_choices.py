"""What the top of the window offers: every model, method and device has words that can be translated."""

from types import SimpleNamespace

from fewshot_gui.jobs.models import shipped
from fewshot_gui.ui import choices
from fewshot_gui.ui.widgets.choice_menus import method_name, method_tip


def test_every_shipped_model_is_offered_with_what_it_is_for(qapp):
    found = {choice.key: choice for choice in choices.backbones(shipped(), "lite0-natural")}
    assert found.keys() == {model.name for model in shipped()}
    assert "photographs" in found["lite0-natural"].words
    assert "drawings" in found["conv4-omniglot"].words


def test_every_description_of_a_shipped_model_can_be_translated():
    assert {model.description for model in shipped()} <= set(choices.DESCRIPTIONS)


def test_a_model_of_the_users_own_is_offered_too(qapp, tmp_path):
    own = str(tmp_path / "mine")
    assert choices.backbones(shipped(), own)[-1].words == "mine"
    assert choices.backbones(shipped(), own)[-1].key == own


def test_every_registered_method_has_a_name_and_a_line_about_it(qapp):
    from fewshot_gui.engine.methods import METHODS

    names = tuple(METHODS)
    assert len({method_name(name) for name in names}) == len(names)
    assert all(method_name(name) != name and method_tip(name) for name in names)
    assert method_name("finetune:steps=5") == "Fine-tuning:steps=5"
    assert method_name("another") == "another"


def test_the_programs_choice_of_device_says_which_it_is(qapp):
    found = choices.devices(SimpleNamespace(devices=(("cuda", "GPU: NVIDIA H200"), ("cpu", "CPU, 1 thread"))))
    assert [choice.key for choice in found] == ["auto", "cuda", "cpu"]
    assert found[0].words == "Automatic: GPU: NVIDIA H200"
    assert choices.devices(None) == ()
