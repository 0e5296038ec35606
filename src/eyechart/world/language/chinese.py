"""Chinese by rule: measure words, what stands before 的, and the few sentences that a statement can become."""

from __future__ import annotations

from eyechart.world.language.chinese_words import (
    COLOURS,
    FACINGS,
    FEATURES,
    MATERIALS,
    MEDIA,
    NOUNS,
    NUMBERS,
    PLACES,
    POSES,
    RELATIONS,
    SIZES,
    STATES,
    STUFF,
    STYLES,
    TEXTURES,
    VERBS,
)
from eyechart.world.language.outline import Claim, Outline, Tongue, known_wording, outline
from eyechart.world.language.statement import And, Exists, In, Mention, Not, Or, Related, Statement, With

# Each said with a 的 of its own, in this order; colour, texture and material share one after them.
_APART = {"facing": FACINGS, "pose": POSES, "state": STATES, "size": SIZES}
WORDS = _APART | {"colour": COLOURS, "texture": TEXTURES, "material": MATERIALS, "style": STYLES}


def number(count: int) -> str:
    """As a word up to twelve, as it stands before a measure word."""
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def phrase(mention: Mention, count: int = 0, *, lead: str = "") -> str:
    """Such as 一辆小的红色的汽车; a `lead` stands for the number (这), "bare" for number and measure word."""
    measure, noun = NOUNS[mention.concept]
    if lead == "bare":
        counted = ""
    elif lead:
        counted = lead + measure
    else:
        counted = {0: "一", 1: "恰好一"}.get(count, number(count)) + measure
    words = counted + _before(mention) + noun
    return f"{words}的{STYLES[mention.style]}" if mention.style else words


def _before(mention: Mention) -> str:
    """All that is said of it before the noun."""
    said = [f"写着“{mention.text}”"] if mention.text else []
    if mention.skin:
        said.append(f"布满{NOUNS[mention.skin][1]}图案")
    said += [words[word] for name, words in _APART.items() if (word := getattr(mention, name))]
    look, material = _look(mention), MATERIALS[mention.material] if mention.material else ""
    if mention.concept == "person" and look:
        said.append(f"穿{look}衣服")
        look = ""
    if look or material:
        said.append(look + material)
    return "".join(f"{words}的" for words in said)


def _look(mention: Mention) -> str:
    """Colour and texture: 红色条纹, 纯红色, 纯色."""
    colour = COLOURS[mention.colour] if mention.colour else ""
    if mention.texture == "plain" and colour:
        return f"纯{colour}"
    return colour + (TEXTURES[mention.texture] if mention.texture else "")


# --------------------------------------------------------------------------------------------------------------------
# Parts of sentences


def _shown(claim: Claim) -> str:
    """As something that can be seen: 一棵树左边的一只猫."""
    if isinstance(claim, Exists):
        return phrase(claim.subject, claim.count)
    one, other = phrase(claim.subject), phrase(claim.object)
    if claim.relation == "and":
        return f"{one}和{other}"
    if claim.relation in RELATIONS:
        return f"{other}{RELATIONS[claim.relation]}的{one}"
    return f"{_verb(claim.relation, other)}的{one}"


def _related(claim: Related, *, lead: str = "") -> str:
    """As a sentence: 一只猫在一棵树的左边."""
    one, other = phrase(claim.subject, lead=lead), phrase(claim.object)
    if claim.relation in RELATIONS:
        return f"{one}在{other}的{RELATIONS[claim.relation]}"
    return f"{one}和{other}" if claim.relation == "and" else one + _verb(claim.relation, other)


def _verb(relation: str, other: str) -> str:
    verb = VERBS[relation]
    return verb.format(other) if "{}" in verb else verb + other


def _found(claim: Claim) -> str:
    """As something that there is: 有一只猫在一棵树的左边."""
    return f"有{_shown(claim) if isinstance(claim, Exists) else _related(claim)}"


def _missing(claim: Claim) -> str:
    if isinstance(claim, Exists):
        if claim.count:
            return f"并非{'' if claim.count == 1 else '恰好'}有{phrase(claim.subject, claim.count)}"
        return f"没有{'' if claim.subject.concept else '任何'}{phrase(claim.subject, lead='bare')}"
    return f"没有{'同时出现' if claim.relation == 'and' else ''}{_related(claim, lead='bare')}"


def _missings(claims: list[Claim]) -> str:
    if len(claims) < 2:
        return "".join(map(_missing, claims))
    return "既" + "也".join(map(_missing, claims))


def _there(plan: Outline) -> str:
    """All the things, after the place: 有一辆汽车和两只猫，但没有狗."""
    if isinstance(plan.lone, Related) and plan.lone.relation in RELATIONS:
        lone = plan.lone
        return f"{phrase(lone.object)}的{RELATIONS[lone.relation]}有{phrase(lone.subject)}"
    simple = all(isinstance(claim, Exists) for claim in plan.claims)
    found = ["有" + _listed([_shown(claim) for claim in plan.claims])] if simple else list(map(_found, plan.claims))
    found = found if plan.claims else []
    found += ["有" + "或者".join(map(_shown, choice)) for choice in plan.choices]
    missing = _missings(plan.denied)
    return "，还".join(found) + ("，但" if found and missing else "") + missing


def _listed(words: list[str]) -> str:
    return "和".join(filter(None, ("、".join(words[:-1]), *words[-1:])))


def _features(plan: Outline) -> str:
    """What the place has besides, after a comma."""
    has = [FEATURES[part.feature][0] for part in plan.features]
    lacks = [FEATURES[part.feature][1] for part in plan.lacking]
    return f"，那里{'，'.join((*has, *lacks))}" if has or lacks else ""


def _place(plan: Outline) -> str:
    return "、".join((*(PLACES[part.place] for part in plan.places), *(_not_in(part) for part in plan.elsewhere)))


def _not_in(part: In) -> str:
    return f"不在{PLACES[part.place]}"


# --------------------------------------------------------------------------------------------------------------------
# Whole sentences


def say(statement: Statement, wording: str) -> str:
    """The statement in Chinese, without a full stop."""
    known_wording(wording)
    plan = outline(statement)
    if plan is None:
        return _clause(statement)
    if exception := plan.exception():
        where = _place(plan)
        return f"{where}，{_is_not(*exception)}{_features(plan)}" if where else _is_not(*exception) + _features(plan)
    if not plan.things:
        return _empty(plan, wording)
    if wording in MEDIA:
        return _depicted(plan, wording)
    saying = {"bare": _bare, "place first": _place_first, "there is": _there_is, "sentence": _sentence}[wording]
    return saying(plan) + _features(plan)


def _bare(plan: Outline) -> str:
    if plan.denied or plan.choices or plan.elsewhere:
        return _there_is(plan)
    many = len(plan.claims) > 1 and any(isinstance(claim, Related) for claim in plan.claims)
    if many:
        return _there_is(plan)
    return "的".join(filter(None, (_place(plan), _listed([_shown(claim) for claim in plan.claims]))))


def _place_first(plan: Outline) -> str:
    if not plan.places:
        return _there_is(plan)
    lone = plan.lone
    there = _related(lone) if isinstance(lone, Related) and lone.relation != "and" else _there(plan)
    return f"在{_place(plan)}，{there}"


def _there_is(plan: Outline) -> str:
    there, where = _there(plan), _place(plan)
    joint = "，" if where and (plan.elsewhere or not there.startswith(("有", "没有"))) else ""
    return where + joint + there


def _sentence(plan: Outline) -> str:
    lone, where = plan.lone, _place(plan)
    if isinstance(lone, Related) and lone.relation != "and":
        return "，".join(filter(None, (where, _related(lone))))
    if isinstance(lone, Exists) and plan.places and not plan.elsewhere:
        return f"{_shown(lone)}在{where}"
    return _there_is(plan)


def _depicted(plan: Outline, medium: str) -> str:
    measure, noun = MEDIA[medium]
    lone, besides = plan.lone, plan.elsewhere or plan.features or plan.lacking
    if isinstance(lone, Exists) and not lone.count and not besides:
        shown = "的".join(filter(None, (_place(plan), phrase(lone.subject, lead="bare"))))
        return f"一{measure}{shown}的{noun}"
    return f"一{measure}{noun}：{_there_is(plan)}{_features(plan)}"


def _empty(plan: Outline, wording: str) -> str:
    """Nothing is said of things."""
    where = "、".join(filter(None, (_place(plan) and ("" if plan.elsewhere else "在") + _place(plan),)))
    frame = f"一{''.join(MEDIA[wording])}：" if wording in MEDIA else "这是" if wording == "sentence" else ""
    return frame + (where + _features(plan)).removeprefix("，")


def _is_not(mention: Mention, attribute: str, word: str) -> str:
    the = phrase(mention, lead="那")
    if attribute == "text":
        return f"{the}上写的不是“{word}”"
    if attribute == "skin":
        return f"{the}上没有{NOUNS[word][1]}图案"
    said = WORDS[attribute][word]
    if mention.concept == "person" and attribute in ("colour", "texture"):
        return f"{the}穿的不是{said}衣服"
    return f"{the}不是{said}" + ("" if attribute == "style" else "的")


def _clause(statement: Statement) -> str:
    """Any statement, however deep."""
    match statement:
        case Not(of=inner):
            return f"并非（{_clause(inner)}）"
        case And(parts=parts):
            return "并且".join(f"（{_clause(part)}）" for part in parts)
        case Or(parts=parts):
            return "或者".join(f"（{_clause(part)}）" for part in parts)
        case In(place=place):
            return f"这是在{PLACES[place]}"
        case With(feature=feature):
            return FEATURES[feature][0]
        case _:
            return say(statement, "there is")


def ask(statement: Statement) -> str:
    """Whether it is so."""
    return f"图中是不是{say(statement, 'there is')}？"


CHINESE = Tongue(
    say=say,
    ask=ask,
    some=phrase,
    the=lambda mention: phrase(mention, lead="这"),
    many=lambda mention: phrase(mention, lead="bare"),
    number=lambda count: number(count) if count != 2 else "二",
    place=PLACES.__getitem__,
    words=WORDS | {"material": STUFF},
    questions={
        "what": "图中有什么？",
        "colour": "{the}是什么颜色的？",
        "texture": "{the}是什么图案的？",
        "colour of clothes": "{the}穿什么颜色的衣服？",
        "texture of clothes": "{the}穿什么图案的衣服？",
        "material": "{the}是用什么做的？",
        "state": "{the}是{one}的还是{other}的？",
        "count": "图中有多少{many}？",
        "place": "这是在哪里？",
        "compare": "图中{one}比{other}多吗？",
        "text": "{the}上写着什么？",
        "left of": "{the}的左边有什么？",
        "right of": "{the}的右边有什么？",
        "above": "{the}的上方有什么？",
        "below": "{the}的下方有什么？",
        "in front of": "{the}的前面有什么？",
        "behind": "{the}的后面有什么？",
        "on": "{the}上面有什么？",
        "under": "{the}底下有什么？",
        "inside": "{the}里面有什么？",
        "holding": "什么拿着{the}？",
        "held by": "{the}拿着什么？",
    },
    yes="是",
    no="否",
)
