"""clip-benchmark's zero-shot and linear probe on the CPU, as one process: `python -O`, because its probe asserts CUDA.

Its `.cuda()` calls are made to do nothing, and its `accuracy`, which NumPy 2.4 no longer runs, is written again; all
else is its own code with its own defaults, in fp32.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

import open_clip
import torch
from clip_benchmark.metrics import linear_probe, zeroshot_classification
from torch.utils.data import DataLoader, Dataset

from eyechart.core import Item
from eyechart.data import load as load_data


class Pairs(Dataset):  # type: ignore[type-arg]
    """Pictures through open_clip's own transform, with labels."""

    def __init__(self, items: list[Item], classes: tuple[str, ...], transform: object) -> None:
        self.items, self.classes, self.transform = items, classes, transform

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        item = self.items[index]
        return self.transform(item.picture.load()), item.label  # type: ignore[operator, return-value]


def accuracy(output: torch.Tensor, target: torch.Tensor, topk: tuple[int, ...] = (1,)) -> list[float]:
    """The peer's own formula with ``.item()`` in place of a conversion that NumPy 2.4 refuses."""
    hits = output.topk(max(topk), 1).indices.eq(target.view(-1, 1))
    return [hits[:, :k].float().sum().item() / len(target) for k in topk]


def main(name: str, out: str, *, sweep: bool) -> None:
    torch.nn.Module.cuda = lambda self, *_: self  # type: ignore[assignment, method-assign]
    torch.Tensor.cuda = lambda self, *_: self  # type: ignore[assignment, method-assign]
    zeroshot_classification.accuracy = linear_probe.accuracy = accuracy
    data = load_data(name)
    torch.manual_seed(0)
    model, _, transform = open_clip.create_model_and_transforms("ViT-B-32")
    model.eval()
    tokenizer = open_clip.get_tokenizer("ViT-B-32")
    test = Pairs(list(data.items), data.classes, transform)
    train_items = list(data.train.items) if data.train is not None else []
    held = len(train_items) // 10 if sweep else 0
    train, valid = (Pairs(part, data.classes, transform) for part in (train_items[held:], train_items[:held]))
    loader = DataLoader(test, batch_size=64, num_workers=0)
    start = time.perf_counter()
    with torch.no_grad():
        templates = [template.replace("{}", "{c}") for template in data.templates]
        classifier = zeroshot_classification.zero_shot_classifier(
            model, tokenizer, list(data.classes), templates, "cpu", amp=False
        )
        logits, _ = zeroshot_classification.run_classification(model, classifier, loader, "cpu", amp=False)
    zero_shot = time.perf_counter() - start
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        probe = linear_probe.evaluate(
            model,
            DataLoader(train, batch_size=64, num_workers=0),
            loader,
            -1,
            64,
            0,
            0.1,
            10,
            "peer",
            0,
            folder,
            "cpu",
            val_dataloader=DataLoader(valid, batch_size=64, num_workers=0) if sweep else None,
            amp=False,
        )
    linear = time.perf_counter() - start
    answers = dict(zip((item.id for item in test.items), logits.argmax(1).tolist(), strict=True))
    Path(out).write_text(
        json.dumps({"zero_shot": zero_shot, "linear": linear, "probe": probe["lp_acc1"], "answers": answers})
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sweep=sys.argv[3] == "sweep")
