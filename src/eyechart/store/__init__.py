"""What is kept: features by content, records and sheets on a shelf."""
