"""An exchange to start from: an answered question on the website."""

from app.records.exchange import Exchange
from tests.conftest import NOW

EXCHANGE = Exchange(
    message_id="id-1",
    at=NOW,
    channel="web",
    text="What color is the lamp?",
    folded="what color is the lamp?",
    kind="answer",
    outcome="answer",
    subject=("lamp-color",),
    entries=("lamp-color",),
    topic=None,
    taken=(),
    missed=None,
    withheld=None,
    unclear=False,
    confidence=0.9,
    urgent_score=0.0,
    raised=False,
    netted=False,
    check_failed=False,
    content_version="v1",
    model_version="m1",
    seconds=0.0004,
)
