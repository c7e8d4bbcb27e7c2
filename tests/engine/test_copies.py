"""Augmented shots: changed copies of support pictures, and what heads on embeddings make of them."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from fewshot_gui.engine import copies
from fewshot_gui.engine.estimate import leave_groups_out
from fewshot_gui.engine.features import Transform, averaged, copied
from fewshot_gui.engine.method import Support
from fewshot_gui.engine.methods import METHODS, create
from fewshot_gui.types import Picture, Unreadable
from tests.engine.factories import task, tiny_model, with_copies

POOL = task(tiny_model(), [3] * 3, seed=9).embeddings
WITH_COPIES = [name for name in METHODS if METHODS[name].needs == "embeddings" and hasattr(METHODS[name](), "copies")]


@pytest.fixture(scope="module")
def model():
    return tiny_model()


class Pictures:
    """Random pictures whose content is what it is given; the second cannot be read."""

    def __init__(self, contents):
        draw = np.random.default_rng(0)
        pixels = {content: draw.integers(0, 256, (40, 50, 3), np.uint8) for content in sorted(contents)}
        self.pictures = [Picture(pixels[content], content) for content in contents]

    def __len__(self):
        return len(self.pictures)

    def read(self, index, at_least):
        if self.pictures[index].content == "bad":
            return Unreadable("bad.png", "is damaged")
        return self.pictures[index]


def picture(seed=0, channels=3, size=32):
    return torch.randint(0, 256, (channels, size, size), generator=torch.Generator().manual_seed(seed)).byte()


def embedded(model, contents, count):
    """content -> [count, D]"""
    found = {}
    for chunk in copies.embed_copies(model, Pictures(contents), count):
        found.update(zip((chunk.contents[place] for place in chunk.readable), chunk.rows, strict=True))
    return found


def adapted(name, model, support, count):
    """The head; its pool, if it wants one, is always the same."""
    method = create(name, model.config, {"copies": count})
    return method.adapt(model, support, pool=POOL if method.transductive else None)


def test_copies_are_changed_pictures_and_differ_from_one_another(model):
    shown = picture()
    made = copies.copies(shown, "a", 6, model.config.preprocessing)
    assert made.shape == (6, 3, 32, 32)
    assert made.dtype == torch.uint8
    assert len({copy.numpy().tobytes() for copy in [shown, *made]}) == 7


def test_a_copy_depends_on_content_and_number_alone(model):
    six = copies.copies(picture(), "a", 6, model.config.preprocessing)
    torch.manual_seed(5)
    assert torch.equal(copies.copies(picture(), "a", 2, model.config.preprocessing), six[:2])
    assert not torch.equal(copies.copies(picture(), "b", 6, model.config.preprocessing), six)


def test_ink_stays_on_empty_paper(model):
    empty = torch.zeros(1, 32, 32, dtype=torch.uint8)
    preprocessing = replace(model.config.preprocessing, mean=(0.5,), std=(0.5,), polarity="ink")
    assert not copies.copies(empty, "a", 4, preprocessing).any()


def test_embeddings_do_not_depend_on_order_number_or_neighbours(model):
    alone = embedded(model, ["a"], 3)["a"]
    among = embedded(model, ["c", "bad", "a", "b"], 3)
    assert alone.shape == (3, model.config.embedding_size)
    assert alone.dtype == torch.float16
    assert sorted(among) == ["a", "b", "c"]
    torch.testing.assert_close(among["a"], alone, rtol=2e-3, atol=1e-3)
    torch.testing.assert_close(embedded(model, ["a"], 1)["a"], alone[:1], rtol=2e-3, atol=1e-3)


def test_embeddings_are_those_of_the_copies(model):
    pixels = Pictures(["a"]).pictures[0].pixels
    preprocessing = model.config.preprocessing
    wanted = model.embed(copies.copies(preprocessing.resize(pixels), "a", 3, preprocessing))
    torch.testing.assert_close(embedded(model, ["a"], 3)["a"].float(), wanted, rtol=2e-3, atol=1e-3)


def test_few_go_through_the_network_at_once(model):
    """What asks for the cores meanwhile must not wait long: as many inputs as usual, and not pictures."""
    sizes = []

    def embed(pictures):
        sizes.append(len(pictures))
        return torch.zeros(len(pictures), 4)

    watched = replace(model)
    object.__setattr__(watched, "embed", embed)
    list(copies.embed_copies(watched, Pictures([f"{i}" for i in range(40)]), 6))
    assert max(sizes) <= 8
    assert sum(sizes) == 240


def test_keys_differ_by_picture_and_number():
    keys = {copies.key(content, number) for content in ("a" * 32, "b" * 32) for number in range(6)}
    assert len(keys) == 12
    assert all(len(bytes.fromhex(key)) == 16 for key in keys)


def test_many_pictures_get_fewer_copies_each():
    assert copies.usable(6, 5) == 6
    assert copies.usable(6, 150) == 2
    assert copies.usable(6, 400) == 0
    assert copies.usable(0, 5) == 0


def test_copies_must_belong_to_the_pictures():
    with pytest.raises(ValueError, match="copies"):
        Support(torch.tensor([0, 1]), 2, torch.zeros(2, 4), copies=torch.zeros(3, 2, 4))


def test_rows_are_pictures_then_copies_and_averages_stay_a_row_per_picture(model):
    support = with_copies(model, task(model, [1, 2]).support, 3)
    rows = copied(Transform(), support, 2)
    assert (rows.of_each, len(rows.features), rows.labels.tolist()) == (3, 9, support.labels.tolist() * 3)
    assert torch.equal(rows.features[:3], support.embeddings)
    assert torch.equal(rows.features[3:6], support.copies[:, 0])
    wanted = torch.cat([support.embeddings[:, None], support.copies[:, :2]], 1).mean(1)
    torch.testing.assert_close(averaged(Transform(), support, 2), wanted)
    assert torch.equal(averaged(Transform(), support, 0), support.embeddings)


@pytest.mark.parametrize("name", WITH_COPIES)
@pytest.mark.parametrize("shots", [[3, 3, 3], [1, 2, 5]])
def test_copies_that_are_no_different_change_no_logit(model, name, shots):
    """So a picture whose copies are not there yet counts as it is, and more copies make no answer surer."""
    some = task(model, shots)
    repeated = replace(some.support, copies=some.support.embeddings[:, None].expand(-1, 4, -1))
    plain = adapted(name, model, some.support, 0)
    head = adapted(name, model, repeated, 4)
    torch.testing.assert_close(head.logits(some.embeddings), plain.logits(some.embeddings), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("name", WITH_COPIES)
def test_as_many_copies_count_as_are_wanted(model, name):
    some = task(model, [3, 3, 3])
    four = with_copies(model, some.support, 4)
    two = replace(four, copies=four.copies[:, :2])
    heads = [adapted(name, model, given, 2) for given in (four, two, some.support)]
    logits = [head.logits(some.embeddings) for head in heads]
    assert torch.equal(logits[0], logits[1])
    assert not torch.allclose(logits[0], logits[2])
    none = adapted(name, model, four, 0).logits(some.embeddings)
    assert torch.equal(none, logits[2])


def test_the_centre_is_that_of_the_plain_pictures(model):
    some = task(model, [3, 3])
    plain, copied_too = (
        create("ridge", model.config, {"copies": n}).adapt(model, with_copies(model, some.support, 2)) for n in (0, 2)
    )
    assert torch.equal(plain.transform.centre, copied_too.transform.centre)


def test_methods_that_see_pictures_want_no_embeddings_of_copies(model):
    assert create("finetune", model.config, {"copies": 6}).copies_wanted == 0
    assert create("ridge", model.config, {"copies": 6}).copies_wanted == 6


@pytest.mark.parametrize("name", WITH_COPIES)
def test_an_example_is_left_out_together_with_its_copies(model, name):
    """In pure noise an example whose copies stayed would be told by them."""
    right = total = 0
    for seed in range(8):
        draw = torch.Generator().manual_seed(seed)
        rows = torch.randn(15, model.config.embedding_size, generator=draw)
        near = rows[:, None] + 0.01 * torch.randn(15, 3, model.config.embedding_size, generator=draw)
        support = Support(torch.arange(5).repeat_interleave(3), 5, rows, copies=near)
        found = leave_groups_out(create(name, model.config, {"copies": 3}), model, support, pool=rows).accuracy
        right, total = right + found.right, total + found.total
    assert right / total == pytest.approx(0.2, abs=0.12)
