"""Where in a message the question is: in a long story, the sentences that ask."""

from app import text

STORY = 30
"""Words from which a message of several sentences is a story: its question is then ranked by itself too. From 10
words on, near misses were answered because half of the question stood in another sentence; from 30 on, none more.
"""
LEAST = 4
"""Words of a sentence that can be a question by itself."""


def asked(message: str) -> list[str]:
    """The message, and in a story the sentences with a question mark, or else the last one."""
    folded = text.fold(message)
    sentences = [each for each in text.sentences(folded) if len(text.words(each)) >= LEAST]
    if len(sentences) < 2 or len(text.words(folded)) < STORY:
        return [message]
    return [message, *([each for each in sentences if "?" in each] or sentences[-1:])]
