"""Pictures that know what they will look like a moment later."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from PIL.Image import Image


@runtime_checkable
class Moving(Protocol):
    """A picture out of a film."""

    def digest(self) -> str: ...
    def load(self) -> Image: ...
    def later(self) -> Image | None:
        """The same scene after everything in it has moved a little; None where nothing can move."""
