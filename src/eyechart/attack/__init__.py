"""Attacks in pixel space: the smallest change to a picture that moves a model, searched for in [0, 1]."""
