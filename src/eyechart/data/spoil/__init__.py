"""Pictures made from other pictures, drawn when they are asked for: corrupted, shuffled, written on, pasted into."""

from eyechart.data.spoil.spoiled import Change, Spoiled

__all__ = ["Change", "Spoiled"]
