"""How large things are in life, in metres along their longer side: what decides which of two is drawn larger."""

from __future__ import annotations

_BY_LENGTH: dict[float, tuple[str, ...]] = {
    0.05: ("butterfly", "snail", "spider"),
    0.08: ("key", "egg", "mushroom", "leaf"),
    0.1: ("apple", "pear", "cup", "crab"),
    0.15: ("glasses", "scissors", "carrot", "ice cream", "candle", "flower"),
    0.2: ("banana", "grapes", "bowl", "book", "bird", "shoe", "star", "heart", "arrow"),
    0.3: ("hammer", "plate", "bottle", "cake", "pizza", "clock", "hat", "fish"),
    0.5: ("box", "saw", "cat", "rabbit", "trumpet", "drum", "turtle", "lamp"),
    0.8: ("shirt", "umbrella", "chair", "snake", "penguin", "sign", "flag"),
    1.0: ("guitar", "trousers", "cactus"),
    1.6: ("table", "person", "bicycle", "ladder"),
    2.0: ("door", "bed", "sofa", "tent"),
    4.0: ("elephant", "giraffe", "car"),
    6.0: ("boat", "tree", "palm", "truck", "tank"),
    9.0: ("bus", "house", "helicopter", "whale"),
    15.0: ("balloon", "windmill", "lighthouse", "rocket", "train"),
    30.0: ("castle", "airplane"),
}
LENGTHS: dict[str, float] = {name: length for length, names in _BY_LENGTH.items() for name in names}
