"""How far a model's confidence lies from the truth, on whole data sets as tasks.

usage: python tests/benchmarks/bench_confidence.py DATA... [--backbone lite0-natural] [--method ridge] [--draws 100]
Each folder of DATA is one task of all its classes; for each number of shots the accuracy, the mean confidence, the
expected calibration error in points and the mean negative log-likelihood are printed: at the temperature that the
model's table gives, and at the one that is used where there is no table.
"""

import argparse
from dataclasses import replace

import tasks
import torch
import torch.nn.functional as F

from fewshot_gui.engine import methods, model_folder
from fewshot_gui.engine.episodes import sample_episode
from fewshot_gui.engine.evaluate import Data
from fewshot_gui.engine.method import Support
from fewshot_gui.engine.metrics import calibration_error
from fewshot_gui.engine.model import Model


def answers(model: Model, method: str, data: Data, shots: int, draws: int) -> tuple[torch.Tensor, torch.Tensor]:
    """(logits, labels) of all draws."""
    logits, labels = [], []
    for number in range(draws):
        episode = sample_episode(data.table, n_way="all", n_shot=shots, n_query=15, seed=0, number=number)
        support = Support(torch.from_numpy(episode.support_labels), episode.n_way, data.embeddings[episode.support])
        logits.append(methods.create(method, model.config).adapt(model, support).logits(data.embeddings[episode.query]))
        labels.append(torch.from_numpy(episode.query_labels))
    return torch.cat(logits), torch.cat(labels)


def described(logits: torch.Tensor, labels: torch.Tensor) -> tuple[float, float, float, float]:
    """Accuracy, mean confidence, calibration error (0-1) and negative log-likelihood."""
    confidence, answer = logits.softmax(1).max(1)
    right = answer == labels
    error = calibration_error(confidence.numpy(), right.numpy())
    return float(right.float().mean()), float(confidence.mean()), error, float(F.cross_entropy(logits, labels))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    tasks.add_data_options(parser)
    parser.set_defaults(per_class=None)
    parser.add_argument("--method", default="ridge")
    parser.add_argument("--draws", type=int, default=100)
    parsed = parser.parse_args()
    table = model_folder.load(parsed.backbone)
    plain = replace(table, config=replace(table.config, temperatures={}))
    sets = {folder.name: tasks.embedded(parsed, table, [folder]) for folder in parsed.data}
    for shots in (1, 5, 10):
        found = {"table": [], "one for all": []}
        for name, data in sets.items():
            for what, model in (("table", table), ("one for all", plain)):
                row = described(*answers(model, parsed.method, data, shots, parsed.draws))
                found[what].append(row)
                print(f"{name:20} {shots:2} shots, {what:12}", said(row), flush=True)
        for what, rows in found.items():
            print(
                f"{'mean':20} {shots:2} shots, {what:12}", said([sum(v) / len(rows) for v in zip(*rows, strict=True)])
            )


def said(row: tuple[float, ...] | list[float]) -> str:
    accuracy, confidence, error, loss = row
    return f"right {accuracy:6.1%}  sure {confidence:6.1%}  calibration error {error:6.1%}  loss {loss:.3f}"


if __name__ == "__main__":
    main()
