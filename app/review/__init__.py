"""What was not answered, seen together, and what curators make of it."""
