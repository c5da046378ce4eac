"""The metrics of the service. No label ever holds what someone typed."""

from functools import cache

from prometheus_client import Counter, Gauge, Histogram

replies = Counter("hai_faq_replies_total", "Replies by kind and channel", ["kind", "channel"])
entries = Counter("hai_faq_entries_total", "Answers given, by entry", ["entry"])
urgent = Counter("hai_faq_urgent_total", "Urgent replies by tier", ["tier"])
safety_nets = Counter("hai_faq_safety_net_total", "Replies that the safety net opened, by tier in doubt", ["tier"])
check_failures = Counter("hai_faq_urgent_check_failures_total", "Messages whose urgent check failed")
confidence = Histogram("hai_faq_confidence", "Confidence of the best candidate", buckets=[n / 10 for n in range(1, 11)])
seconds = Histogram(
    "hai_faq_respond_seconds",
    "Time to respond, without the network",
    buckets=[0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.2, 1],
)
withheld = Gauge("hai_faq_withheld", "Entries that are not served now")
reloads = Counter("hai_faq_reloads_total", "Reloads of the content by outcome", ["outcome"])
feedback = Counter("hai_faq_feedback_total", "What people first said of replies", ["verdict"])
store_errors = Counter("hai_faq_store_errors_total", "Errors of a store", ["store"])
dropped = Counter("hai_faq_dropped_total", "Best-effort records lost", ["record"])
texts = Counter("hai_faq_texts_total", "Text messages sent by an API, by how it ended", ["state"])
gateway_events = Counter(
    "hai_faq_gateway_events_total",
    "Requests of gateways that asked for no reply, by what they told",
    ["gateway", "event"],
)
reused_ids = Counter("hai_faq_reused_message_ids_total", "Text messages under the id of another message", ["gateway"])
urgent_texts_failed = Counter(
    "hai_faq_urgent_texts_failed_total",
    "Urgent texts that did not arrive, as the gateway or the carrier says",
    ["gateway"],
)
opt_outs_lost = Counter("hai_faq_opt_outs_lost_total", "Opt-outs that the site's webhook did not take for a day")
limited = Counter("hai_faq_limited_total", "Messages refused by a limit")
near_urgent_overdue = Gauge(
    "hai_faq_near_urgent_overdue", "Messages in doubt of danger that nobody has reviewed for a day"
)
flags = Counter("hai_faq_flags_total", "Answers that staff flagged as wrong, by how telling the owner went", ["told"])
sign_ins = Counter("hai_faq_sign_ins_total", "Sign-ins of staff", ["outcome"])
sign_in_checks = Counter(
    "hai_faq_sign_in_checks_total", "Sessions of staff that the identity provider was asked about again", ["outcome"]
)
logouts = Counter("hai_faq_logouts_total", "Sign-outs that the identity provider told, by how that ended", ["outcome"])


@cache
def labelled(counter: Counter, *labels: str) -> Counter:
    """Return a counter's child for these labels, looked up once: the library builds, locks and checks each time."""
    return counter.labels(*labels)
