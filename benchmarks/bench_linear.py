"""The path of 45 L2 penalties beside scikit-learn fitted once per penalty, at equal validation loss.

Features: a ViT-B-32's "pooled" tap over 5 000 CIFAR-10 pictures (forwarded once and kept in `.store`), n = 4 500 to fit
on and 500 to choose on, d = 768, 10 classes. scikit-learn minimises the same objective on the same scaled features.
"""

from __future__ import annotations

import numpy as np
import torch
from _work import MODEL, ROOT, cifar, seconds, tell
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from eyechart.bench import Bench
from eyechart.data import load as load_data
from eyechart.models import load as load_model
from eyechart.store.cache import FeatureStore
from eyechart.transfer.carve import carve
from eyechart.transfer.logistic import PENALTIES, fit_path

PICTURES = 5_000
EVERY = 5  # of the penalties is fitted by the peer, whose time is multiplied accordingly


def main() -> None:
    data = load_data(f"parquet:{cifar('train')}?train=no", limit=PICTURES)
    bench = Bench(FeatureStore(ROOT / "benchmarks" / ".store"), precision="auto")
    features = bench.features(load_model(MODEL), data.items, "pooled")
    labels = np.array([item.label for item in data.items])
    near, far = carve(data.items, labels, 0.1)
    classes = len(data.classes)
    losses: dict[str, list[float]] = {}

    def ours() -> None:
        path = fit_path(
            features.take(near),
            torch.from_numpy(labels[near]),
            features.take(far),
            torch.from_numpy(labels[far]),
            classes=classes,
        )
        losses["eyechart"] = list(path.losses)

    everything = features.tensor().double().numpy()
    centred = everything - everything.mean(0)
    scaled = centred / np.sqrt((centred**2).sum(1).mean())

    def peer() -> None:
        found = []
        for penalty in PENALTIES[::EVERY]:
            model = LogisticRegression(C=1 / (len(near) * penalty), max_iter=1000)
            model.fit(scaled[near], labels[near])
            found.append(float(log_loss(labels[far], model.predict_proba(scaled[far]))))
        losses["peer"] = found

    our_seconds, peer_seconds = seconds(ours, 2), seconds(peer) * len(PENALTIES) / len(PENALTIES[::EVERY])
    ours_least, peer_least = min(losses["eyechart"]), min(losses["peer"])
    tell(
        "linear",
        eyechart_seconds=our_seconds,
        sklearn_seconds=peer_seconds,
        sklearn_over_eyechart=peer_seconds / our_seconds,
        eyechart_least_validation_loss=ours_least,
        sklearn_least_validation_loss=peer_least,
        largest_difference_along_the_path=float(np.abs(np.subtract(losses["eyechart"][::EVERY], losses["peer"])).max()),
        eyechart_validation_losses=losses["eyechart"][::EVERY],
        sklearn_validation_losses=losses["peer"],
        note="eyechart's time includes the refit on train and validation; scikit-learn's does not",
    )


if __name__ == "__main__":
    main()
