"""Known-answer models and conformance checks, for this package and for strangers."""
