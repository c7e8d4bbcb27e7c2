import itertools
import os
import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from fewshot_gui.errors import UserError
from fewshot_gui.project import journal
from fewshot_gui.project.store import ACTION_TEXTS, Project
from fewshot_gui.project.values import NewExample, Truth
from fewshot_gui.types import Changes
from tests.project.conftest import dump, example_ids

CONTENTS = [f"{number:032x}" for number in range(30)]


def some(draw, values, most=3):
    return draw.sample(values, min(len(values), draw.randint(0, most)))


def new_examples(draw):
    numbers = some(draw, range(40), 5)
    return [NewExample(f"/pictures/{n}.jpg", draw.choice([None, CONTENTS[n % 30]])) for n in numbers]


# What a person may do, each with whatever is there or is lost already: (project, ids of classes, of examples, lots)
ACTIONS = {
    "rename": lambda p, c, e, d: p.rename(d.choice(["Birds", "", "Wölfe " * d.randint(1, 900)])),
    "set_folder": lambda p, c, e, d: p.set_folder(d.choice([None, "/pictures", "/birds"])),
    "change_settings": lambda p, c, e, d: p.change_settings(seed=d.randint(0, 2), unknown=d.choice(["off", 0.1])),
    "set_truth": lambda p, c, e, d: p.set_truth(
        d.choice([None, Truth("/truth.csv", {f"{n}.jpg": d.choice("abc") for n in some(d, range(40))})])
    ),
    "add_class": lambda p, c, e, d: p.add_class(d.choice("abc"))[1],
    "add_classes": lambda p, c, e, d: p.add_classes({d.choice("abcde"): new_examples(d), "f": []}),
    "rename_class": lambda p, c, e, d: p.rename_class(d.choice(c), d.choice("abcdef")),
    "recolour_class": lambda p, c, e, d: p.recolour_class(d.choice(c), d.randint(0, 12)),
    "reorder_classes": lambda p, c, e, d: p.reorder_classes(d.sample(c, len(c))),
    "merge_classes": lambda p, c, e, d: p.merge_classes(some(d, c), d.choice(c)),
    "split_class": lambda p, c, e, d: p.split_class(d.choice(c), some(d, e, 9), "split"),
    "delete_classes": lambda p, c, e, d: p.delete_classes(some(d, c, 2)),
    "add_examples": lambda p, c, e, d: p.add_examples(d.choice(c), new_examples(d)),
    "move_examples": lambda p, c, e, d: p.move_examples(some(d, e), d.choice(c)),
    "remove_examples": lambda p, c, e, d: p.remove_examples(some(d, e)),
    "crop_example": lambda p, c, e, d: p.crop_example(d.choice(e), tuple(d.random() for _ in range(4))),
    "review": lambda p, c, e, d: p.review(
        some(d, CONTENTS, 9), d.choice(["confirmed", "corrected", "unknown", "excluded", None]), d.choice(c)
    ),
    "judge": lambda p, c, e, d: p.judge(
        [(content, d.choice(["confirmed", "unknown", None]), d.choice(c)) for content in some(d, CONTENTS, 5)],
        "drag",
        {d.choice(c): new_examples(d)},
    ),
}


def act(project, name, draw):
    classes = [info.id for info in project.classes()] + [999]
    examples = [example.id for example in project.examples()] + [999]
    return ACTIONS[name](project, classes, examples, draw)


def test_the_lots_below_know_every_action():
    known = {name for name in vars(Project) if not name.startswith("_")}
    others = {"create", "open", "close", "path", "name", "classes", "examples", "folder", "reviews", "settings"}
    others |= {"pictures", "predictions", "runs", "history", "undo_text", "redo_text", "undo", "redo", "checkpoint"}
    others |= {"set_pictures", "learn_contents", "begin_run", "store_predictions", "end_run", "add_history", "truth"}
    assert known - others - {"save_copy", "move"} == set(ACTIONS)
    assert len(ACTION_TEXTS) == len(set(ACTION_TEXTS)) == len(ACTIONS)


@pytest.mark.parametrize("seed", range(3))
def test_200_actions_undone_and_redone_pass_through_the_same_states_also_after_reopening(project_file, seed):
    draw, project = random.Random(seed), Project.create(project_file, "Birds")
    states, all_changes = [dump(project_file)], []
    names = itertools.chain(ACTIONS, iter(lambda: draw.choice(list(ACTIONS)), None))
    while len(all_changes) < 200:
        name = next(names)
        changes = act(project, name, draw)
        assert bool(changes) == (dump(project_file) != states[-1])
        if changes:
            states.append(dump(project_file))
            all_changes.append(changes)
    for before, changes in zip(states[-2::-1], all_changes[::-1], strict=True):
        if draw.random() < 0.05:
            project.close()
            project = Project.open(project_file)
        assert project.undo() == changes
        assert dump(project_file) == before
    assert project.undo() == Changes()
    assert project.undo_text is None
    for after, changes in zip(states[1:], all_changes, strict=True):
        assert project.redo() == changes
        assert dump(project_file) == after
    assert project.redo_text is None
    project.close()


@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_undone_and_redone_200_times_ends_in_the_same_project(project, project_file, name):
    draw = random.Random(name)
    for other in ["add_classes"] * 5 + ["review"] * 3:
        act(project, other, draw)
    project.set_folder("/pictures/of birds")
    before = dump(project_file)
    while not (changes := act(project, name, draw)):
        pass
    after = dump(project_file)
    assert after != before
    for _ in range(200):
        assert project.undo() == changes
        assert project.redo() == changes
    assert dump(project_file) == after
    project.undo()
    assert dump(project_file) == before


def test_undo_and_redo_say_what_they_would_do(project, add_class):
    assert (project.undo_text, project.redo_text) == (None, None)
    lynx = add_class("lynx")
    project.rename_class(lynx, "cat")
    project.undo()
    assert (project.undo_text, project.redo_text) == ("Add class", "Rename class")
    project.recolour_class(lynx, 7)
    assert (project.undo_text, project.redo_text) == ("Change class colour", None)


def test_the_last_1000_actions_can_be_undone(project, add_class, monkeypatch, project_file):
    monkeypatch.setattr(journal, "ACTIONS", 5)
    lynx = add_class("lynx")
    for number in range(8):
        project.rename_class(lynx, str(number))
    while project.undo():
        pass
    assert project.classes()[0].name == "2"
    with closing(sqlite3.connect(project_file)) as connection:
        assert connection.execute("SELECT count(*) FROM journal_rows").fetchone() == (5,)


def test_the_oldest_actions_are_forgotten_when_the_journal_grows_large(project, monkeypatch):
    monkeypatch.setattr(journal, "ROWS", 25)
    for verdict in ("unknown", "excluded", "unknown"):
        project.review(CONTENTS[:10], verdict)
    project.review(CONTENTS, "excluded")
    project.undo()
    assert {review.verdict for review in project.reviews().values()} == {"unknown"}
    assert project.undo() == Changes()


def test_results_are_no_actions_and_are_not_undone(project, add_class):
    add_class("lynx", "a")
    run = project.begin_run({})
    project.add_history("truth", 1, 2, "pictures", run)
    project.learn_contents({os.path.abspath("/pictures/a"): "11"})
    assert project.undo_text == "Add examples"
    project.undo()
    project.redo()
    assert project.examples()[0].content == "11"
    assert len(project.history()) == 1


def test_an_action_that_fails_half_way_changes_nothing(project, add_class, project_file):
    lynx = add_class("lynx")
    before = dump(project_file)
    with pytest.raises(AttributeError):
        project.add_examples(lynx, [NewExample("/pictures/a"), "no example"])
    assert dump(project_file) == before
    assert project.undo_text == "Add class"
    project.add_examples(lynx, [NewExample("/pictures/b")])
    project.undo()
    assert dump(project_file) == before


def test_after_a_first_action_that_failed_the_next_one_can_be_undone(project, project_file):
    with pytest.raises(ValueError, match="no verdict"):
        project.review(["11"], "maybe")
    before = dump(project_file)
    project.add_class("lynx")
    project.undo()
    assert dump(project_file) == before


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE journal_rows SET kind = 'sqlite_master'",
        "UPDATE journal_rows SET after = '{', before = '{'",
        "UPDATE journal_rows SET before = '[1]'",
        "UPDATE journal_rows SET before = '{\"id\": 1}'",
        "UPDATE journal_rows SET before = json_set(before, '$.class_id', 77)",
    ],
)
def test_a_damaged_journal_is_told_and_changes_nothing(project, add_class, project_file, damage):
    lynx = add_class("lynx", "a")
    project.remove_examples(example_ids(project, lynx))
    with closing(sqlite3.connect(project_file)) as connection, connection:
        connection.execute(damage)
    before = dump(project_file)
    with pytest.raises(UserError, match=r"damaged journal.*new project"):
        project.undo()
    assert dump(project_file) == before


ENDLESS = """
import sys
from pathlib import Path
from fewshot_gui.project.store import Project
project = Project.create(Path(sys.argv[1]), "Birds")
for number in range(10**9):
    project.add_class(f"class {number}")
    if number == 20:
        print("on", flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_killed_program_leaves_whole_actions_that_can_be_undone(tmp_path):
    path = tmp_path / "birds.fewshot"
    running = subprocess.Popen([sys.executable, "-c", ENDLESS, str(path)], stdout=subprocess.PIPE)
    assert running.stdout.readline() == b"on\n"
    running.send_signal(signal.SIGKILL)
    running.wait()
    running.stdout.close()
    with Project.open(path) as project:
        count = len(project.classes())
        assert count > 20
        for _ in range(count):
            assert project.undo() == Changes(frozenset({"classes"}))
        assert project.classes() == ()
