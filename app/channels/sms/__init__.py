"""Text messages: a gateway each, and what they share."""
