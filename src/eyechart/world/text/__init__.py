"""Rendered letters, words, signs and look-alikes."""
