"""hai-faq's own ranking and threshold, loaded as the service loads them: `python -m bench.peers.hai_faq`"""

from app.loading.loader import load
from app.settings import Settings
from bench.peers.lines import serve


def main() -> None:
    knowledge = load(Settings().content_config)

    def rank(text: str) -> tuple[str, float, bool]:
        ranked = knowledge.matcher.rank(text, encoder=knowledge.encoder)
        entries = [candidate for candidate in ranked if candidate.kind == "entry"]
        if not entries:
            return "", 0.0, False
        return entries[0].id, entries[0].confidence, entries[0].sure

    serve(rank)


if __name__ == "__main__":
    main()
