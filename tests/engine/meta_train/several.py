"""Small trainings in one of several processes: `python -m tests.engine.meta_train.several FOLDER`, as torchrun does it.

Every recipe is trained in FOLDER/NAME; the first process leaves NAME.safetensors and NAME.json (the losses) there.
In FOLDER/stopped the last process asks for a stop, and FOLDER/resumed is gone on with.
"""

import hashlib
import json
import sys
import weakref
from dataclasses import replace
from pathlib import Path

import torch
import torch.distributed as dist
from safetensors.torch import save_file

from fewshot_gui.engine.meta_train import torchrun
from fewshot_gui.engine.meta_train.processes import ALONE
from fewshot_gui.engine.meta_train.progress import Trained
from fewshot_gui.engine.meta_train.recipe import Augmentation, Distilled, Episodes, Maml, Supervised, Validation
from tests.engine.meta_train.toys import toy_recipe, toy_training

# Numbers that no two processes divide evenly. Plain gradient descent: Adam makes steps of whole size out of gradients
# that are nothing but rounding, such as those of a bias before BatchNorm.
CHANGES = Augmentation(crop=0.8, rotate=5.0, shift=0.05, brightness=0.2)
SHARED = {"steps": 4, "optimiser": "sgd", "ema": 0.5, "augmentation": CHANGES}
MAML = Maml(**SHARED, rate=0.05, clip=5.0, ways=4, queries=3, tasks=3, inner_steps=2, inner_rate=0.05)
STAGES = {
    "episodes": Episodes(**SHARED, rate=0.01, ways=5, shots=1, queries=2, learn_temperature=True, clip=5.0),
    "supervised": Supervised(**SHARED, rate=0.01, clip=5.0, batch=11, distil=0.5, distil_share=0.1, rotation=0.5),
    "distilled": Distilled(**SHARED, rate=0.01, clip=5.0, batch=11, teacher="teacher"),
    "maml": MAML,
    "meta-sgd": replace(MAML, kind="meta-sgd", first_order=True),
    "reptile": replace(MAML, kind="reptile", rate=1.0),
}


def recipe(name):
    """A recipe of that stage with looks at steps 2 and 4."""
    gradient = isinstance(STAGES[name], Maml)
    look = Validation(ways=4, shots=(1,), queries=3, episodes=6, method="maml" if gradient else "protonet", every=2)
    return toy_recipe(
        STAGES[name], validation=look, backbone_options={"width": 8, "norm": "group" if gradient else "batch"}
    )


def trained(name, folder, processes=ALONE, *, stop_at=None, resume=False):
    """A training of that recipe, which was run in the folder. stop_at: the step after which a stop is asked for."""
    training = toy_training(recipe(name), folder, sources=2)
    training.scene = replace(training.scene, processes=processes)
    training.stop = lambda: training.position.step == stop_at
    training.steps = [value.step for value in training.run(resume) if isinstance(value, Trained)]
    return training


def losses(training):
    """The loss of each step."""
    return [point.loss for point in training.position.curve.points]


def write(training, place):
    """The weights at the end, and those that were kept."""
    kept = {f"kept.{name}": value for name, value in training.kept.network.items()}
    values = {name: value.contiguous() for name, value in (training.network.state_dict() | kept).items()}
    save_file(values, place.with_suffix(".safetensors"))
    place.with_suffix(".json").write_text(json.dumps(losses(training)))


def digest(training):
    """A number that tells whether weights are the same to the last bit."""
    values = training.network.state_dict().values()
    return hashlib.sha256(b"".join(value.contiguous().numpy().tobytes() for value in values)).hexdigest()


def main(folder):
    """What each process does."""
    torch.set_num_threads(1)
    with torchrun.started(torch.device("cpu")) as processes:
        group = weakref.ref(dist.group.WORLD)
        last = processes.number == processes.count - 1
        stopped = trained("episodes", folder / "stopped", processes, stop_at=2 if last else None)
        assert stopped.stopped
        assert stopped.steps == [1, 2]
        trainings = {name: trained(name, folder / name, processes) for name in STAGES}
        trainings["resumed"] = trained("episodes", folder / "resumed", processes, resume=True)
        for training in trainings.values():
            assert processes.agreed(digest(training)) == digest(training)
        if processes.first:
            for name, training in trainings.items():
                write(training, folder / name)
        else:
            assert not any((folder / name).exists() for name in STAGES)
    assert group() is None, "the group's threads are left: they may abort a process that ends"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
