"""What is mutated, and the tests that are to notice: those of the module's own folder."""

from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
SMS, STAFF = "tests/channels/sms", "tests/channels/staff"
ENGINE = ("tests/dialogue/test_decisions.py", "tests/dialogue/test_engine.py")
URGENT = ("tests/dialogue/test_urgent.py", "-k", "not bounded_time")
SIGNED = (f"{SMS}/test_gateways.py",)
SIGN_IN = (f"{STAFF}/test_access.py", f"{STAFF}/signin/test_signin.py")
REDACTION = ("tests/redaction/test_redact.py", "-k", "not hostile")

TESTS: Mapping[str, tuple[str, ...]] = {
    "app/dialogue/ranking.py": ("tests/dialogue/test_ranking.py", *ENGINE),
    "app/dialogue/engine.py": ENGINE,
    "app/dialogue/compose.py": ENGINE,
    "app/matching/confidence.py": ("tests/matching/test_confidence.py",),
    "app/dialogue/urgent.py": URGENT,
    "app/dialogue/urgent_rules.py": URGENT,
    "app/matching/tiers.py": ("tests/matching/test_tiers.py",),
    **{str(path.relative_to(ROOT)): REDACTION for path in sorted(ROOT.glob("app/redaction/[!_]*.py"))},
    "app/content/approval.py": ("tests/content/test_approval.py", "tests/content/test_sealed_copies.py"),
    "app/dialogue/approved.py": ("tests/dialogue/test_approved.py",),
    "app/channels/sms/consent.py": (f"{SMS}/test_consent.py",),
    "app/records/consents.py": ("tests/records/test_consents.py", "-k", "not postgresql"),
    "app/channels/sms/twilio.py": SIGNED,
    "app/channels/sms/telnyx.py": (f"{SMS}/test_telnyx.py", *SIGNED),
    "app/channels/sms/generic.py": SIGNED,
    "app/tokens.py": ("tests/test_tokens.py",),
    "app/channels/staff/signin/signin.py": SIGN_IN,
    "app/channels/staff/access.py": (
        *SIGN_IN,
        "tests/channels/test_api.py::test_search_says_why_to_signed_in_staff_only",
    ),
    "app/channels/staff/signin/openid.py": SIGN_IN,
    "app/channels/sms/outbox.py": (f"{SMS}/test_outbox.py",),
    "app/records/deliveries.py": ("tests/records/test_deliveries.py", "-k", "not postgresql"),
}
