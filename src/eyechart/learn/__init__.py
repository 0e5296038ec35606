"""Teaching: the towers of the zoo and the loop that trains them."""
