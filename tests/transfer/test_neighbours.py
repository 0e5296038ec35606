from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.neighbors import KNeighborsClassifier
from torch.nn.functional import normalize

from eyechart.store.rows import Rows
from eyechart.transfer import neighbours
from eyechart.transfer.neighbours import Kept, Voters, nearest


def drawn(n: int, d: int, seed: int) -> torch.Tensor:
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("k", [1, 7, 20])
def test_votes_are_those_of_sklearn(k: int) -> None:
    train, queries, labels = drawn(300, 12, 0), drawn(50, 12, 1), torch.arange(300) % 5
    voters = Voters(train=Rows.of(train), labels=labels, classes=5, temperature=0.07)
    (votes,) = torch.cat(list(voters.votes(Rows.of(queries), [k])), 1)
    peer = KNeighborsClassifier(k, metric="cosine", weights=lambda far: np.exp((1 - far) / 0.07))
    peer.fit(train.numpy(), labels.numpy())
    shares = votes / votes.sum(1, keepdim=True)
    assert np.allclose(shares.numpy(), peer.predict_proba(queries.numpy()), atol=1e-5)


@pytest.mark.parametrize("count", [1, 3, 40])
@pytest.mark.parametrize("resident", [0, 1 << 29])
def test_chunks_and_column_groups_find_the_same_neighbours(
    count: int, resident: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbours, "RESIDENT", resident)
    train, queries = drawn(997, 8, 2), normalize(drawn(11, 8, 3), dim=1)
    monkeypatch.setattr(neighbours, "KEPT", 250)
    values, indices = nearest(Kept.of(Rows.of(train)), queries, count)
    expected = (queries @ normalize(train, dim=1).T).topk(count, dim=1)
    assert torch.allclose(values, expected.values, atol=1e-6)
    assert torch.equal(indices, expected.indices)


def test_neighbours_that_tie_for_the_last_place_share_it(monkeypatch: pytest.MonkeyPatch) -> None:
    near, level = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.6, 0.8]])
    train, labels = torch.cat([near, level, 2 * level, 3 * level]), torch.tensor([0, 1, 1, 2])
    monkeypatch.setattr(neighbours, "KEPT", 2)
    voters = Voters(train=Rows.of(train), labels=labels, classes=3, temperature=1.0)
    ((votes,),) = next(voters.votes(Rows.of(near), [2]))
    weight = np.exp(0.6 - 1)
    assert votes.tolist() == pytest.approx([1, weight * 2 / 3, weight / 3])


def test_where_all_is_equal_the_vote_is_the_share_of_each_class() -> None:
    voters = Voters(train=Rows.of(torch.ones(10, 3)), labels=torch.arange(10) % 2, classes=2, temperature=0.07)
    (ballots,) = voters.votes(Rows.of(torch.ones(4, 3)), [1, 5, 10])
    assert torch.allclose(ballots / ballots.sum(-1, keepdim=True), torch.tensor(0.5))
