"""hai-faq: approved answers to patients' questions, and help first for a message in danger."""

__version__ = "0.1.0"
