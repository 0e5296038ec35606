"""AutoAttack (standard) beside torchattacks' on one model and the same images: robust accuracy, and time to get it.

A small residual network is taught CIFAR-10 for some minutes first, so that part of the images fall and part stand. Both
spend the paper's budget, 100 steps and 5000 queries; torchattacks takes 10 steps by itself, told by --peer-steps 10.
torchattacks pins an old `requests`: install it with ``pip install --no-deps torchattacks==3.5.1``.
"""

from __future__ import annotations

import argparse
import copy
import io
import sys

import numpy as np
import pyarrow.parquet as pq
import torch
from _work import cifar, seconds, tell
from PIL import Image
from timm.models.resnet import BasicBlock, ResNet
from torch import Tensor, nn

from eyechart.allocation import keep_memory
from eyechart.attack.apgd import Goal
from eyechart.attack.auto import STANDS, begin, go_on, standard
from eyechart.attack.ball import Ball
from eyechart.models.folding import folded
from eyechart.models.wish import Wish


def pictures(name: str, count: int) -> tuple[Tensor, Tensor]:
    """The first `count` images in [0, 1] and their labels."""
    rows = pq.read_table(cifar(name)).slice(0, count)
    images = next(rows[column] for column in ("img", "image") if column in rows.column_names).to_pylist()
    labels = rows["label"].to_pylist()
    pixels = np.stack([np.asarray(Image.open(io.BytesIO(image["bytes"]))) for image in images])
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).contiguous().float() / 255, torch.tensor(labels)


def residual() -> nn.Module:
    """A residual network of four blocks for pictures of 32 pixels: the first layer keeps their size."""
    net = ResNet(BasicBlock, (1, 1, 1, 1), num_classes=10, channels=(16, 32, 64, 128))
    net.conv1, net.maxpool = nn.Conv2d(3, net.conv1.out_channels, 3, padding=1, bias=False), nn.Identity()
    return net


def taught(images: Tensor, labels: Tensor) -> nn.Module:
    """The network after three passes over the images."""
    torch.manual_seed(0)
    net = residual()
    optimiser = torch.optim.AdamW(net.parameters(), lr=3e-3)
    for epoch in range(3):
        for rows in torch.randperm(len(images), generator=torch.Generator().manual_seed(epoch)).split(128):
            loss = nn.functional.cross_entropy(net(images[rows]), labels[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return net.eval().requires_grad_(requires_grad=False)


def main() -> None:
    try:
        import torchattacks  # a peer that only this file needs
    except ImportError:
        sys.exit("this benchmark needs its peer: pip install --no-deps torchattacks==3.5.1")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=500)
    parser.add_argument("--metric", choices=("linf", "l2"), default="linf")
    parser.add_argument("--radius", type=float, help="of 255 in linf (2), of 1 in l2 (0.25)")
    parser.add_argument("--peer-steps", type=int, default=100, help="of each attack with gradients (100)")
    given = parser.parse_args()
    keep_memory()  # as the command line does; for the peer too
    net = taught(*pictures("train", 20_000))
    images, truth = pictures("test", given.images)
    radius = (given.radius or 2.0) / 255 if given.metric == "linf" else given.radius or 0.25
    ball = Ball(metric=given.metric, radius=radius)
    goal = Goal(images=images, truth=truth, target=truth, seeds=torch.arange(len(images)))
    settled = Wish().settled(copy.deepcopy(net), torch.channels_last)  # as every model that eyechart opens
    stages, fights = standard(10), [begin(settled, images, truth)]

    def own() -> None:
        with folded(settled):  # as the exam does
            while fights[-1].done < len(stages):
                fights.append(go_on(settled, fights[-1], goal, ball, stages))

    norm = given.metric.capitalize()
    peer = torchattacks.AutoAttack(net, norm=norm, eps=ball.radius, version="standard", n_classes=10, seed=0)
    for attack in peer._autoattack.attacks[:3]:  # it has no argument for this
        attack.steps = given.peer_steps
    moved: list[Tensor] = []
    ours, theirs = seconds(own), seconds(lambda: moved.append(peer(images, truth)))
    standing = (fights[-1].felled == STANDS).float().mean().item()
    tell(
        "attack",
        images=len(images),
        clean=(fights[0].felled == STANDS).float().mean().item(),
        robust=standing,
        peer_robust=(net(moved[0]).argmax(dim=1) == truth).float().mean().item(),
        farthest_of_radius=ball.distance(fights[-1].images, images).max().item() / ball.radius,
        seconds=ours,
        peer_seconds=theirs,
        times_faster=theirs / ours,
    )


if __name__ == "__main__":
    main()
