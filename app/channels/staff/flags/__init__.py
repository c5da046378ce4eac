"""Flags of staff on answers."""
