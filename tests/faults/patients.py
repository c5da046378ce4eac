"""People who keep asking while something breaks. Every reply is held against what it should have been.

Each person is a thread with a connection of her own; a round is what she does again and again. What a store that is
down may cost is counted (`refused`, `restarted`); everything else that is not right is a line in `wrong`.
"""

import hashlib
import itertools
import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import httpx2

from app.channels.sms.generic import signature
from app.channels.sms.numbers import Numbers
from tests.faults.replica import DEADLINE, client_of, wait_for

SECRET = "of-the-generic-gateway-0123456789abcdef"
QUESTIONS = {
    "what color is the lamp": ["lamp-color"],
    "how do i switch the lamp on": ["lamp-switch"],
    "who takes care of the lamp": ["lamp-owner"],
    "until what time can the lamp be on": ["lamp-hours"],
    "what does the lamp cost": [],
    "tell me a story": [],
    "hello": [],
}
"""And the entries that answer them."""
PAUSE = 0.01
_numbers = itertools.count(1)
NUMBER_KEY = "n" * 32
NUMBERS = Numbers((NUMBER_KEY,))


class Wrong(Exception):
    """A reply was not what it should have been."""


class Person:
    """One connection, and what came over it."""

    def __init__(self, url: str, told: "Told") -> None:
        self.told = told
        self.client = client_of(url)
        self.pending: list[tuple[str, str]] = []
        """Text messages that the gateway has to deliver again: id and number."""

    def says(self, text: str, conversation: str | None = None) -> dict[str, Any]:
        response = self.client.post("/v1/messages", json={"text": text, "conversation_id": conversation})
        _expect(response.status_code == 200, f"{text!r} got {response.status_code} {response.text}")
        reply: dict[str, Any] = response.json()
        self.told.messages.add(reply["message_id"])
        if conversation is not None and reply["conversation_id"] != conversation:
            self.told.restarted += 1
        return reply

    def asks(self) -> None:
        """Questions on their own, each with a number behind it: the service has not met it, and reads its weights."""
        for text, entries in QUESTIONS.items():
            reply = self.says(f"{text} {next(_numbers)}")
            _expect(_ids(reply) == entries and not reply["urgent"], f"{text!r} got {reply}")

    def talks(self) -> None:
        """Two turns, the second of which leans on the first."""
        first = self.says("what color is the lamp")["conversation_id"]
        reply = self.says("and where is it?", first)
        went_on = reply["conversation_id"] == first
        _expect(_ids(reply) == ["lamp-place"] or not (went_on or _ids(reply)), f"the follow-up got {reply}")

    def warns(self) -> None:
        """Danger in one message, and danger that two messages share."""
        reply = self.says("i cant breathe")
        _expect(reply["urgent"] and reply["intent"]["id"] == "emergency", f"danger got {reply}")
        first = self.says("chemo was tuesday")
        reply = self.says("its 101 now", first["conversation_id"])
        _expect(reply["urgent"] or reply["conversation_id"] != first["conversation_id"], f"a fever got {reply}")

    def rates(self) -> None:
        """An answer, and whether it helped. 503 is honest while the store is down, 2xx is a promise."""
        message_id = self.says("what color is the lamp")["message_id"]
        response = self.client.post("/v1/feedback", json={"message_id": message_id, "verdict": "up"})
        if response.status_code == 200:
            self.told.opinions.add(message_id)
        else:
            self._refused("feedback", response)

    def texts(self) -> None:
        """A text message from a new number, which its gateway delivers until it is taken."""
        self.pending.append((f"m{next(_numbers)}", f"+1215{next(_numbers):07}"))
        for id_, number in self.pending[:]:
            response = deliver(self.client, id_, number, "what color is the lamp")
            if response.status_code == 200:
                _expect("The lamp is green." in (response.json()["text"] or ""), f"a text got {response.text}")
                party = NUMBERS.parties(number)[0]
                self.told.texts.add(hashlib.sha256(f"generic\0{party}\0{id_}".encode()).hexdigest())
                self.pending.remove((id_, number))
            else:
                self._refused("texts", response)
                break

    def texts_danger(self) -> None:
        """No store may hold this back."""
        response = deliver(self.client, f"m{next(_numbers)}", f"+1215{next(_numbers):07}", "i cant breathe")
        _expect(response.status_code == 200, f"danger by text got {response.status_code} {response.text}")
        _expect("Call 911 now." in (response.json()["text"] or ""), f"danger by text got {response.text}")

    def _refused(self, what: str, response: httpx2.Response) -> None:
        honest = response.status_code == 503 and response.headers.get("retry-after", "").isdecimal()
        _expect(honest and "911" in response.json()["help"], f"{what} got {response.status_code} {response.text}")
        self.told.refused[what] += 1


ROUNDS = (Person.asks, Person.talks, Person.warns, Person.rates, Person.texts, Person.texts_danger)


class Told:
    """What all of them were told."""

    def __init__(self) -> None:
        self.messages: set[str] = set()
        """Ids of the replies over JSON."""
        self.opinions: set[str] = set()
        """Message ids whose feedback was confirmed."""
        self.texts: set[str] = set()
        """Ids, as the store has them, of text messages that were answered."""
        self.refused: Counter[str] = Counter()
        self.restarted = 0
        self.wrong: list[str] = []


class Patients(Told):
    """They ask from `with` on, and at its end every reply must have been right."""

    def __init__(self, url: str, rounds: tuple[Callable[[Person], None], ...] = ROUNDS) -> None:
        super().__init__()
        self.done: Counter[str] = Counter()
        """Rounds, by kind."""
        self._names = [round_.__name__ for round_ in rounds]
        self._people = [Person(url, self) for _ in rounds]
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._keep_asking, args=each, daemon=True)
            for each in zip(self._people, rounds, strict=True)
        ]

    def go_on(self, rounds: int = 5) -> None:
        """Returns when each of them has come through so many rounds more; fails at the first wrong reply."""
        before = dict(self.done)
        wait_for(
            f"{rounds} rounds of each",
            lambda: self.wrong or all(self.done[name] - before.get(name, 0) >= rounds for name in self._names),
        )
        assert not self.wrong, self.wrong

    def settle(self) -> None:
        """Returns when no gateway has anything left to deliver again."""
        wait_for("every text is taken", lambda: self.wrong or not any(person.pending for person in self._people))

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(DEADLINE)

    def _keep_asking(self, person: Person, round_: Callable[[Person], None]) -> None:
        with person.client:
            while not self._over.is_set():
                try:
                    round_(person)
                except (Wrong, httpx2.HTTPError, ValueError, KeyError) as error:
                    self.wrong.append(f"{round_.__name__}: {error!r}")
                self.done[round_.__name__] += 1
                time.sleep(PAUSE)

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.stop()
        if error is None:
            assert not self.wrong, self.wrong


def deliver(client: httpx2.Client, id_: str, number: str, text: str, ahead: int = 0) -> httpx2.Response:
    """As a gateway does whose clock is so many seconds ahead."""
    body = json.dumps({"id": id_, "from": number, "to": "+12155550100", "text": text}).encode()
    now = str(int(time.time()) + ahead)
    headers = {"x-hai-faq-timestamp": now, "x-hai-faq-signature": signature(SECRET, now, body)}
    return client.post("/sms/generic", content=body, headers=headers)


def _expect(holds: bool, complaint: str) -> None:
    if not holds:
        raise Wrong(complaint)


def _ids(reply: dict[str, Any]) -> list[str]:
    return [answer["id"] for answer in reply["answers"]]
