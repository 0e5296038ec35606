"""Answers about pictures that differ from known ones in one window each: only what the window reaches is computed.

A cell of a map sees a few pixels. What sees none of the window is as it was, and is remembered; the cells that see some
of it are cut out with their surroundings, picture by picture, and go through the layer alone. Deep in a network every
cell sees the window, and all is computed as ever. This is the same function, but for the order in which sums are taken.
Source: Nakandala, Kumar & Papakonstantinou 2019, "Incremental and Approximate Inference …", section 4 (the exact part).
"""

from __future__ import annotations

from typing import final

from jaxtyping import Float, Int
from torch import Tensor

from eyechart.attack.losses import Logits, answers
from eyechart.attack.maps import Squares
from eyechart.attack.ways import Again, First

PAYS = 0.75  # of all operations at most, beyond which nothing is remembered
WORTH = {"cpu": 2e8}  # operations less per query at least, for cutting and pasting takes time too (measured)
ELSEWHERE = 1e11  # on faster devices (5 ms at 20 Tflop/s: an estimate)
FAILURES = (RuntimeError, TypeError, ValueError, AttributeError, IndexError)


@final
class Nearby:
    """What is remembered of a network's way with some pictures, to ask about others that differ in one window each.

    A network for which that does not pay (every token of a vision transformer sees every pixel), which does not go the
    same way twice (it draws at random), or which is not computed by torch, is asked about whole pictures.
    """

    def __init__(self, logits: Logits, images: Float[Tensor, "n c h w"], side: int) -> None:
        """`side` of the squares that will change, in pixels. Asks once about the images as they are."""
        self.side = side
        self._logits = logits
        self._way = First(images, side)
        self._again: Again | None = None
        self.pays = self._way.small and self._walked()

    @property
    def images(self) -> Float[Tensor, "n c h w"]:
        """As they are known."""
        return self._way.maps[0].values

    def ask(self, patch: Float[Tensor, "n c s s"], turn: int, squares: Squares) -> Float[Tensor, "n k"]:
        """Logits of the images with something else in the squares of one turn."""
        self._again = Again(self._way, patch, turn, squares)
        if self.pays:
            try:
                return answers(self._logits, self._again.entrance)
            except FAILURES:  # it does not go the same way twice
                self.pays = False
                self._way.forget()
                self._again = Again(self._way, patch, turn, squares)
        return answers(self._logits, self._again.images)

    def keep(self, rows: Int[Tensor, " k"]) -> None:
        """Some of the images that were last asked about are the known ones from now on."""
        if self._again is not None and len(rows):
            self._again.keep(rows)

    def take(self, rows: Int[Tensor, " k"]) -> None:
        """Forget all images but some."""
        self._again = None
        self._way.take(rows)
        self.pays = self.pays and self._won()

    def _walked(self) -> bool:
        try:
            answers(self._logits, self._way.entrance)
        except FAILURES:  # whoever is at fault will say so when asked about the whole
            self._way.forget()
            return False
        return self._won()

    def _won(self) -> bool:
        """Whether enough less is to do on the way with changes; if not, all but the images is forgotten."""
        less = self._way.whole_cost - self._way.cost
        won = self._way.cost <= PAYS * self._way.whole_cost and less >= WORTH.get(self.images.device.type, ELSEWHERE)
        if not won:
            self._way.forget()
        return won
