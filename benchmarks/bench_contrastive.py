"""A contrastive training step beside open_clip's own training program: same towers, same batches, same machine.

Towers: those of `zoo:vit-clip` (ViT of width 128 and depth 6 on 64 px, text of width 128 and depth 3), batches of 128
pictures with captions of the world. The peer is `open_clip_train.train.train_one_epoch` with `ClipLoss` and its AdamW;
both tokenise the same captions, clip the gradient and move the weights. Once the peer gets its tokens as eyechart pads
them (to the longest of the batch, strictly the same work), once as its own tokenizer does (to the whole context).

With one thread, time is that of the processor, which other work on the machine disturbs little.
"""

from __future__ import annotations

import copy
import math
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import torch
from _work import tell
from open_clip.loss import ClipLoss
from open_clip_train.train import train_one_epoch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from eyechart.core import Preprocessing
from eyechart.learn.chance import Chance
from eyechart.learn.objective import Batch
from eyechart.learn.objectives.clip import Clip
from eyechart.models.tokens import Tokens, Words
from eyechart.models.towers import ImagePlan, Plan, TextPlan, TwoTowers
from eyechart.world import World

BATCH, STEPS, ROUNDS, CONTEXT, SQUARE = 128, 2, int(sys.argv[1]) if len(sys.argv) > 1 else 8, 48, 2048
DECAY, RATE, BETAS, EPS, CLIPPED = 0.2, 1e-4, (0.9, 0.98), 1e-6, 1.0


class Peer(nn.Module):
    """The same towers as open_clip's training program expects a model: token ids in, a dictionary out."""

    def __init__(self, towers: TwoTowers, end: int) -> None:
        super().__init__()
        self.towers, self.end = towers, end
        self.logit_scale = towers.log_scale

    def forward(self, images: Tensor, ids: Tensor) -> dict[str, Tensor]:
        tokens = Tokens(ids, (ids == self.end).int().argmax(dim=1))
        return {
            "image_features": F.normalize(self.towers.encode_image(images), dim=-1),
            "text_features": F.normalize(self.towers.encode_tokens(tokens), dim=-1),
            "logit_scale": self.logit_scale.exp(),
        }


class Loader:
    """Batches of token ids, as open_clip's data pipeline gives them."""

    num_batches, num_samples = STEPS, STEPS * BATCH

    def __init__(self, batches: list[Batch], words: Words, width: int | None) -> None:
        self.batches, self.words, self.width = batches, words, width

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        for batch in self.batches:
            ids = self.words(batch.texts).ids
            more = 0 if self.width is None else self.width - ids.shape[1]
            yield batch.pixels, F.pad(ids, (0, more), value=self.words.entries - 1)


def groups(module: nn.Module) -> list[dict[str, object]]:
    values = list(module.parameters())
    return [
        {"params": [value for value in values if value.ndim < 2], "weight_decay": 0.0},
        {"params": [value for value in values if value.ndim >= 2], "weight_decay": DECAY},
    ]


def ours(objective: Clip, batches: list[Batch]) -> list[float]:
    optimiser = torch.optim.AdamW(groups(objective), lr=RATE, betas=BETAS, eps=EPS, fused=True)
    losses = []
    for step, batch in enumerate(batches):
        optimiser.zero_grad()
        loss = objective.loss(batch, Chance(0, step))
        loss.total.backward()
        nn.utils.clip_grad_norm_(objective.parameters(), CLIPPED)
        optimiser.step()
        objective.after_step(step, len(batches))
        losses.append(loss.total.item())
    return losses


def peers(model: Peer, loader: Loader) -> None:
    args = Namespace(
        device="cpu", precision="fp32", distill=False, accum_freq=1, skip_scheduler=True, horovod=False, wandb=False,
        grad_clip_norm=CLIPPED, log_every_n_steps=100, rank=0, local_rank=0, log_local=False, world_size=1,
        batch_size=BATCH,
    )  # fmt: skip
    optimiser = torch.optim.AdamW(groups(model), lr=RATE, betas=BETAS, eps=EPS)
    data = {"train": SimpleNamespace(set_epoch=lambda _: None, dataloader=loader)}
    train_one_epoch(model, data, ClipLoss(), 0, optimiser, None, None, None, args)


def clocked(work: Callable[[], object]) -> float:
    clock = time.process_time if torch.get_num_threads() == 1 else time.perf_counter
    start = clock()
    work()
    return clock() - start


def drawn(index: int) -> tuple[Tensor, str]:
    view = World(seed=0, size=64, split="train")[index]
    return torch.from_numpy(view.pixels).permute(2, 0, 1).float() / 255, view.captions[0]


def main() -> None:
    shown = [drawn(index) for index in range(STEPS * BATCH)]
    texts = [text for _, text in shown]
    words = Words.learn(texts, entries=1023, context=CONTEXT)
    batches = [
        Batch(pixels=torch.stack([pixels for pixels, _ in shown[start : start + BATCH]]), texts=texts[start:][:BATCH])
        for start in range(0, len(shown), BATCH)
    ]
    plan = Plan(
        image=ImagePlan(family="vit", patch=8, widths=(128,), depths=(6,), heads=4),
        text=TextPlan(entries=words.entries, context=CONTEXT, width=128, depth=3),
        space=128,
        preprocessing=Preprocessing(size=(64, 64), resize="crop", mean=(0.5,) * 3, std=(0.25,) * 3),
    )
    torch.manual_seed(0)
    objective = Clip(TwoTowers(plan), words).train()
    peer = Peer(copy.deepcopy(objective.towers), words.entries - 1)
    with FlopCounterMode(display=False) as counter:
        ours(copy.deepcopy(objective), batches[:1])
    square = torch.randn(SQUARE, SQUARE)
    works: dict[str, Callable[[], object]] = {
        "eyechart": lambda: ours(objective, batches),
        "open_clip": lambda: peers(peer, Loader(batches, words, None)),
        "open_clip padded to the context": lambda: peers(peer, Loader(batches, words, CONTEXT)),
    }
    works["matmul"] = lambda: square @ square
    best = dict.fromkeys(works, math.inf)
    for _ in range(ROUNDS):  # in turn, so that whatever else the machine does is shared
        for name, work in works.items():
            best[name] = min(best[name], clocked(work))
    peak = 2 * SQUARE**3 / best.pop("matmul")
    rates = {name: STEPS * BATCH / taken for name, taken in best.items()}
    tell(
        "contrastive",
        samples_per_second={name: round(rate, 1) for name, rate in rates.items()},
        eyechart_over_open_clip={name: round(rates["eyechart"] / rate, 3) for name, rate in rates.items()},
        share_of_matmul_peak=counter.get_total_flops() / BATCH * rates["eyechart"] / peak,
        flops_per_sample=counter.get_total_flops() / BATCH,
        longest_text={"eyechart": max(words(batch.texts).ids.shape[1] for batch in batches), "context": CONTEXT},
        batch=BATCH,
        rounds=ROUNDS,
    )


if __name__ == "__main__":
    main()
