"""Why an answer is flagged, in a clerk's words."""

from app.records.flags import Reason

REASONS: dict[Reason, str] = {
    "could-harm": "Could harm someone",
    "looks-wrong": "The answer is wrong",
    "out-of-date": "It is out of date",
    "not-clear": "It is hard to understand",
    "not-enough": "Something is missing",
}
