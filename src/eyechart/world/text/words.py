"""Plain words: common English ones in the order of how common they are, so that Zipf's law gives their frequencies."""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from itertools import accumulate

from eyechart.world.dice import Dice


def listed(text: str, between: str = " ") -> tuple[str, ...]:
    """The entries of a list that is written in one go."""
    return tuple(text.split(between))


# Short enough to be read at 64 pixels; everyday things, doings and qualities, the most usual first.
_LIST = """
    time year people way day man thing woman life child world school house hand part place work week case point home
    water room mother area money story fact month right study book eye word night side head door line end game law car
    city name team minute idea body back face level office health art war party result change morning reason girl boy
    food moment air teacher force foot music heart window table road street market sun sea land tree river field
    garden town village king queen friend father sister brother baby family summer winter spring autumn rain snow wind
    cloud storm light dark fire stone wood metal glass paper gold silver iron sand salt sugar bread milk butter cheese
    egg meat fish soup rice apple pear lemon orange cherry plum berry grape honey tea coffee juice cake pie bean corn
    onion potato carrot pepper red green blue yellow white black brown pink gray purple dog cat horse cow sheep goat
    pig hen duck goose bird owl crow swan lion tiger bear wolf fox deer mouse rabbit frog snake spider bee ant fly
    whale seal shark crab flower rose lily grass leaf root seed forest hill mountain valley lake island beach desert
    moon star sky planet space earth north south east west left corner middle front top bottom inside outside first
    last second third one two three four five six seven eight nine ten hundred thousand half whole big small large
    little long short tall deep wide narrow thick thin heavy soft hard warm cold hot cool dry wet clean dirty full
    empty open closed quick slow early late young old new good bad better best happy sad angry brave calm kind quiet
    loud clever simple strong weak rich poor safe ready busy free sweet sour fresh round square flat sharp smooth
    rough bright pale walk run jump climb swim sing dance play read write draw paint build cook bake wash clean dig
    plant grow cut fold push pull carry hold catch throw drop break mend open close begin start stop finish wait stay
    leave arrive travel ride drive sail row listen hear look see watch find lose hide seek keep give take bring send
    buy sell pay count learn teach think know hope wish dream sleep wake eat drink laugh smile cry talk speak call
    answer ask tell show help thank meet greet chair bed lamp clock shelf box bag basket bottle cup bowl plate knife
    fork spoon pot pan key lock rope nail hammer saw ladder brush bucket broom soap towel mirror picture letter card
    stamp ticket map pen pencil ruler shoe sock shirt coat hat scarf glove belt ring button pocket train bus truck
    boat ship plane bicycle wheel engine bridge tower castle church shop bank hotel museum library station harbour
    airport doctor nurse farmer baker driver pilot sailor singer painter writer guitar piano violin drum bell song
    ball kite doll puzzle prize gift candle balloon flag sign wall roof floor stairs kitchen
"""
WORDS: tuple[str, ...] = tuple(dict.fromkeys(_LIST.split()))
# Never shown by themselves in training.
UNSEEN_WORDS: frozenset[str] = frozenset(WORDS[5::11])

SIGNS: tuple[str, ...] = listed(
    "stop,exit,open,closed,push,pull,taxi,bus,police,hotel,bank,cafe,bakery,museum,library,school,station,parking,"
    "toilets,danger,slow,entrance,tickets,sale,cinema,pharmacy,market,harbour,camping,no entry,keep left,keep right,"
    "keep out,wet paint,one way,way out,no parking,no smoking,fresh bread,mind the step,beware of the dog,"
    "back in ten minutes,please ring the bell,to the beach",
    ",",
)
BUTTONS: tuple[str, ...] = listed(
    "ok,yes,no,save,send,next,back,help,menu,start,stop,play,pause,search,cancel,delete,submit,buy,reply,share,print,"
    "edit,copy,undo,close,log in,log out,sign up,read more,add to cart,try again",
    ",",
)

_PATTERNS = (
    "the {quality} {thing} is here",
    "a {quality} {thing} and a {thing2}",
    "the {thing} has a {thing2}",
    "we see the {quality} {thing}",
    "no {thing} is {quality}",
    "my {thing} is {quality}",
    "where is the {thing}?",
    "look at the {thing}!",
    "every {thing} needs a {thing2}",
    "the {thing} and the {thing2} are {quality}",
)
THINGS = listed(
    "house garden river horse teacher baker farmer castle bridge window lemon lion mouse kitchen boat ship tree stone "
    "candle clock ladder lamp letter market mirror mountain museum piano queen king ring rabbit road school shirt shop "
    "song spoon star station storm street summer table tiger tower town train valley village violin wheel wolf"
)
QUALITIES = listed(
    "big small pretty new red green blue white black brown cold warm clean quiet loud brave calm happy round bright "
    "slow quick strong heavy soft sweet tall"
)


@cache
def shares(count: int) -> tuple[float, ...]:
    """Zipf's law over ranks 1 to `count`: how often each is met, the most frequent first; they add up to 1."""
    total = sum(1 / rank for rank in range(1, count + 1))
    return tuple(1 / rank / total for rank in range(1, count + 1))


def ranked(dice: Dice, count: int) -> int:
    """A rank from 0 to `count` - 1, drawn by Zipf's law."""
    return bisect_right(_steps(count), dice.unit() * _steps(count)[-1])


def word(dice: Dice, *, hold_out: bool) -> str:
    """One of WORDS by Zipf's law. With `hold_out` none of UNSEEN_WORDS."""
    while True:
        drawn = WORDS[ranked(dice, len(WORDS))]
        if not (hold_out and drawn in UNSEEN_WORDS):
            return drawn


def sentence(dice: Dice) -> str:
    """A short sentence."""
    one, other = dice.shuffled(THINGS)[:2]
    return dice.pick(_PATTERNS).format(thing=one, thing2=other, quality=dice.pick(QUALITIES))


@cache
def _steps(count: int) -> tuple[float, ...]:
    return tuple(accumulate(shares(count)))
