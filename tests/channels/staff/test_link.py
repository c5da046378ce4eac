from app.channels.staff.link import Link


def test_each_token_is_good_once_and_the_next_is_announced() -> None:
    announced: list[str] = []
    link = Link("http://127.0.0.1:8000/staff/link", announced.append)
    token = announced[0].split("token=")[1]
    assert link.take(token)
    assert not link.take(token)
    assert len(set(announced)) == 2
    assert link.take(announced[1].split("token=")[1])


def test_a_guess_is_refused_and_changes_nothing() -> None:
    announced: list[str] = []
    link = Link("http://127.0.0.1:8000/staff/link", announced.append)
    for guess in ("", "x", "é\udc80", announced[0]):
        assert not link.take(guess)
    assert len(announced) == 1
