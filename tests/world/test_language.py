"""What is said of a scene is checked by reading the words again and working out from the coordinates what is so."""

import re
from collections import Counter
from dataclasses import replace
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eyechart.errors import BadInput, UnknownName
from eyechart.world import World
from eyechart.world.concept import STATES
from eyechart.world.concepts import CONCEPTS, NAMES, TAXONOMY
from eyechart.world.dice import Dice
from eyechart.world.language import MEDIA, WORDINGS, captions, chinese_words, falsehoods, say, tell_apart
from eyechart.world.language.contrasts import CHANGES, contrasts
from eyechart.world.language.english import phrase, plural, with_article
from eyechart.world.language.sights import absent, countable
from eyechart.world.language.statement import And, Exists, In, Mention, Not, Or, Related, With
from eyechart.world.language.telling import tellings
from eyechart.world.painting.palette import COLOURS, MATERIALS, STYLES, TEXTURES
from eyechart.world.places import FEATURES, PLACES
from eyechart.world.scene import RELATIONS, Scene, Thing

seeds = st.integers(0, 10**6)
CAR, CAT, TREE = Mention(concept="car"), Mention(concept="cat"), Mention(concept="tree")
RED = Thing(concept="car", colour="red", side=0.4, x=0.25, y=0.5)
BLUE = Thing(concept="tree", colour="blue", side=0.3, x=0.8, y=0.5)
PARK = Scene(place="park", variant=0, things=(RED, BLUE))


def differing(one, other):
    """In which facts two readings differ; the words of all things are compared together."""
    names = [name for name in ("place", "features", "lacking") if getattr(one, name) != getattr(other, name)]
    words = [
        sorted(f"{name}={word}" for said in said_of(reading) for name, word in said.items()) for reading in (one, other)
    ]
    relations = [Counter(claim[1] for claim in (*reading.claims, *reading.denied)) for reading in (one, other)]
    gone, come = (Counter(words[a]) - Counter(words[b]) for a, b in ((0, 1), (1, 0)))
    facts = sorted({fact.split("=")[0] for fact in (*gone, *come)})
    return [*names, *facts, *(["relation"] if relations[0] != relations[1] else [])]


def said_of(reading):
    return [part for claim in (*reading.claims, *reading.denied) for part in claim if isinstance(part, dict)]


@settings(max_examples=150, deadline=None)
@given(seed=seeds)
def test_what_is_called_true_holds(seed, reader, scene_of):
    scene = scene_of(seed)
    told = captions(scene, Dice(seed, 2))
    assert len(set(told)) == 5
    for caption in told:
        assert reader.true_of(reader.read(caption), scene), caption


@settings(max_examples=150, deadline=None)
@given(seed=seeds)
def test_what_is_called_false_does_not_hold(seed, reader, scene_of):
    scene = scene_of(seed)
    told = falsehoods(scene, Dice(seed, 3))
    assert 3 <= len(told) <= 5
    for false in told:
        assert not reader.true_of(reader.read(false.text), scene), false


@settings(max_examples=150, deadline=None)
@given(seed=seeds)
def test_a_statement_holds_exactly_when_its_words_are_true(seed, reader, scene_of):
    scene, elsewhere = scene_of(seed), scene_of(seed + 1)
    for statement, wording in islice(tellings(scene, Dice(seed, 4)), 6):
        assert statement.holds(scene)
        assert statement.holds(elsewhere) == reader.true_of(reader.read(say(statement, wording)), elsewhere)


@settings(max_examples=150, deadline=None)
@given(seed=seeds)
def test_a_falsehood_is_wrong_in_exactly_one_fact(seed, reader, scene_of):
    scene = scene_of(seed)
    for contrast in contrasts(scene, Dice(seed, 3)):
        true, false = (reader.read(say(one)) for one in (contrast.true, contrast.false))
        assert reader.true_of(true, scene)
        assert not reader.true_of(false, scene)
        expected = {
            "feature": ["features", "lacking"],
            "swap": [],  # all words stay, at other things
            "roles": [],
            "negation": [],
            "count": ["relation"] if scene.things else [],  # the number stands where a relation would
        }.get(contrast.change, [contrast.change])
        assert differing(true, false) == expected, (contrast.change, say(contrast.true), say(contrast.false))
        assert true != false


def test_every_kind_of_fact_is_told_wrong_somewhere(scene_of):
    changes = Counter(false.change for seed in range(400) for false in falsehoods(scene_of(seed), Dice(seed, 3)))
    assert set(changes) == set(CHANGES)


def test_captions_are_of_many_lengths_and_tell_what_matters(scene_of):
    scenes = [scene for scene in map(scene_of, range(300)) if scene.things]
    told = [captions(scene, Dice(index, 2)) for index, scene in enumerate(scenes)]
    assert len({five[0] for five in told}) > 0.95 * len(told)
    lengths = {len(caption.split()) for five in told for caption in five}
    assert min(lengths) == 2
    assert max(lengths) >= 20
    for five, scene in zip(told, scenes, strict=True):
        assert any(PLACES[scene.place].phrase in caption for caption in five)
        main = scene.main
        assert main.skin or any(main.colour in caption and main.concept in caption for caption in five)
    logic = re.compile(r"\b(no|not|neither|or)\b")
    assert 0.2 < sum(any(map(logic.search, five)) for five in told) / len(told) < 0.45


def test_the_prompts_of_the_exams_occur_in_the_captions(scene_of):
    texts = {caption for seed in range(600) for caption in captions(scene_of(seed), Dice(seed, 2))}
    assert sum(f"a photo of {phrase(Mention(concept=name))}" in texts for name in NAMES) > 10


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (Mention(concept="umbrella"), "an umbrella"),
        (Mention(concept="apple", state="bitten"), "a bitten apple"),
        (Mention(concept="lamp", state="unlit"), "an unlit lamp"),
        (Mention(concept="scissors", colour="red", size="small"), "a pair of small red scissors"),
        (Mention(concept="grapes", colour="purple"), "a bunch of purple grapes"),
        (Mention(concept="cat", state="asleep", facing="left"), "a sleeping cat facing left"),
        (Mention(concept="cup", pose="upside down"), "an upside-down cup"),
        (Mention(concept="person", colour="red", texture="striped"), "a person in striped red"),
        (Mention(concept="person", texture="dotted"), "a person in dotted clothes"),
        (Mention(concept="sign", text="OPEN"), 'a sign that says "OPEN"'),
        (Mention(concept="chair", material="wooden", style="sketch"), "a sketch of a wooden chair"),
        (Mention(concept="cat", skin="leaf"), "a cat covered with little leaves"),
        (Mention(colour="red"), "a red thing"),
        (Mention(), "something"),
        (Mention(concept="furniture"), "a piece of furniture"),
    ],
)
def test_noun_phrases_are_good_english(said, words):
    assert phrase(said) == words


def test_plurals_and_articles_are_right():
    odd = {
        "person": "people",
        "fish": "fish",
        "leaf": "leaves",
        "cactus": "cacti",
        "butterfly": "butterflies",
        "bus": "buses",
        "box": "boxes",
        "ice cream": "ice creams",
        "key": "keys",
        "mushroom": "mushrooms",
    }
    assert {name: plural(name) for name in odd} == odd
    assert phrase(Mention(concept="scissors"), 2) == "two pairs of scissors"
    assert phrase(Mention(concept="apple", colour="red"), 13) == "13 red apples"
    assert phrase(Mention(concept="cat", style="sketch"), 3) == "three sketches of cats"
    sounds = ("hour", "unicorn", "unlit lamp", "one-eyed cat", "european", "uninhabited house", "hat", "egg")
    assert [with_article(word).split()[0] for word in sounds] == ["an", "a", "an", "a", "a", "an", "a", "an"]


def test_the_worlds_own_pictures_are_told_right(reader):
    for index in range(150):
        scene = World()[index].scene
        assert all(reader.true_of(reader.read(text), scene) for text in captions(scene, Dice(index, 2)))
        assert not any(reader.true_of(reader.read(false.text), scene) for false in falsehoods(scene, Dice(index, 3)))


ON = Related(subject=CAT, relation="on", object=Mention(concept="table"))
NO_CAT, RIVER = Not(of=Exists(subject=CAT)), With(feature="river")
HERE = In(place="park")


@pytest.mark.parametrize(
    ("statement", "wording", "english", "chinese"),
    [
        (And(parts=(Exists(subject=CAR), HERE)), "bare", "a car in a park", "公园里的一辆汽车"),
        (And(parts=(Exists(subject=CAR), HERE)), "there is", "there is a car in a park", "公园里有一辆汽车"),
        (And(parts=(Exists(subject=CAR), HERE)), "place first", "in a park, a car", "在公园里，有一辆汽车"),
        (And(parts=(Exists(subject=CAR), HERE)), "sentence", "a car is in a park", "一辆汽车在公园里"),
        (And(parts=(Exists(subject=CAR), HERE)), "photo", "a photo of a car in a park", "一张公园里的汽车的照片"),
        (ON, "bare", "a cat on a table", "一张桌子上面的一只猫"),
        (ON, "sentence", "a cat is on a table", "一只猫在一张桌子的上面"),
        (ON, "there is", "there is a cat on a table", "一张桌子的上面有一只猫"),
        (Not(of=ON), "there is", "there is no cat on a table", "没有猫在一张桌子的上面"),
        (Exists(subject=CAR, count=2), "there is", "there are two cars", "有两辆汽车"),
        (And(parts=(NO_CAT, HERE)), "there is", "there is no cat in a park", "公园里没有猫"),
        (And(parts=(Exists(subject=CAR), NO_CAT)), "bare", "a car but no cat", "有一辆汽车，但没有猫"),
        (
            And(parts=(NO_CAT, Not(of=Exists(subject=CAR)))),
            "there is",
            "there is neither a cat nor a car",
            "既没有猫也没有汽车",
        ),
        (Or(parts=(Exists(subject=CAR), Exists(subject=CAT))), "bare", "a car or a cat", "有一辆汽车或者一只猫"),
        (
            And(parts=(Exists(subject=CAR, count=1), Not(of=Exists(subject=replace(CAR, colour="red"))), HERE)),
            "sentence",
            "in a park, the car is not red",
            "公园里，那辆汽车不是红色的",
        ),
        (
            And(parts=(Exists(subject=CAR), HERE, RIVER, Not(of=With(feature="rainbow")))),
            "bare",
            "a car in a park with a river but without a rainbow",
            "公园里的一辆汽车，那里有一条小河，没有彩虹",
        ),
        (
            And(parts=(Exists(subject=CAR), Exists(subject=CAT, count=2), Exists(subject=TREE))),
            "bare",
            "a car, two cats and a tree",
            "一辆汽车、两只猫和一棵树",
        ),
        (
            Related(subject=Mention(concept="person"), relation="holding", object=Mention(concept="umbrella")),
            "sentence",
            "a person is holding an umbrella",
            "一个人拿着一把雨伞",
        ),
        (
            And(parts=(Not(of=Exists(subject=Mention())), HERE)),
            "there is",
            "there is nothing in a park",
            "公园里没有任何东西",
        ),
        (
            Not(of=And(parts=(Exists(subject=CAR), RIVER))),
            "bare",
            "it is not true that both there is a car, and there is a river",
            "并非（（有一辆汽车）并且（有一条小河））",
        ),
    ],
)
def test_one_statement_is_said_in_two_languages(statement, wording, english, chinese):
    assert say(statement, wording) == english
    assert say(statement, wording, "zh") == chinese


# --------------------------------------------------------------------------------------------------------------------
# Chinese


def test_chinese_has_a_word_for_everything():
    assert set(NAMES) | set(TAXONOMY) | set(TAXONOMY.values()) <= set(chinese_words.NOUNS)
    states = {state for pair in STATES for state in pair} | {s for c in CONCEPTS.values() for s in c.states}
    tables = {
        "COLOURS": COLOURS,
        "TEXTURES": TEXTURES,
        "MATERIALS": MATERIALS,
        "STUFF": MATERIALS,
        "STYLES": STYLES,
        "STATES": states,
        "PLACES": PLACES,
        "FEATURES": FEATURES,
        "SIZES": ("small", "large"),
        "POSES": ("upright", "upside down", "tilted"),
        "FACINGS": ("left", "right"),
        "MEDIA": MEDIA,
    }
    for name, words in tables.items():
        table = getattr(chinese_words, name)
        assert not set(words) - set(table), name
        assert len(set(map(str, table.values()))) == len(table), name
    assert set(RELATIONS) == set(chinese_words.RELATIONS) | set(chinese_words.VERBS)
    nouns = [noun for _, noun in chinese_words.NOUNS.values()]
    assert len(set(nouns)) == len(nouns)


def test_english_has_a_word_for_everything(reader):
    """And each is read back as what was meant."""
    attributes = {"colour": COLOURS, "texture": TEXTURES, "material": MATERIALS, "size": ("small", "large")}
    attributes |= {"style": STYLES, "pose": ("upright", "upside down", "tilted"), "facing": ("left", "right")}
    attributes |= {"state": {state for concept in CONCEPTS.values() for state in concept.states}}
    for name, words in attributes.items():
        for word in words:
            text = phrase(Mention(concept="egg", **{name: word}))
            assert reader.read(text).claims == [({"concept": "egg", name: word}, 0)], text
    for concept in NAMES:
        assert reader.read(phrase(Mention(concept=concept))).claims == [({"concept": concept}, 0)]
        assert reader.read(f"there are {phrase(Mention(concept=concept), 2)}").claims == [({"concept": concept}, 2)]
    for place in PLACES:
        for feature in FEATURES:
            read = reader.read(say(And(parts=(In(place=place), With(feature=feature)))))
            assert (read.place, read.features) == (place, (feature,))


def characters():
    words = [value for name, value in vars(chinese_words).items() if name.isupper()]
    flat = str([list(value.values()) if isinstance(value, dict) else value for value in words])
    return set(flat) | set("的有没在和或者但还不是既也那里这恰好一着写布满图案穿衣服纯张幅任何同时出现、，：“”")


@settings(max_examples=80, deadline=None)
@given(seed=seeds)
def test_chinese_is_chinese(seed, scene_of):
    scene = scene_of(seed)
    told = captions(scene, Dice(seed, 2), "zh")
    lies = [false.text for false in falsehoods(scene, Dice(seed, 3), "zh")]
    assert len(set(told)) == 5
    for text in (*told, *lies):
        plain = re.sub("“[^”]*”", "“”", text)
        assert not re.search(r"[ -~]", plain), text
        assert not set(plain) - characters(), text


def test_what_differs_in_english_differs_in_chinese(scene_of):
    tongues = {}
    for seed in range(400):
        scene = scene_of(seed)
        said = [statement for statement, _ in islice(tellings(scene, Dice(seed, 2)), 6)]
        said += [one for contrast in contrasts(scene, Dice(seed, 3)) for one in (contrast.true, contrast.false)]
        for statement in said:
            for wording in ("there is", "sentence"):
                text = say(statement, wording, "zh")
                assert tongues.setdefault((wording, text), say(statement, wording)) == say(statement, wording), text


def test_both_languages_tell_the_same(scene_of):
    """Each attribute that the English words give is found in the Chinese ones."""
    tables = [chinese_words.COLOURS, chinese_words.TEXTURES, chinese_words.STATES, chinese_words.STYLES]
    for seed in range(200):
        for statement, wording in islice(tellings(scene_of(seed), Dice(seed, 2)), 6):
            english, chinese = say(statement, wording), say(statement, wording, "zh")
            for word, written in ((word, written) for table in tables for word, written in table.items()):
                if word in english.split() and word not in ("plain", "flat", "outlined", "textured"):
                    assert written in chinese, (english, chinese)


# --------------------------------------------------------------------------------------------------------------------
# Two scenes


@pytest.mark.parametrize(
    ("changes", "first", "second"),
    [
        ({"colour": "green"}, "there is a red car", "there is a green car"),
        ({"texture": "dotted"}, "there is a plain car", "there is a dotted car"),
        ({"material": "wooden"}, "there is a painted car", "there is a wooden car"),
        ({"state": "broken"}, "there is a whole car", "there is a broken car"),
        ({"side": 0.7}, "there is a small car", "there is a large car"),
        ({"style": "sketch"}, "there is an outlined drawing of a car", "there is a sketch of a car"),
        ({"concept": "bus"}, "there is a car", "there is a bus"),
        ({"flipped": True}, "there is a car facing right", "there is a car facing left"),
        ({"turn": 180.0}, "there is an upright car", "there is an upside-down car"),
        ({"x": 0.95, "y": 0.45, "side": 0.1}, None, None),
    ],
)
def test_two_scenes_are_told_apart_by_the_one_fact(changes, first, second, reader):
    other = replace(PARK, things=(replace(RED, **changes), BLUE))
    told = tell_apart(PARK, other)
    assert first is None or told == (first, second)
    scenes = (PARK, other)
    assert [[reader.true_of(reader.read(text), scene) for scene in scenes] for text in told] == [
        [True, False],
        [False, True],
    ]
    assert tell_apart(other, PARK) == told[::-1]
    assert len(set(tell_apart(PARK, other, "zh"))) == 2


def test_scenes_are_told_apart_by_place_company_number_and_where_things_are(reader):
    beyond = replace(RED, x=0.97, side=0.2)
    swapped = replace(PARK, things=(replace(RED, concept="tree", colour="blue"), replace(BLUE, colour="red")))
    scenes = {
        "there is a red car on a beach": replace(PARK, place="beach"),
        "there is a red car in a park with a river": replace(PARK, features=("river",)),
        "there is no tree": replace(PARK, things=(RED,)),
        "there is a cat": replace(PARK, things=(RED, BLUE, replace(BLUE, concept="cat", x=0.5))),
        "there are two trees": replace(PARK, things=(RED, BLUE, replace(BLUE, y=0.9))),
        "there is a car right of a tree": replace(PARK, things=(replace(beyond, side=0.4), replace(BLUE, x=0.5))),
    }
    for text, other in scenes.items():
        told = tell_apart(PARK, other)
        assert told[1] == text
        assert not reader.true_of(reader.read(told[0]), other)
        assert tell_apart(other, PARK) == told[::-1]
    pair = replace(PARK, things=(replace(BLUE, x=0.2), replace(BLUE, colour="red")))
    turned = replace(PARK, things=(replace(BLUE, x=0.2, colour="red"), BLUE))
    assert tell_apart(pair, turned) == ("there is a blue tree left of a tree", "there is a red tree left of a tree")
    assert tell_apart(PARK, swapped)


def test_every_twin_is_told_from_its_picture(reader):
    world = World()
    for index in range(8):
        scene = world[index].scene
        for change in world.changes(index):
            twin = world.twin(index, change).scene
            said = [reader.read(text) for text in tell_apart(scene, twin)]
            assert [reader.true_of(one, scene) for one in said] == [True, False], change
            assert [reader.true_of(one, twin) for one in said] == [False, True], change


def test_scenes_that_words_cannot_tell_apart_are_refused():
    with pytest.raises(BadInput, match="are the same"):
        tell_apart(PARK, PARK)
    with pytest.raises(BadInput, match="nothing that words can tell"):
        tell_apart(PARK, replace(PARK, variant=1))
    with pytest.raises(BadInput, match="nothing that words can tell"):
        tell_apart(PARK, replace(PARK, things=(replace(RED, x=0.26), BLUE)))


@settings(max_examples=150, deadline=None)
@given(seed=seeds, other_seed=seeds)
def test_any_two_scenes_are_told_apart_or_refused(seed, other_seed, reader, scene_of):
    one, other = scene_of(seed), scene_of(other_seed)
    try:
        first, second = (reader.read(text) for text in tell_apart(one, other))
    except BadInput:
        return
    assert reader.true_of(first, one)
    assert reader.true_of(second, other)
    assert not reader.true_of(first, other)
    assert not reader.true_of(second, one)


# --------------------------------------------------------------------------------------------------------------------
# Statements


def test_a_relation_holds_only_in_its_direction():
    tree = replace(TREE, colour="blue")
    assert Related(subject=CAR, relation="left of", object=TREE).holds(PARK)
    assert And(parts=(Related(subject=tree, relation="right of", object=CAR), In(place="park"))).holds(PARK)
    assert not Related(subject=tree, relation="left of", object=CAR).holds(PARK)
    assert not Related(subject=CAR, relation="above", object=TREE).holds(PARK)
    assert not And(parts=(Related(subject=CAR, relation="left of", object=TREE), In(place="sea"))).holds(PARK)


def test_a_statement_may_name_a_kind_or_any_thing_and_count_them():
    assert Exists(subject=Mention(concept="vehicle")).holds(PARK)
    assert Exists(subject=Mention(), count=2).holds(PARK)
    assert not Exists(subject=Mention(concept="entity"), count=1).holds(PARK)
    assert Exists(subject=Mention(colour="red"), count=1).holds(PARK)
    assert not Exists(subject=Mention(concept="animal")).holds(PARK)
    skinned = replace(PARK, things=(replace(RED, skin="cat"), BLUE))
    assert not Exists(subject=Mention(concept="car", colour="red")).holds(skinned)
    assert Exists(subject=Mention(concept="car", skin="cat")).holds(skinned)


def test_two_things_are_not_one_and_the_same():
    both = Related(subject=CAR, relation="and", object=Mention(colour="red"))
    assert not both.holds(PARK)
    assert both.holds(replace(PARK, things=(RED, BLUE, replace(BLUE, colour="red"))))


def test_nobody_denies_or_counts_what_the_place_or_a_part_of_a_thing_shows():
    person = Thing(concept="person", colour="red", side=0.5, x=0.5, y=0.5)
    forest = Scene(place="forest", variant=0, things=(person, replace(BLUE, concept="shirt")))
    assert not {"tree", "leaf", "person", "shirt", "shoe", "trousers"} & set(absent(forest))
    assert {"car", "whale", "fish"} <= set(absent(forest))
    assert not countable(forest, "shirt")
    assert not countable(forest, "tree")
    assert countable(forest, "person")


def test_what_a_skin_or_a_silhouette_hides_is_not_spoken_of(reader):
    hidden = {"silhouette": {"texture", "material", "state", "text"}, "sketch": {"material"}}
    sign = Thing(concept="sign", colour="red", texture="dotted", material="stone", side=0.5, x=0.5, y=0.5, text="OPEN")
    for style, names in hidden.items():
        scene = replace(PARK, things=(replace(sign, style=style),))
        for seed in range(30):
            lies = [contrast.true for contrast in contrasts(scene, Dice(seed, 3))]
            for statement in [*lies, *(one for one, _ in islice(tellings(scene, Dice(seed, 2)), 6))]:
                assert not any(names & set(said) for said in said_of(reader.read(say(statement))))
    scene = replace(PARK, things=(replace(sign, skin="cat"),))
    for seed in range(30):
        for statement, _ in islice(tellings(scene, Dice(seed, 2)), 6):
            read = said_of(reader.read(say(statement)))
            assert not any({"colour", "texture"} & set(said) for said in read if said["concept"] == "sign")


def test_what_cannot_be_said_is_refused():
    with pytest.raises(UnknownName, match="language"):
        captions(PARK, Dice(0, 0), "xx")
    with pytest.raises(BadInput, match="no wording is called 'loudly'"):
        say(In(place="park"), "loudly")
    assert {say(In(place="park"), wording) for wording in WORDINGS} == {
        "a place in a park",
        "there is a place in a park",
    }
