from app.channels.staff.services import OneTimeLink


def test_each_token_is_good_once_and_the_next_is_announced() -> None:
    announced: list[str] = []
    link = OneTimeLink("http://127.0.0.1:8000/staff/link", announced.append)
    token = announced[0].split("token=")[1]
    assert link.use(token)
    assert not link.use(token)
    assert len(set(announced)) == 2
    assert link.use(announced[1].split("token=")[1])


def test_a_guess_is_refused_and_changes_nothing() -> None:
    announced: list[str] = []
    link = OneTimeLink("http://127.0.0.1:8000/staff/link", announced.append)
    for guess in ("", "x", "é\udc80", announced[0]):
        assert not link.use(guess)
    assert len(announced) == 1
