"""Where scenes come from: which things, how they look, where they stand."""
