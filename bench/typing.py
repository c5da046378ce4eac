"""The look-up while one types: is the right entry there after a few letters, and does a near miss open an answer?

`python -m bench.typing tests/labelled`
"""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from app import labelled
from app.dialogue.messages import Message
from app.dialogue.search import explain, search_entries
from app.loading.loader import load
from app.settings import Settings

CUTS = (0.15, 0.3, 0.5, 0.75, 1.0)


def main() -> None:
    knowledge, day = load(Settings().content_config), datetime.now(UTC).date()
    knowledge.matcher.warm()
    cases = [case for path in labelled.files_of([Path(sys.argv[1])]) for case in labelled.read_cases(path)]
    inside = [case for case in cases if case.get("accept")]
    near = [case for case in cases if case.get("accept") == []]
    print(f"{len(inside)} in scope, {len(near)} not\n\ntyped   first  first 5   median, worst ms")
    for cut in CUTS:
        first = five = 0
        spent = []
        for case in inside:
            text = case["text"][: max(1, round(len(case["text"]) * cut))]
            began = time.perf_counter()
            found = search_entries(knowledge, Message(text), day).results
            for each in found:
                explain(knowledge, text, each)
            spent.append(1000 * (time.perf_counter() - began))
            ids = [each.id for each in found]
            first += bool(set(case["accept"]) & set(ids[:1]))
            five += bool(set(case["accept"]) & set(ids[:5]))
        spent.sort()
        shares = f"{first / len(inside):6.1%}   {five / len(inside):6.1%}"
        print(f"{cut:5.0%}  {shares}   {spent[len(spent) // 2]:6.2f}  {spent[-1]:6.2f}")
    looked = [search_entries(knowledge, Message(case["text"]), day) for case in near]
    opened = sum(each.sure and each.results[0].answer is not None for each in looked)
    print(f"\nanswers opened as sure on what nothing covers: {opened} of {len(near)}")


if __name__ == "__main__":
    main()
