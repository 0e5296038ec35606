"""Reflectance curves from 400 to 1000 nm: what a pigment does to visible light, and what its material does beyond.

The curves are smooth formulas with the landmarks that remote sensing and tissue optics teach, not measurements:
vegetation absorbs at 670 nm and rises steeply near 700 nm (the red edge) to a plateau; liquid water absorbs hardly
anything visible and ever more beyond 700 nm, with a band at 970 nm that also marks what is moist, such as fruit and
skin; skin has the two dips of oxygenated blood at 542 and 577 nm; melanin in hair absorbs less and less towards the
infrared; aluminium is flat but for a shallow dip near 825 nm; ferric iron in stone has a broad dip near 880 nm and
ferrous iron in glass one near 1050 nm; most dyes of textiles and many of paints are transparent beyond 750 nm, so that
cloth and wood are bright there, while carbon black stays dark; light from the sky fades towards long waves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float64]  # wavelengths
Rates = NDArray[np.float64]  # wavelengths 4: the reflectance per unit of red, green, blue, and of nothing

SHORTEST, LONGEST = 400.0, 1000.0  # nm


class Dip(NamedTuple):
    """An absorption band: where it is darkest, how wide (standard deviation), which share it takes away."""

    at: float
    width: float
    depth: float


class Signature(NamedTuple):
    """How a material looks beyond red light: `base` plus `gain` times the mean of its linear red, green and blue."""

    edge: float  # nm: half way from the visible colour to the infrared
    width: float  # nm: how gradual that is
    base: float
    gain: float
    slope: float = 0.0  # change of the infrared level per 100 nm beyond 800, as a share of it
    dips: tuple[Dip, ...] = ()


_WATER = Dip(970, 22, 0.3)
SIGNATURES: Mapping[str, Signature] = {
    "painted": Signature(765, 16, 0.16, 0.6),
    "wooden": Signature(705, 30, 0.5, 0.25, 0.06),
    "metal": Signature(700, 60, 0.1, 0.85, 0.0, (Dip(825, 35, 0.12),)),
    "glass": Signature(720, 20, 0.07, 0.1, -0.05, (Dip(1050, 110, 0.45),)),
    "stone": Signature(730, 40, 0.24, 0.42, 0.02, (Dip(880, 55, 0.22),)),
    "woollen": Signature(735, 18, 0.6, 0.2, 0.05),
    "leaf": Signature(715, 9, 0.48, 0.08, 0.0, (Dip(670, 18, 0.6), Dip(970, 20, 0.12))),
    "moist": Signature(690, 20, 0.45, 0.3, -0.04, (_WATER,)),
    "fur": Signature(760, 45, 0.3, 0.4, 0.1),
    "skin": Signature(690, 25, 0.42, 0.25, -0.02, (Dip(542, 9, 0.14), Dip(577, 8, 0.16), _WATER)),
    "water": Signature(715, 14, 0.02, 0.03, -0.3),
    "snow": Signature(700, 40, 0.0, 0.98, -0.05, (Dip(1030, 40, 0.3),)),
    "sky": Signature(700, 40, 0.0, 0.85, -0.22),
    "ink": Signature(700, 60, 0.03, 0.9),
    "light": Signature(700, 60, 0.0, 1.0),
}


def wavelengths(count: int) -> Curve:
    """Evenly spaced, the ends included; a single one is in the middle. In nm."""
    return np.linspace(SHORTEST, LONGEST, count) if count > 1 else np.array([(SHORTEST + LONGEST) / 2])


def rates(material: str, at: Curve) -> Rates:
    """What reflectance at these wavelengths is made of: it is linear in the linear red, green and blue of a pigment."""
    signature = SIGNATURES[material]
    beyond = _rise(at, signature.edge, signature.width)[:, None]
    infrared = np.array([signature.gain / 3] * 3 + [signature.base])
    level = 1 + signature.slope * np.maximum(at - 800, 0)[:, None] / 100
    both = _visible(at) * (1 - beyond) + infrared * level * beyond
    for dip in signature.dips:
        both *= 1 - dip.depth * np.exp(-(((at - dip.at) / dip.width) ** 2) / 2)[:, None]
    return both


def linear(colours: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Colours as amounts of light, 0 to 1 (the inverse of sRGB's gamma)."""
    share = colours / np.float32(255)
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4).astype(np.float32)


def _visible(at: Curve) -> Rates:
    """Blue, green and red light each have their range; together they make white at every wavelength."""
    short, long = 1 - _rise(at, 492, 9), _rise(at, 586, 9)
    return np.stack([long, 1 - short - long, short, np.zeros_like(at)], axis=1)


def _rise(at: Curve, middle: float, width: float) -> Curve:
    return np.asarray(1 / (1 + np.exp(-np.clip((at - middle) / width, -60, 60))))
