"""What there is to see of a plan or a run: a story, told as one page or in forms that programs read."""
