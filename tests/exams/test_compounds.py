"""The destroyed tank: unseen compounds against seen ones that match them, and what repairs them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from torch import Tensor

from eyechart.bench import Bench
from eyechart.core import Dataset, Fact, Item, Statistics
from eyechart.data.staged import Stage
from eyechart.data.staged.compounds import stage
from eyechart.errors import Refused
from eyechart.exams.compounds import Compounds
from eyechart.marking.compounds import compounds, lesson, matched
from eyechart.testing import Blind, Constant, Oracle, check_exam
from eyechart.testing.datasets import Patch
from eyechart.testing.twins import direction
from eyechart.world.splits import WITHHELD, unseen

SMALL = Stage(test=150, train=500)


@pytest.fixture(scope="module")
def data() -> Dataset:
    return stage(SMALL)


class Habitual(Oracle):
    """Names what it has seen, and takes every unseen compound for its first alternative."""

    def _embed(self, item: Item, classes: Sequence[str]) -> Tensor:
        said = item.distractors[0] if item.facts["unseen"] and item.distractors else item.captions[0]
        return self._direction(said)


def item(name: str, concept: str, attribute: str, **facts: Fact) -> Item:
    phrase = f"{'an' if attribute[0] in 'aeiou' else 'a'} {attribute} {concept}"
    known: dict[str, Fact] = {"concept": concept, "attribute": attribute, **facts}
    return Item(id=name, picture=Patch(hue=0.4, seed=sum(map(ord, name))), captions=(phrase,), facts=known)


def own(examined: list[Item], learnt: list[Item]) -> Dataset:
    data = Dataset(name="own", split="test", revision="1", items=examined)
    return replace(data, train=replace(data, items=learnt))


def test_it_holds_to_the_rules(data: Dataset) -> None:
    check_exam(Compounds(draws=1, shots=(0,), penalty=0.1), data)


def test_who_knows_the_words_passes_and_loses_nothing(data: Dataset, bench: Bench) -> None:
    found = Compounds(draws=1).grade(Compounds(draws=1).measure(Oracle(data), data, bench), Statistics())
    assert found["unseen"].value == found["seen"].value == 1
    assert found["gap"].value == 0


def test_who_only_names_what_it_has_seen_has_the_whole_gap(data: Dataset, bench: Bench) -> None:
    exam = Compounds(draws=1, shots=())
    found = exam.grade(exam.measure(Habitual(data), data, bench), Statistics())
    assert (found["unseen"].value, found["seen"].value, found["gap"].value) == (0, 1, 1)
    assert (found["right_concept"].value, found["right_attribute"].value) == (1, 0)


def test_probes_of_who_sees_nothing_score_chance_or_prefer_what_is_frequent(data: Dataset, bench: Bench) -> None:
    exam = Compounds(draws=1)
    found = exam.grade(exam.measure(Blind(data), data, bench), Statistics())
    assert found["probe_0"].low <= 0.25
    assert found["unseen"].chance == found["probe_0"].chance == 0.25
    assert found["unseen"].value == found["by_words"].value  # it prefers some words to others, whatever it is shown
    assert found["seen"].value == found["seen_by_words"].value


def test_unseen_compounds_are_those_that_training_withholds_and_nothing_else_is(data: Dataset) -> None:
    assert data.train is not None
    for each in [*data.items, *data.train.items]:
        (thing,), place = each.picture.scene.things, each.picture.scene.place
        strange = {kind for kind in unseen(thing, place) if kind in WITHHELD[:3]}
        assert strange == ({each.facts["kind"]} if each.facts["unseen"] else set())


def test_over_a_pair_the_match_has_the_same_things_and_colours(data: Dataset) -> None:
    pairs = matched(compounds(data)[0], data.items)
    assert len(pairs) == len(data) // 2
    for name in ("concept", "attribute"):
        new, known = (
            Counter(getattr(pair[side], name) for pair in pairs if pair[0].kind == "colour") for side in (0, 1)
        )
        assert new == known
    for one, other in pairs:
        assert data.items[one.at].group == data.items[other.at].group
        assert {*one.choices} == {*other.choices} or one.kind == "state"


def test_a_match_is_in_the_same_scene(data: Dataset) -> None:
    for one, other in zip(data.items[::2], data.items[1::2], strict=True):
        before, after = one.picture.scene, other.picture.scene
        assert (before.place, before.variant) == (after.place, after.variant)
        assert (one.facts["unseen"], other.facts["unseen"]) == (True, False)


def test_compounds_by_facts_alone_are_unseen_where_train_lacks_them(bench: Bench) -> None:
    learnt = [item(f"t{n}", *both) for n, both in enumerate([("car", "red"), ("cat", "blue"), ("car", "old")] * 3)]
    examined = [item("a", "car", "blue"), item("b", "car", "red"), item("c", "cat", "red"), item("d", "cat", "blue")]
    data = own(examined, learnt)
    test, _ = compounds(data)
    assert {each.id for each in test if each.unseen} == {"a", "c"}
    assert {each.at: each.phrases[0] for each in test}[0] == "a blue car"
    sheet = Compounds().measure(Oracle(data), data, bench)
    assert sheet["score"].tolist() == [1.0, 1.0]
    assert sheet.facts["shots"] == [0]  # there is nothing to add


def test_more_examples_keep_the_fewer() -> None:
    learnt = [item(f"t{n}", "car", "blue", unseen=True) for n in range(6)] + [item("s", "car", "red")]
    examined = [item("a", "car", "blue", unseen=True), item("b", "car", "red", unseen=False), item("c", "cat", "red")]
    test, train = compounds(own(examined, learnt))
    taught = lesson(train, test)
    assert taught.most == 6
    assert {each.id for each in taught.with_shots(0, 0)} == {"s"}
    few, more, others = ({each.id for each in taught.with_shots(*how)} for how in ((2, 0), (4, 0), (2, 1)))
    assert few < more
    assert len(few) == len(others) == 3


def test_examples_of_what_was_unseen_repair_it(bench: Bench) -> None:
    """Features that tell the compounds apart but share nothing between them."""
    pairs = [("car", "red"), ("cat", "blue"), ("cat", "red"), ("car", "blue")]
    learnt = [item(f"t{n}", *pairs[n % 4], unseen=n % 4 == 3) for n in range(48)]
    examined = [item(f"e{n}", *pairs[n % 4], unseen=n % 4 == 3) for n in range(16)]
    data = own(examined, learnt)

    class Separate(Oracle):
        def _embed(self, item: Item, classes: Sequence[str]) -> Tensor:
            noise = 0.02 * direction(item.id.encode(), self.width)
            return direction(item.captions[0].encode(), self.width) + noise

    exam = Compounds(shots=(0, 12))
    found = exam.grade(exam.measure(Separate(data), data, bench), Statistics())
    assert found["probe_0"].value < found["probe_12"].value == 1


def test_without_facts_or_without_a_match_it_is_refused(bench: Bench) -> None:
    plain = [replace(item("a", "car", "red"), facts={})]
    with pytest.raises(Refused, match="'concept' and 'attribute'"):
        Compounds().measure(Constant(), own(plain, []), bench)
    with pytest.raises(Refused, match="none of them has a match"):
        Compounds().measure(
            Constant(),
            own([item("a", "car", "red", unseen=True), item("b", "cat", "blue", unseen=True)], []),
            bench,
        )
    with pytest.raises(Refused, match="two concepts"):
        Compounds().measure(Constant(), own([item("a", "car", "red"), item("b", "car", "blue")], []), bench)


def test_every_unseen_compound_is_shown_once(data: Dataset, bench: Bench) -> None:
    exam, model = Compounds(shots=()), Habitual(data)
    (shown,) = exam.exhibits(exam.measure(model, data, bench), model, data, bench)
    truths = [pictured.caption.split(";")[0] for pictured in shown.pictures]
    assert len(truths) == len(set(truths)) == 12
    assert np.all(["; said: " in pictured.caption for pictured in shown.pictures])
