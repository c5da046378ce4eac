"""A message as one model sees it: every part that some step asks for is read and scored once, many in one batch."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from app.matching.encoder import Encoder
from app.matching.features import FloatArray, Reading
from app.matching.model import LinearModel
from app.text import ParsedText

TextPart = tuple[ParsedText, str | None]
"""A stretch of the message, and the topic answered before where it is read as a follow-up."""


class Scored(NamedTuple):
    """A part of the message as it was read, and its score in every column of the model."""

    reading: Reading
    scores: FloatArray


@dataclass(frozen=True)
class Utterance:
    """One message's parsed text and the scores of its parts, which live as long as the message is worked on."""

    text: ParsedText
    model: LinearModel
    typed: str = ""
    """As it was typed: the encoder tells capitals and accents apart."""
    _vectors: dict[str, FloatArray] = field(default_factory=dict, repr=False, compare=False)
    _scored: dict[tuple[str, str | None], Scored] = field(default_factory=dict, repr=False, compare=False)

    def score(self, parts: Sequence[TextPart]) -> list[Scored]:
        """Return the reading and scores of each part; those not scored yet are scored in one batch."""
        keys = [(text.folded, after) for text, after in parts]
        new = {key: part for key, part in zip(keys, parts, strict=True) if key not in self._scored}
        if new:
            readings = [self.model.vocabulary.read(text, after) for text, after in new.values()]
            self._scored.update(zip(new, map(Scored, readings, self.model.score(readings)), strict=True))
        return [self._scored[key] for key in keys]

    def encode(self, encoder: Encoder, parts: Sequence[ParsedText]) -> list[FloatArray]:
        """Return the vector of each part; those not encoded yet are encoded in one batch."""
        texts = [self.typed if part.folded == self.text.folded and self.typed else part.folded for part in parts]
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if new:
            self._vectors.update(zip(new, encoder.encode(new), strict=True))
        return [self._vectors[text] for text in texts]

    @property
    def whole(self) -> Scored:
        return self.score([(self.text, None)])[0]
