"""Ways out: results as other programs read them. One way per file, and the file's name is the way's name."""
