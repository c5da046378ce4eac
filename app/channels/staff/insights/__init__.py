"""What was asked, in figures."""
