"""The procedural visual world: scenes as values, drawn, masked and put into words."""
