"""Fair comparisons: objectives, towers, budgets and seeds under one norm of learning, taught and then examined."""
