"""All claims, in the order in which they are read."""

from __future__ import annotations

from eyechart.claims import clouds, concepts, probes, scale, teaching
from eyechart.claims.claim import Claim

ESSAYS = "SLV"


def _place(claim: Claim) -> tuple[int, int]:
    return ESSAYS.index(claim.id[0]), int(claim.id[1:])


CLAIMS: tuple[Claim, ...] = tuple(
    sorted((*clouds.CLAIMS, *concepts.CLAIMS, *probes.CLAIMS, *scale.CLAIMS, *teaching.CLAIMS), key=_place)
)
