"""How answers become sheets and numbers: ties, ranks, pairs, wordings, and what exams have in common."""
