"""The staff's pages: look-up at the counter, review of what could not be answered, insights."""
