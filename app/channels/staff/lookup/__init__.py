"""The look-up at the counter."""
