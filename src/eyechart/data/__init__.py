"""Functions that return a `Dataset`, one file per source."""
