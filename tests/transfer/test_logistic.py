from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from eyechart.store.rows import Rows
from eyechart.transfer import design as designs
from eyechart.transfer.descent import Ridge, minimise
from eyechart.transfer.design import Design, axes_of, table
from eyechart.transfer.logistic import PENALTIES, Path, fit_path


def digits(classes: int) -> tuple[torch.Tensor, torch.Tensor]:
    given = load_digits(n_class=classes)
    return torch.from_numpy(given.data).float(), torch.from_numpy(given.target).long()


def fitted(classes: int, penalties: tuple[float, ...] = PENALTIES) -> tuple[Path, tuple[torch.Tensor, ...]]:
    x, y = digits(classes)
    near, far = slice(0, 300), slice(300, 360)
    path = fit_path(Rows.of(x[near]), y[near], Rows.of(x[far]), y[far], classes=classes, penalties=penalties)
    return path, (x[near], y[near], x[far], y[far])


def peer(x: torch.Tensor, y: torch.Tensor, penalty: float, both: torch.Tensor) -> LogisticRegression:
    """scikit-learn at the same objective, on features scaled alike; fitted very tightly."""
    factor = 2 if len(y.unique()) == 2 else 1
    found = LogisticRegression(C=factor / (penalty * len(x)), tol=1e-9, max_iter=20_000)
    return found.fit(scaled(x, both), y.numpy())


def scaled(x: torch.Tensor, both: torch.Tensor) -> np.ndarray:
    off = both.double() - both.double().mean(0)
    size = off.square().sum(1).mean().sqrt()
    return ((x.double() - both.double().mean(0)) / size).numpy()


@pytest.mark.parametrize("classes", [2, 3, 10])
@pytest.mark.parametrize("penalty", [1e-1, 1e-3, 1e-5])
def test_validation_loss_is_that_of_sklearn(classes: int, penalty: float) -> None:
    path, (x, y, u, v) = fitted(classes, (1.0, penalty))
    both = torch.cat([x, u])
    logs = peer(x, y, penalty, both).predict_log_proba(scaled(u, both))
    assert path.losses[1] == pytest.approx(-logs[np.arange(len(v)), v].mean(), rel=5e-3, abs=5e-4)


def test_the_refit_is_that_of_sklearn_on_both_parts() -> None:
    path, (x, y, u, v) = fitted(10, (1e-3,))
    both, known = torch.cat([x, u]), torch.cat([y, v])
    expected = peer(both, known, 1e-3, both).predict_proba(scaled(both, both))
    assert np.allclose(path.probe.logits(both).softmax(1).numpy(), expected, atol=1e-4)


def test_the_objective_is_as_low_as_sklearns_along_the_whole_path() -> None:
    x, y = digits(10)
    x, y = x[:150], y[:150]
    axes = axes_of(Rows.of(x))
    problem = Ridge(
        design=Design(axes=axes, tables=(table(Rows.of(x), y, axes),)), penalties=torch.tensor([1e-2, 1e-4, 1e-6])
    )
    found, _ = problem.value_and_slope(minimise(problem, torch.zeros(3, axes.basis.shape[1] + 1, 10), 1e-9))
    for penalty, value in zip((1e-2, 1e-4, 1e-6), found.tolist(), strict=True):
        model = peer(x, y, penalty, x)
        logs = model.predict_log_proba(scaled(x, x))
        least = -logs[np.arange(len(y)), y].mean() + penalty / 2 * (model.coef_**2).sum()
        assert value == pytest.approx(least, rel=1e-4)


def test_a_path_has_its_choice_where_validation_loss_is_least() -> None:
    path, (_, _, u, v) = fitted(4)
    assert len(path.penalties) == 45
    assert path.penalties == tuple(sorted(path.penalties, reverse=True))
    assert path.losses[path.chosen] == min(path.losses)
    assert (path.probe.logits(u).argmax(1) == v).float().mean() > 0.9


def test_reading_features_anew_in_every_pass_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    resident, _ = fitted(10, (1e-1, 1e-3))
    monkeypatch.setattr(designs, "RESIDENT", 0)
    monkeypatch.setattr(designs, "CHUNK", 64)
    streamed, _ = fitted(10, (1e-1, 1e-3))
    assert streamed.losses == pytest.approx(resident.losses, abs=1e-4)
    assert torch.allclose(streamed.probe.weight, resident.probe.weight, atol=1e-3)


def test_fewer_rows_than_features_have_the_same_axes() -> None:
    x = torch.randn(20, 50, generator=torch.Generator().manual_seed(0))
    wide, many = axes_of(Rows.of(x)), axes_of(Rows.of(x.repeat(5, 1)))
    assert wide.basis.shape == many.basis.shape == (50, 19)
    assert torch.allclose(wide.variance, many.variance, atol=1e-6)
    turned = wide.turn(x)
    assert turned.square().sum(1).mean().item() == pytest.approx(1, abs=1e-5)


def test_features_without_spread_leave_the_prior() -> None:
    x, y = torch.full((40, 6), 0.3), torch.arange(40) % 4 == 0
    path = fit_path(Rows.of(x), y.long(), Rows.of(x), y.long(), classes=2)
    assert path.probe.logits(x).softmax(1)[0].tolist() == pytest.approx([0.75, 0.25], abs=1e-3)


def test_a_class_without_examples_is_never_the_answer() -> None:
    x, y = digits(3)
    path = fit_path(Rows.of(x[:200]), y[:200], Rows.of(x[200:260]), y[200:260], classes=5, penalties=(1e-1, 1e-2))
    assert path.probe.logits(x).argmax(1).max() <= 2
