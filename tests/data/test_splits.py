"""What is examined, learnt from and drawn, by digest alone."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eyechart.core import Dataset, Item
from eyechart.data.pictures import Barred, Encoded, File
from eyechart.data.splits import apart, beside, carve, chosen, draw, examined, few, learnt, sound, told_by
from eyechart.errors import BadInput


def items(count, classes=4, group=0, prefix=""):
    return [
        Item(
            id=f"{prefix}{n:03d}",
            picture=Encoded(f"{prefix}{n}".encode()),
            label=n % classes if classes else None,
            group=f"{prefix}g{n // group}" if group else "",
        )
        for n in range(count)
    ]


def dataset(found, classes=4, **more):
    return Dataset(name="made", split="test", revision="1", items=found, classes=tuple("abcdefgh"[:classes]), **more)


def ids(found):
    return [item.id for item in found]


@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(st.integers(0, 60), st.integers(0, 5), st.integers(0, 7), st.floats(0, 0.99), st.randoms())
def test_carving_does_not_depend_on_the_order_and_tears_no_group(count, classes, group, share, rng):
    whole = items(count, classes, group)
    tests, trains = carve(whole, share)
    assert sorted(ids(tests) + ids(trains)) == ids(whole)
    assert not {item.cluster for item in tests} & {item.cluster for item in trains}
    shuffled = rng.sample(whole, count)
    assert set(ids(carve(shuffled, share)[0])) == set(ids(tests))
    assert ids(tests) == sorted(ids(tests))  # each side keeps the order of the items


def test_carving_takes_its_share_of_every_class():
    _, trains = carve(items(200, 4), 0.3)
    assert Counter(item.label for item in trains) == {0: 15, 1: 15, 2: 15, 3: 15}


def test_carving_is_no_matter_of_position():
    _, trains = carve(items(400, 1), 0.5)
    firsts = sum(int(item.id) < 200 for item in trains)
    assert 70 < firsts < 130
    evens = sum(int(item.id) % 2 for item in trains)
    assert 70 < evens < 130


def test_a_draw_is_stratified_nested_and_in_order():
    whole = items(90, 3)
    small, large = draw(whole, 12), draw(whole, 31)
    assert Counter(item.label for item in small) == {0: 4, 1: 4, 2: 4}
    assert len(large) == 31
    assert set(ids(small)) < set(ids(large))
    assert ids(large) == sorted(ids(large))
    assert set(ids(draw(random.Random(0).sample(whole, 90), 12))) == set(ids(small))
    assert ids(draw(whole, 12, seed=1)) != ids(small)
    assert draw(whole, 90) is whole
    assert draw(whole, 1000) is whole
    assert len(draw(items(50, 0), 7)) == 7


def test_a_draw_of_unequal_classes_keeps_their_proportions():
    whole = items(80, 1) + [Item(id=f"x{n}", picture=Barred("x"), label=1) for n in range(20)]
    assert Counter(item.label for item in draw(whole, 10)) == {0: 8, 1: 2}


def test_shots_are_ids_of_every_class_and_larger_draws_hold_smaller():
    data = dataset(items(40))
    two, four = few(data, 2), few(data, 4)
    labels = {item.id: item.label for item in data.items}
    assert Counter(labels[identity] for identity in four) == {0: 4, 1: 4, 2: 4, 3: 4}
    assert set(two) < set(four)
    assert few(data, 2) == two
    assert few(data, 2, seed=7) != two
    assert [item.id for item in chosen(data, four).items] == list(four)


def test_shots_come_from_as_many_groups_as_there_are():
    data = dataset(items(40, 1, group=10), classes=1)
    groups = {item.id: item.group for item in data.items}
    assert len({groups[identity] for identity in few(data, 4)}) == 4


def test_too_many_shots_are_refused_with_the_class_that_lacks_them():
    with pytest.raises(BadInput, match=r"11 shots.*'a' has 10 items \(4 too few\)"):
        few(dataset(items(40)), 11)
    with pytest.raises(BadInput, match="no item 'nobody'"):
        chosen(dataset(items(4)), ["001", "nobody"])


def test_what_is_learnt_from_is_never_examined():
    tests = items(10, 1, group=2)
    twin = Item(id="twin", picture=Encoded(b"3"), label=0)
    same_id = Item(id="004", picture=Encoded(b"new"), label=0)
    same_group = Item(id="kin", picture=Encoded(b"newer"), label=0, group="g1")
    other = Item(id="other", picture=Encoded(b"newest"), label=0)
    train = [twin, same_id, same_group, other]
    assert ids(apart(tests, train)) == ["twin", "other"]
    assert ids(apart(tests, train, by_picture=True)) == ["other"]


def test_what_cannot_be_read_is_not_thought_to_be_the_same(tmp_path):
    gone = [Item(id=name, picture=File(tmp_path / name)) for name in ("a", "b")]
    assert ids(apart(gone[:1], gone[1:], by_picture=True)) == ["b"]


def test_one_split_is_carved_where_there_are_labels():
    assert len(beside(dataset(items(40)), None).train) == 20
    assert beside(dataset(items(40, 0), classes=0), None).train is None
    assert len(beside(dataset(items(40, 0), classes=0), None, share=0.25).train) == 10
    assert beside(dataset(items(40)), None, share=0.0).train is None
    given = beside(dataset(items(4)), items(6, prefix="t"))
    assert len(given) == 4
    assert len(given.train) == 6
    assert given.train.split == "train"
    assert given.train.classes == given.classes


def test_carved_twins_are_not_learnt_from():
    twins = [Item(id=f"{n}", picture=Encoded(bytes([n // 2])), label=0) for n in range(40)]
    data = beside(dataset(twins, classes=1), None, by_picture=True)
    assert not {item.picture.digest() for item in data.items} & {item.picture.digest() for item in data.train.items}


@pytest.mark.parametrize(("broken", "reason"), [
    (lambda: dataset([]), "no pictures"),
    (lambda: dataset(items(2) + items(1)), "the id '000' occurs twice"),
    (lambda: dataset(items(6, 5)), "item '004' of made has the label 4; expected 0 to 3"),
    (lambda: Dataset(name="made", split="t", revision="", items=items(2), classes=("a", " ")), "no name .number 1."),
    (lambda: dataset(items(2), train=dataset(items(2) + items(1))), "occurs twice"),
])  # fmt: skip
def test_an_unsound_dataset_is_refused(broken, reason):
    with pytest.raises(BadInput, match=reason):
        sound(broken())


@pytest.mark.parametrize(("name", "split"), [
    ("test-00000-of-00001.parquet", "test"),
    ("data/train-3.parquet", "train"),
    ("val2017", "validation"),
    ("instances_val2017", "validation"),
    ("Validation", "validation"),
    ("dev", "validation"),
    ("latest", "all"),
    ("strain", "all"),
    ("contest.parquet", "all"),
])  # fmt: skip
def test_a_split_is_told_by_a_name(name, split):
    assert told_by(name) == split


def test_the_test_split_is_examined_and_the_train_split_learnt_from():
    assert examined(("train", "validation", "test"), None, "x") == "test"
    assert examined(("train", "validation"), None, "x") == "validation"
    assert examined(("train", "validation"), "val", "x") == "validation"
    assert examined(("train", "val"), "validation", "x") == "val"
    assert examined(("train", "odd"), "train", "x") == "train"
    with pytest.raises(BadInput, match="x has no split 'tets'; it has train, test"):
        examined(("train", "test"), "tets", "x")
    assert learnt(("train", "test"), "test", None) == "train"
    assert learnt(("train", "test"), "train", None) is None
    assert learnt(("train", "test", "extra"), "test", "extra") == "extra"
    assert learnt(("train", "test"), "test", "no") is None
