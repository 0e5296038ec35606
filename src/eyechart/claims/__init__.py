"""What is said of vision models, and what records say to it: a verdict per claim."""
