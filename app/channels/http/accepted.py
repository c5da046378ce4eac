"""Headers such as `Accept` and `Accept-Language` name things, each with a weight: `text/html;q=0.9`."""

import re

LONGEST = 1_000
"""Most characters of such a header that are read."""
_WEIGHT = re.compile(r"[01](?:\.\d{0,3})?")


def weights(header: str) -> dict[str, float]:
    """Return each thing that a header names, in lower case and in its order, with its weight; 0 for a garbled one."""
    return dict(map(_weighted, header[:LONGEST].lower().split(",")))


def _weighted(named: str) -> tuple[str, float]:
    thing, *parameters = (part.strip() for part in named.split(";"))
    weight = next((part[2:].strip() for part in parameters if part.startswith("q=")), "1")
    return thing, float(weight) if _WEIGHT.fullmatch(weight) else 0.0
