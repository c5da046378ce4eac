"""Run by hand or by make; nothing at run time."""
