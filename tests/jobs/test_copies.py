"""Augmented shots from disk: made once, cached, and never in the way."""

import shutil
from contextlib import ExitStack
from dataclasses import replace

import pytest
import torch

from fewshot_gui import FewShotClassifier
from fewshot_gui.engine import copies as engine
from fewshot_gui.engine import model_folder
from fewshot_gui.engine.methods import copies_wanted, create
from fewshot_gui.images import crop, decode
from fewshot_gui.jobs.adapt import AdaptOptions, adapt
from fewshot_gui.jobs.copies import with_copies
from fewshot_gui.jobs.events import Step, Told
from fewshot_gui.jobs.pictures import opened_cache
from fewshot_gui.jobs.support import embed_support
from fewshot_gui.types import ImageRef
from tests.engine.factories import tiny_model
from tests.jobs.bench_help import events_of
from tests.jobs.tasks import COLOURS, draw, draw_classes, finished

BOX = (0.1, 0.1, 0.8, 0.8)


@pytest.fixture
def options(tmp_path, tiny):
    support = draw_classes(tmp_path / "support")
    return AdaptOptions(support=support, backbone=tiny, method="ridge:copies=3", unknown="auto", device="cpu")


@pytest.fixture
def model(tiny):
    return model_folder.load(tiny)


@pytest.fixture
def cache(model):
    with ExitStack() as stack:
        yield stack.enter_context(opened_cache(model, True, Told()))


@pytest.fixture
def reads(monkeypatch):
    """The paths of all pictures that are decoded."""
    paths, read = [], decode.read
    monkeypatch.setattr(decode, "read", lambda path, at_least: paths.append(str(path)) or read(path, at_least))
    return paths


def pictures(model, folder, cache=None):
    refs = [ImageRef(str(path), path.parent.name) for path in sorted(folder.glob("*/*.png"))]
    return finished(embed_support(model, refs, (), cache, Told()))[0]


def copied(model, support, wanted, cache=None):
    """(support, what was said)"""
    return finished(with_copies(model, support, wanted, cache, Told()))


def test_copies_are_those_of_the_engine(model, options):
    support, _ = copied(model, pictures(model, options.support), 3)
    preprocessing = model.config.preprocessing
    for ref, content, key in zip(support.refs, support.contents, support.keys, strict=True):
        shown = preprocessing.resize(decode.read(ref.path, preprocessing.at_least).pixels)
        wanted = model.embed(engine.copies(shown, content, 3, preprocessing))
        assert support.copies[key].dtype == torch.float16
        torch.testing.assert_close(support.copies[key].float(), wanted, rtol=2e-3, atol=1e-3)
    assert support.tensors(model, copies=2).copies.shape == (9, 2, model.config.embedding_size)
    assert support.tensors(model).copies is None


def test_cached_copies_cost_no_reading_and_more_of_them_only_themselves(model, options, cache, reads):
    support = pictures(model, options.support, cache)
    first, _ = copied(model, support, 3, cache)
    reads.clear()
    again, _ = copied(model, support, 3, cache)
    fewer, _ = copied(model, support, 2, cache)
    assert reads == []
    assert all(torch.equal(again.copies[key], first.copies[key]) for key in support.keys)
    assert all(torch.equal(fewer.copies[key], first.copies[key][:2]) for key in support.keys)
    more, _ = copied(model, support, 4, cache)
    assert len(reads) == 9
    assert all(len(rows) == 4 for rows in more.copies.values())


def test_a_new_picture_needs_its_own_copies_alone(model, options, reads):
    before, _ = copied(model, pictures(model, options.support), 3)
    new = draw(options.support / "red" / "new.png", COLOURS["red"], seed=9)
    refs = [ImageRef(str(new), "red")]
    support, _ = finished(embed_support(model, refs, (), None, Told(), earlier=before))
    reads.clear()
    events, after = events_of(with_copies(model, support, 3, None, Told()))
    assert reads == [str(new)]
    assert [event.share for event in events if isinstance(event, Step)] == [1.0]
    assert len(after.copies) == 10


def test_a_crop_has_copies_of_its_own(model, options, cache):
    whole = pictures(model, options.support, cache)
    cropped = replace(whole, crops=(BOX,) + (None,) * 8)
    support, _ = copied(model, cropped, 2, cache)
    key = crop.key(whole.contents[0], BOX)
    preprocessing = model.config.preprocessing
    shown = preprocessing.resize(crop.read(whole.refs[0].path, preprocessing.at_least, BOX).pixels)
    wanted = model.embed(engine.copies(shown, whole.contents[0], 2, preprocessing))
    torch.testing.assert_close(support.copies[key].float(), wanted, rtol=2e-3, atol=1e-3)
    assert whole.contents[0] not in support.copies


def test_the_same_picture_twice_is_embedded_once(model, options, reads):
    shutil.copy(options.support / "red" / "0.png", options.support / "red" / "9.png")
    support = pictures(model, options.support)
    reads.clear()
    copied(model, support, 2)
    assert len(reads) == 9


def test_a_picture_that_is_gone_or_another_by_now_counts_as_it_was_read(model, options):
    support = pictures(model, options.support)
    (options.support / "red" / "0.png").unlink()
    draw(options.support / "blue" / "1.png", COLOURS["blue"], seed=77)
    after, said = copied(model, support, 2)
    assert len(after.copies) == 7
    assert said == ["No copies could be made of 2 examples, as their files are gone or changed: "
                    "what was read before counts alone."]  # fmt: skip
    rows = after.tensors(model, copies=2)
    gone = support.refs.index(ImageRef(str(options.support / "red" / "0.png"), "red"))
    assert torch.equal(rows.copies[gone], rows.embeddings[gone].expand(2, -1))


def test_adapting_uses_copies_and_cuts_for_unknowns_without(options):
    with_them, said = finished(adapt(options))
    plain, _ = finished(adapt(replace(options, method="ridge:copies=0")))
    again, _ = finished(adapt(replace(options, cache=False)))
    assert said == []
    assert not torch.allclose(with_them.head.weight, plain.head.weight)
    torch.testing.assert_close(again.head.weight, with_them.head.weight, rtol=1e-2, atol=1e-3)
    assert with_them.unknown.cut == plain.unknown.cut


def test_partial_fit_ends_as_fit_on_all_does(options, tiny, reads):
    paths = sorted(options.support.glob("*/*.png"))
    names = [path.parent.name for path in paths]
    whole = FewShotClassifier(tiny, "ridge:copies=3", cache=False).fit(paths, names)
    parts = FewShotClassifier(tiny, "ridge:copies=3", cache=False).fit(paths[:6], names[:6])
    reads.clear()
    parts.partial_fit(paths[6:], names[6:])
    assert sorted({*reads}) == [str(path) for path in paths[6:]]
    np_whole, np_parts = whole.predict_proba(paths), parts.predict_proba(paths)
    assert abs(np_whole - np_parts).max() < 1e-3


def test_a_method_that_may_stay_frozen_wants_the_copies_of_the_head_that_then_answers():
    config = replace(tiny_model().config, method="ridge", methods={"ridge": {"copies": 6}})
    assert copies_wanted(create("ridge", config), config) == 6
    assert copies_wanted(create("finetune", config, {"keep": "auto", "copies": 9}), config) == 6
    assert copies_wanted(create("finetune", config, {"keep": "always"}), config) == 0
    assert copies_wanted(create("protonet", config), config) == 0
