from dataclasses import replace

import pytest
import torch

from fewshot_gui.engine import heads, keep
from fewshot_gui.engine.adapted import AdaptedHead
from fewshot_gui.engine.method import Support, no_progress
from tests.engine.factories import task, tiny_model


@pytest.fixture(scope="module")
def model():
    return tiny_model()


def by_prototypes(model, support):
    """A fit that changes nothing: a prototype head on the pictures of the support set."""

    def fit(rows, progress):
        progress(1.0, "fitted")
        part = support.subset(rows)
        seen = replace(part, embeddings=model.embed(part.pictures))
        return AdaptedHead(model, {}, keep.frozen_head(model, seen))

    return fit


def with_noise_for(support, *, embeddings=False, pictures=False):
    """The support set, one view of which says nothing about the classes."""
    draw = torch.Generator().manual_seed(1)
    noise = torch.randn(support.embeddings.shape, generator=draw)
    grey = torch.randint(0, 256, support.pictures.shape, generator=draw, dtype=torch.uint8)
    support = replace(support, embeddings=noise) if embeddings else support
    return replace(support, pictures=grey) if pictures else support


def support_of(model, shots, **more):
    return task(model, shots, noise=10.0, **more).support


def decide(model, support, fit=None, when="auto", progress=no_progress):
    return keep.decided(fit or by_prototypes(model, support), model, support, when=when, seed=0, progress=progress)


def held_out(lost, won, both):
    """Answers to pictures of two classes: some that the frozen head alone has right, some the adapted one alone."""
    n = lost + won + both
    right = torch.tensor([[3.0, 0.0]]).repeat(n, 1)
    frozen, adapted = right.clone(), right.clone()
    frozen[lost : lost + won] *= -1
    adapted[:lost] *= -1
    return keep.HeldOut(frozen, adapted, torch.zeros(n, dtype=torch.long), torch.ones(n))


def test_the_adapted_head_is_kept_where_held_out_pictures_gain(model):
    head = decide(model, with_noise_for(support_of(model, [5, 5, 5]), embeddings=True))
    assert head.needs == "pictures"
    assert "the adapted backbone is used" in head.notes[0]
    assert "the adapted one 15 of 15" in head.notes[0]


@pytest.mark.parametrize(("surer", "kept"), [(2.0, True), (1.0, False), (0.5, False)])
def test_on_a_tie_the_likelihood_decides(model, surer, kept):
    """Both have all right; the adapted head is the frozen one with its logits multiplied."""
    support = support_of(model, [5, 5, 5])

    def fit(rows, progress):
        head = by_prototypes(model, support)(rows, progress)
        return replace(head, inner=replace(head.inner, temperature=surer * head.inner.temperature))

    head = decide(model, support, fit)
    assert (head.needs == "pictures") == kept
    assert head.notes[0].count("15 of 15") == 2


@pytest.mark.parametrize(
    ("lost", "won", "auto", "lenient"),
    [(0, 1, True, True), (0, 0, False, True), (1, 0, False, True), (2, 0, False, False), (3, 1, False, True)],
)
def test_lenient_keeps_what_does_not_clearly_lose(lost, won, auto, lenient):
    held = held_out(lost, won, both=8)
    assert [held.verdict(when)[0] for when in ("auto", "lenient")] == [auto, lenient]
    said = held.verdict("lenient")[1]
    assert f"had {8 + lost} of {8 + lost + won} right, the adapted one {8 + won} of" in said
    assert ("no clear loss" in said) == (lenient and not auto)


@pytest.mark.parametrize("when", ["auto", "lenient"])
def test_the_frozen_head_is_kept_where_they_clearly_lose(model, when):
    head = decide(model, with_noise_for(support_of(model, [5, 5, 5]), pictures=True), when=when)
    assert head.needs == "embeddings"
    assert "stays frozen" in head.notes[0]


def test_with_one_picture_in_a_class_the_frozen_head_stays_and_says_so(model):
    def never(rows, progress):
        raise AssertionError("nothing can be checked, so nothing is fitted")

    support = with_noise_for(support_of(model, [5, 1, 5]), embeddings=True)
    head = decide(model, support, never)
    assert head.needs == "embeddings"
    assert "only one" in head.notes[0]
    expected = keep.frozen_head(model, support)
    assert torch.equal(head.logits(support.embeddings), expected.logits(support.embeddings))


def test_copies_of_one_picture_are_one_picture(model):
    support = support_of(model, [3, 3])
    copies = replace(support, groups=torch.where(support.labels == 0, 0, torch.arange(6)))
    assert keep.folds(copies, 0) is None


def test_folds_keep_groups_together_and_spread_each_class():
    labels = torch.tensor([0] * 6 + [1] * 4)
    groups = torch.tensor([0, 0, 1, 1, 2, 3, 4, 4, 5, 6])
    support = Support(labels, 2, torch.zeros(10, 2), groups=groups)
    for seed in range(5):
        fold = keep.folds(support, seed)
        assert all(len(fold[groups == g].unique()) == 1 for g in groups.unique())
        assert all(len(fold[labels == c].unique()) == keep.FOLDS for c in (0, 1))
        assert torch.equal(fold, keep.folds(support, seed))


def test_every_picture_is_answered_by_heads_that_have_not_seen_it(model):
    support = support_of(model, [4, 4, 4])
    seen = []

    def fit(rows, progress):
        seen.append(rows)
        return by_prototypes(model, support)(rows, progress)

    fold = keep.folds(support, 0)
    held = keep.held_out(fit, model, support, fold, no_progress)
    assert all(torch.equal(rows, fold != number) for number, rows in enumerate(seen))
    assert len(seen) == keep.FOLDS
    torch.testing.assert_close(held.adapted, held.frozen)
    assert (held.frozen.argmax(1) == support.labels).all()
    assert held.score.shape == (12,)
    assert ((held.score > 0) & (held.score <= 1 + 1e-6)).all()


def test_a_kept_head_carries_the_scores_for_the_unknown_rule(model):
    head = decide(model, with_noise_for(support_of(model, [5, 5, 5]), embeddings=True))
    assert head.held_out.shape == (15,)


def test_a_frozen_head_is_stored_as_what_it_is(model):
    support = support_of(model, [3, 3])
    head = decide(model, support)
    again = heads.restore(head.kind, *head.state(), model)
    assert torch.equal(again.logits(support.embeddings), head.logits(support.embeddings))


def test_progress_grows_to_the_end(model):
    told = []
    support = with_noise_for(support_of(model, [4, 4]), embeddings=True)
    decide(model, support, progress=lambda share, what: told.append(share))
    assert told == sorted(told)
    assert told[-1] == 1
