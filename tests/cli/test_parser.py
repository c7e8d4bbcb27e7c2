"""What a command line means, and the sentence for one that means nothing."""

import re
from pathlib import Path

import pytest

from fewshot_gui.cli import options, parser
from fewshot_gui.cli.parser import parse
from fewshot_gui.engine import device, methods, model_folder
from fewshot_gui.engine.meta_train import shorthand
from fewshot_gui.errors import UsageError
from fewshot_gui.jobs.adapt import DEFAULT_BACKBONE

CLASSIFY = ["classify", "--support", "examples", "--query", "a", "b"]


def test_classify_has_the_options_that_scripts_rely_on():
    parsed = parse([*CLASSIFY, "--backbone", "m", "--quality", "fast", "--method", "ridge:centre=folder",
                    "--device", "cpu", "--unknown", "0.1", "--out", "o.csv", "--json", "--seed", "3",
                    "--no-cache"])  # fmt: skip
    assert vars(parsed) == {
        "command": "classify", "support": Path("examples"), "model": None, "project": None, "truth": None,
        "query": ["a", "b"], "backbone": "m", "quality": "fast", "method": "ridge:centre=folder", "device": "cpu",
        "unknown": "0.1", "out": Path("o.csv"), "json": True, "seed": 3, "no_cache": True,
    }  # fmt: skip


def test_evaluate_has_the_options_and_defaults_that_scripts_rely_on():
    assert vars(parse(["evaluate", "data"])) == {
        "command": "evaluate", "data": [Path("data")], "ways": None, "shots": None, "queries": 15, "episodes": None,
        "grid": False, "full": False, "unknown": False, "versus": None, "format": "text", "out": [], "plot": [],
        "methods": None, "backbone": "lite0-natural", "quality": "balanced", "device": "auto", "size": None,
        "split_file": None, "split": None, "rotations": False, "groups": False, "seed": 0, "allow_seen": False,
    }  # fmt: skip
    parsed = parse(["evaluate", "a", "b", "--ways", "5,all", "--shots", "1,2,2-10", "--json"])
    assert (parsed.ways, parsed.shots, parsed.format) == ((5, "all"), (1, 2, range(2, 11)), "json")


def test_meta_train_takes_several_data_sets_and_leaves_the_rest_to_the_recipe():
    parsed = parse(["meta-train", "--data", "a@s.json:train", "--data", "b", "--out", "o", "--resume"])
    assert (parsed.data, parsed.resume, parsed.out) == (["a@s.json:train", "b"], True, Path("o"))
    assert {parsed.recipe, parsed.method, parsed.backbone, parsed.init, parsed.seed, parsed.epochs} == {None}


def test_no_word_at_all_opens_the_window():
    assert vars(parse([])) == {"command": "open", "target": None}


def test_a_first_word_that_is_a_file_or_folder_opens_it(tmp_path, monkeypatch):
    (tmp_path / "my pictures").mkdir()
    monkeypatch.chdir(tmp_path)
    assert vars(parse(["my pictures"])) == {"command": "open", "target": Path("my pictures")}


def test_a_command_is_a_command_even_where_a_folder_has_its_name(tmp_path, monkeypatch):
    (tmp_path / "models").mkdir()
    monkeypatch.chdir(tmp_path)
    assert parse(["models"]).command == "models"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["clasify"], "There is no command, file or folder 'clasify'; did you mean classify? Known commands: "),
        (["xyz"], "There is no command, file or folder 'xyz'. Known commands: classify, adapt, evaluate, meta-train, "),
        (["--fast"], "Unrecognized arguments: --fast. See `fewshot-gui --help`."),
        (["classify", "--support", "a"], "The following arguments are required: --query. See `fewshot-gui classify "),
        (["classify", "--query", "a"], "One of the arguments --support --model --project is required."),
        (["classify", "--project", "p", "--model", "m"], "Argument --model: not allowed with argument --project."),
        ([*CLASSIFY, "--project", "p"], "Argument --project: not allowed with argument --support."),
        (["classify", "--suport", "a", "--query", "b"], "There is no option --suport; did you mean --support? See "),
        ([*CLASSIFY, "--model", "m"], "Argument --model: not allowed with argument --support."),
        ([*CLASSIFY, "--device", "tpu"], "Argument --device: invalid choice: 'tpu'"),
        ([*CLASSIFY, "--seed", "-1"], "Argument --seed: must be 0 or more, not -1."),
        ([*CLASSIFY, "--seed", "x"], "Argument --seed: invalid whole number value: 'x'."),
        (["classify", "--model", "m", "--query", "q", "--method", "ridge"], "--method goes with --support or "),
        (["classify", "--model", "m", "--query", "q", "--quality", "fast"], "--quality goes with --support or "),
        ([*CLASSIFY, "--quality", "quick"], "Argument --quality: invalid choice: 'quick'"),
        (["adapt", "--support", "a"], "The following arguments are required: --out."),
        (["evaluate"], "The following arguments are required: DATA."),
        (["evaluate", "d", "--ways", "many"], "Argument --ways: invalid list of whole numbers value: 'many'."),
        (["evaluate", "d", "--shots", "1-"], "Argument --shots: invalid list of whole numbers value: '1-'."),
        (["evaluate", "d", "--json", "--format", "csv"], "Argument --format: not allowed with argument --json."),
        (["evaluate", "d", "--shots", "1,x"], "Argument --shots: invalid list of whole numbers value: '1,x'."),
        (["meta-train", "--data", "d"], "The following arguments are required: --out."),
        (["meta-train", "--out", "o", "--recipe", "r.toml", "--rotations"], "--rotations and --recipe exclude each"),
        (["demo"], "The following arguments are required: DIR."),
    ],
)  # fmt: skip
def test_a_wrong_command_line_is_told_in_a_sentence(arguments, sentence):
    with pytest.raises(UsageError) as error:
        parse(arguments)
    assert str(error.value).startswith(sentence)


def test_the_names_kept_here_to_be_quick_are_those_of_the_engine():
    assert options.DEVICES == device.NAMES
    assert options.TRAINING_METHODS == shorthand.KINDS
    assert options.DEFAULT_BACKBONE == DEFAULT_BACKBONE


def test_help_names_every_method_and_model_of_ours():
    text = parser._parser()._subparsers._group_actions[0].choices["classify"].format_help()
    ours = [name for name, method in ((n, methods.METHODS[n]) for n in methods.METHODS)
            if method.__module__.startswith("fewshot_gui.")]  # fmt: skip
    assert ours
    text = re.sub(r"-\s+", "-", text)  # lines may end within a name
    for name in [*ours, *model_folder.available()]:
        assert name in text


@pytest.mark.parametrize("command", [[], *([name] for name in parser._COMMANDS)])
def test_every_command_has_help(command, capsys):
    with pytest.raises(SystemExit) as end:
        parse([*command, "--help"])
    assert end.value.code == 0
    assert "usage: fewshot-gui" in capsys.readouterr().out


def test_the_inputs_are_those_of_the_engine():
    from fewshot_gui.engine.pretrained_file import INPUTS

    assert tuple(INPUTS) == options.INPUTS


def test_commands_of_two_words_are_told_from_a_models_name():
    assert parse(["models", "pull", "resnet50"]).command == "models pull"
    assert parse(["models", "add", "w.pth"]).path == Path("w.pth")
    assert parse(["models", "lite0-natural"]).name == "lite0-natural"
