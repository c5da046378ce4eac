"""The built-in list of plain messages, run through a content's danger check: is what endangers anyone raised?"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from app.content.schema import CALM, TIERS
from app.content.yaml_file import read_yaml
from app.dialogue.urgent import Urgency
from app.lint.findings import Finding

WHERE = "danger check"
_FILE = Path(__file__).with_name("danger_checks.yaml")


@dataclass(frozen=True)
class Trial:
    """A message of the list, what it is, and what the check made of it."""

    tier: str
    text: str
    urgency: Urgency

    @property
    def outcome(self) -> str:
        """Return `raised`, `netted` or `left`."""
        return "raised" if self.urgency.tier else "netted" if self.urgency.net else "left"

    @property
    def finding(self) -> Finding | None:
        raised = self.urgency.tier
        if self.tier == CALM:
            problem = f"raises a calm message as {raised}" if raised else ""
        elif raised:
            problem = f"takes for {raised} what is {self.tier}" if _is_less_urgent(raised, self.tier) else ""
        else:
            problem = f"does not raise {self.tier}{', only nets it' if self.urgency.net else ''}"
        is_missed = self.tier != CALM and self.outcome == "left"
        return Finding("error" if is_missed else "warning", WHERE, f"{problem}: {self.text!r}") if problem else None


def _is_less_urgent(raised: str, tier: str) -> bool:
    """Return whether less is said than the tier needs; who has taken pills to die may be sent to 911 at once."""
    order: list[str] = [*TIERS]
    return order.index(raised) > order.index(tier)


@dataclass(frozen=True)
class Trials:
    trials: tuple[Trial, ...]

    @classmethod
    def of(cls, assess: Callable[[str], Urgency]) -> "Trials":
        return cls(tuple(Trial(tier, text, assess(text)) for tier, texts in messages().items() for text in texts))

    @property
    def findings(self) -> list[Finding]:
        return [finding for trial in self.trials if (finding := trial.finding)]

    @property
    def summary(self) -> str:
        return f"{WHERE}: {'; '.join(self._counts())}"

    def _counts(self) -> Iterator[str]:
        counts = Counter((trial.tier, trial.outcome) for trial in self.trials)
        for tier, texts in messages().items():
            outcomes = ", ".join(f"{counts[tier, outcome]} {outcome}" for outcome in ("raised", "netted", "left"))
            yield f"{len(texts)} {tier}: {outcomes}"


@cache
def messages() -> dict[str, list[str]]:
    """Return the messages of the list by what they are: `emergency`, `crisis` or `calm`."""
    return TypeAdapter(dict[str, list[str]]).validate_python(read_yaml(_FILE).data)
