"""Models from everywhere, behind the capabilities of `eyechart.core`."""
