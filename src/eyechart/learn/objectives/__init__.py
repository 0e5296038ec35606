"""What a model is asked to become better at: one objective per file."""
