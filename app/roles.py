"""The roles of staff."""

from typing import Literal

Role = Literal["lookup", "curator", "auditor"]
"""Each role may look up; a curator reads what patients typed, an auditor who did what."""
