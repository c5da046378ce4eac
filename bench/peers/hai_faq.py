"""hai-faq's own ranking and threshold, loaded as the service loads them: `python -m bench.peers.hai_faq`"""

from app.loading.loader import load
from app.settings import Settings
from bench.peers.lines import serve


def main() -> None:
    matcher = load(Settings().content_config).matcher

    def rank(text: str) -> tuple[str, float, bool]:
        entries = [candidate for candidate in matcher.rank(text) if candidate.id not in matcher.not_covered]
        if not entries:
            return "", 0.0, False
        return entries[0].id, entries[0].confidence, entries[0].confidence >= matcher.threshold

    serve(rank)


if __name__ == "__main__":
    main()
