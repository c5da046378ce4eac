"""The roles of staff."""

from typing import Literal

Role = Literal["lookup", "curator"]
"""A curator may do all that the look-up may."""
