"""One file per method that fits a classifier to frozen features; none sees the test set."""
