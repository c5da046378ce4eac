from app.records.limits import Limits


def test_a_burst_up_to_the_rate_passes_then_waits() -> None:
    limits = Limits(rate=2)
    assert [limits.allows("a", 0.0) for _ in range(3)] == [True, True, False]
    assert limits.allows("a", 0.5)


def test_clients_do_not_share_a_bucket() -> None:
    limits = Limits(rate=1)
    assert limits.allows("a", 0.0)
    assert limits.allows("b", 0.0)


def test_memory_is_bounded() -> None:
    limits = Limits(rate=1, most=2)
    for client in ("a", "b", "c"):
        limits.allows(client, 0.0)
    assert limits.allows("a", 0.0)
