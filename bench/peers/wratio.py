"""The phrasing with the best `rapidfuzz.fuzz.WRatio`: `python -m bench.peers.wratio PHRASINGS`

It has no threshold: it answers whatever the nearest phrasing's topic is.
"""

import json
import sys
from pathlib import Path

from rapidfuzz import fuzz, process

from bench.peers.lines import serve


def main() -> None:
    phrasings: list[tuple[str, str]] = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    texts = [text for _, text in phrasings]

    def rank(text: str) -> tuple[str, float, bool]:
        best = process.extractOne(text, texts, scorer=fuzz.WRatio)
        return (phrasings[best[2]][0], best[1] / 100, True) if best else ("", 0.0, False)

    serve(rank)


if __name__ == "__main__":
    main()
