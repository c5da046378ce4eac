"""What could not be answered, and what curators propose for it."""
