"""Planted embeddings: a perfect hierarchy, perfect clusters in random order, and noise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from eyechart.bench import Bench
from eyechart.core import Dataset, Estimate, Sheet, Statistics
from eyechart.errors import BadInput, Refused
from eyechart.exams.order import Order
from eyechart.testing import check_exam, toy
from eyechart.testing.oracle import Oracle

EXAM = Order(mapped=0, neighbours=(1, 5, 20))
FAST = Statistics(resamples=200)
BRANCHES, KINDS = 4, 4


def kingdom(each: int = 6, classes: int = 16) -> Dataset:
    """Two realms of two branches of four classes, or as many classes as are wanted."""
    data = toy(each * classes, classes)
    taxonomy = {name: f"branch {label // KINDS}" for label, name in enumerate(data.classes)}
    taxonomy |= {f"branch {branch}": f"realm {branch // 2}" for branch in range(classes // KINDS)}
    taxonomy |= {f"realm {realm}": "all" for realm in range(classes // KINDS // 2)}
    return replace(data, taxonomy=taxonomy, train=None)


class Planted(Oracle):
    """Puts every picture where it is told to: by item, ``n d``."""

    def __init__(self, data: Dataset, places: Tensor) -> None:
        super().__init__(data)
        self.width = places.shape[1]
        self._known = places


def hierarchy(data: Dataset, jitter: float = 0.02, seed: int = 0) -> Tensor:
    """A direction per realm, a shorter one per branch, a shorter one per class, and a little for the picture."""
    rng = np.random.default_rng(seed)
    labels = np.array([item.label for item in data.items])
    parts = [rng.standard_normal((64, 256)) * size for size in (3.0, 1.0, 0.3)]
    centres = parts[0][labels // 8] + parts[1][labels // KINDS] + parts[2][labels]
    return torch.from_numpy((centres + jitter * rng.standard_normal((len(labels), 256))).astype(np.float32))


def clusters(data: Dataset, seed: int = 0) -> Tensor:
    """Classes that are as well separated, in the places of others."""
    rng = np.random.default_rng(seed)
    dealt = rng.permutation(len(data.classes))
    relabelled = data.keep([replace(item, label=int(dealt[item.label or 0])) for item in data.items])
    return hierarchy(relabelled, seed=seed)


def noise(data: Dataset, seed: int = 0) -> Tensor:
    rng = np.random.default_rng(seed)
    return torch.from_numpy(rng.standard_normal((len(data.items), 64)).astype(np.float32))


def graded(data: Dataset, places: Tensor, exam: Order = EXAM) -> tuple[dict[str, Estimate], Sheet]:
    sheet = exam.measure(Planted(data, places), data, Bench())
    return exam.grade(sheet, FAST), sheet


def holds(found: Estimate, value: float) -> bool:
    return found.low <= value <= found.high


def test_a_perfect_hierarchy_is_in_perfect_order() -> None:
    data = kingdom()
    found, _ = graded(data, hierarchy(data))
    assert found["order"].value == 1
    assert found["in_order"].value == found["sibling"].value == found["purity"].value == 1
    assert found["rings"].low > 0.5  # rings within one branch are draws
    assert found["near_1"].value == pytest.approx(1) == found["near_20"].value
    assert found["mantel"].value > 0.8
    assert found["mantel_p"].value < 0.01
    assert 0.5 < found["order"].low < 1


def test_perfect_clusters_in_random_order_separate_and_do_not_order() -> None:
    data = kingdom()
    found, _ = graded(data, clusters(data))
    assert found["purity"].value == 1
    assert found["linear"].value > 0.95
    for name in ("order", "near_1", "near_5", "mantel"):
        assert holds(found[name], 0), (name, found[name])
    assert found["mantel_p"].value > 0.01


def test_noise_neither_separates_nor_orders() -> None:
    data = kingdom()
    found, _ = graded(data, noise(data))
    for name, estimate in found.items():
        if estimate.chance is not None and name != "silhouette":
            assert holds(estimate, estimate.chance), (name, estimate)
    assert abs(found["order"].value) < 0.1


@pytest.mark.parametrize("planted", [clusters, noise])
def test_the_interval_holds_chance_as_often_as_it_says(planted: Callable[[Dataset, int], Tensor]) -> None:
    from eyechart.marking.kindred import order_columns, shown
    from eyechart.marking.kinship import in_order
    from eyechart.marking.neighbourhoods import space

    data = kingdom(5)
    seen = shown(data, 1000)
    place = {item.id: at for at, item in enumerate(data.items)}
    rows = [place[item.id] for item in seen.items]
    hits = []
    for seed in range(60):
        around = space(planted(data, seed)[rows], seen.labels, seen.heights)
        columns = order_columns(around, ~around.own, "score")
        sheet = Sheet(
            columns={**columns, "code": seen.labels, "heights": seen.heights[seen.labels]},
            facts={"classes": list(seen.classes), "counts": seen.counts},
        )
        hits.append(holds(in_order(sheet, "score", FAST), 0.5))
    assert np.mean(hits) >= 0.88


def test_it_keeps_to_the_rules_of_exams() -> None:
    """Captions that classes share by branch make the oracle's space a hierarchy."""
    data = kingdom(6)
    told = [
        replace(item, captions=(f"branch {(item.label or 0) // KINDS}", f"realm {(item.label or 0) // 8}"))
        for item in data.items
    ]
    check_exam(replace(EXAM, neighbours=(1, 5)), data.keep(told), statistics=Statistics(level=0.999, resamples=100))


def test_what_the_nearest_share_is_held_against_chance() -> None:
    data = kingdom()
    coloured = data.keep([replace(item, facts={"place": str(at % 5)}) for at, item in enumerate(data.items)])
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((5, 64))
    places = np.stack([centres[at % 5] + 0.3 * rng.standard_normal(64) for at in range(len(data.items))])
    found, sheet = graded(coloured, torch.from_numpy(places.astype(np.float32)))
    assert sheet.facts["facts"] == ["place"]
    assert found["same_place"].low > 0.7
    assert found["same_place"].chance == pytest.approx(0.2, abs=0.02)
    assert holds(found["other_place"], 0.5)


def test_facts_that_some_pictures_lack_are_not_asked() -> None:
    data = kingdom()
    first, *rest = data.items
    partly = data.keep([replace(first, facts={"place": "beach"}), *rest])
    assert graded(partly, noise(partly))[1].facts["facts"] == []


def test_the_order_of_the_items_and_the_batch_change_nothing() -> None:
    data = kingdom()
    places = noise(data)
    model = Planted(data, places)
    first = EXAM.grade(EXAM.measure(model, data, Bench()), FAST)
    backwards = EXAM.grade(EXAM.measure(model, data.keep(data.items[::-1]), Bench(batch=7)), FAST)
    for name, estimate in first.items():
        assert backwards[name].value == pytest.approx(estimate.value, abs=1e-5), name


def test_two_measurements_are_one_and_the_map_is_repeatable() -> None:
    data = kingdom()
    model = Planted(data, hierarchy(data))
    exam = replace(EXAM, mapped=24)
    one, other = (exam.measure(model, data, Bench()) for _ in range(2))
    assert all(np.array_equal(column, other[name]) for name, column in one.columns.items())
    shown, again = (exam.exhibits(sheet, model, data, Bench()) for sheet in (one, other))
    assert shown[0].pictures[0].picture.digest() == again[0].pictures[0].picture.digest()
    assert shown[0].pictures[0].picture.load().size[0] == shown[0].side


def test_strips_show_the_stranger_and_the_kin() -> None:
    data = kingdom()
    places = hierarchy(data)
    places[0] = places[-1]  # one picture of the first class lies among the last
    model = Planted(data, places)
    worst, *_, best = EXAM.exhibits(EXAM.measure(model, data, Bench()), model, data, Bench())
    assert data.classes[data.items[0].label or 0] in worst.title
    assert worst.pictures[1].caption == data.classes[-1]
    assert best.title.startswith("In order")


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"taxonomy": {"hue 0": "branch 0"}}, BadInput, "hole"),
        ({"taxonomy": {**kingdom().taxonomy, "all": "realm 0"}}, BadInput, "ring"),
        ({"taxonomy": dict.fromkeys(kingdom().classes, "all")}, Refused, "flat"),
        ({"items": kingdom().items[:20]}, Refused, "4 pictures of each class"),
        ({"items": [replace(item, label=None) for item in kingdom().items]}, Refused, "label"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_a_sentence(
    change: dict[str, object], error: type[Exception], words: str
) -> None:
    data = kingdom()
    with pytest.raises(error, match=words):
        EXAM.measure(Oracle(data), replace(data, **change), Bench())


def test_no_neighbour_is_bad_input() -> None:
    data = kingdom()
    with pytest.raises(BadInput, match="at least"):
        Order(neighbours=(0,)).measure(Oracle(data), data, Bench())
