import itertools
import time

import pytest

from app.dialogue.disguises import Disguises
from app.matching.vocabulary import Vocabulary

_OFTEN, _SELDOM, _ABROAD = (
    "i a to me is my cant no",
    "want myself die kill help breathe suicide",
    "не могу дышать сердце",
)
USES = {
    **dict.fromkeys(_OFTEN.split(), 3_000),
    **dict.fromkeys([*_SELDOM.split(), "puedo", "respirar"], 100),
    **dict.fromkeys(_ABROAD.split(), 10),
    "pump": 200_000,
}
LINES = "i cant breathe|i want to die|kill myself|не могу дышать|no puedo respirar|help me"
PAIRS = {pair for line in LINES.split("|") for pair in itertools.pairwise(line.split())}


def known_pairs(words: tuple[str, ...]) -> float:
    pairs = list(itertools.pairwise(words))
    return sum(pair in PAIRS for pair in pairs) / len(pairs) if pairs else 1.0


@pytest.fixture(scope="module")
def disguises() -> Disguises:
    known = frozenset({*USES, "can", "t", "у", "меня", "болит"})
    return Disguises.of(USES, Vocabulary(known), known_pairs)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("ICANTBREATHE", "i cant breathe"),
        ("#icantbreathe!", "#i cant breathe!"),
        ("i c a n t  b r e a t h e", "i cant breathe"),
        ("i\nc\na\nn\nt\nb\nr\ne\na\nt\nh\ne", "i cant breathe"),
        ("s.u.i.c.i.d.e", "suicide"),
        ("s-u-i-c-i-d-e", "suicide"),
        ("s_u_i_c_i_d_e", "suicide"),
        ("su1c1de", "suicide"),
        ("k1ll mys3lf", "kill myself"),
        ("$uicide", "suicide"),
        ("k*ll my$elf", "kill myself"),
        ("s**cide", "suicide"),
        ("k1llmys3lf", "kill myself"),
        ("heeeelp", "help"),
        ("i want to diiiie", "i want to die"),
        ("ccaanntt bbrreeaatthhee", "cant breathe"),
        ("саnt brеаthе", "cant breathe"),
        ("ΚΙLL", "kill"),
        ("ʜᴇʟᴘ", "help"),
        ("🅷🅴🅻🅿 🇭🇪🇱🇵", "help help"),
        ("ǝpᴉɔᴉns ɯɐ ı", "ǝpᴉɔᴉns ɯɐ ı\ni am suicide"),
        ("немогудышать", "не могу дышать"),
        ("cepдцe", "сердце"),
        ("nopuedorespirar", "no puedo respirar"),
    ],
)
def test_a_hidden_word_is_written_out(disguises: Disguises, typed: str, plain: str) -> None:
    assert disguises.taken_off(typed) == plain


@pytest.mark.parametrize(
    "typed",
    [
        "I can't breathe",
        "a b c",
        "I V chemo, 5 F U and F U D R",
        "M R I at 10:30 a.m., U.S.A.",
        "C1D13 of D13, 5FU, B12, CA19-9, h1n1, 100mg, T10",
        "x-ray, e.g. T-cell",
        "Guadalajara, Sandra and O'Brien",
        "helppump",
        "у меня болит сердце",
        "Привет, Наталья, не могу",
        "δεν μπορώ να αναπνεύσω",
        "我不能呼吸",
        "لا استطيع التنفس",
        "ok 😢 🇺🇸 ❤️",
        "",
    ],
)
def test_what_hides_nothing_stays_as_it_was_typed(disguises: Disguises, typed: str) -> None:
    assert disguises.taken_off(typed) == typed


def test_a_word_is_put_right_rather_than_taken_apart() -> None:
    vocabulary = Vocabulary(frozenset({"for", "head", "forehead"}))
    disguises = Disguises.of({"for": 900, "head": 90}, vocabulary, lambda words: 1.0)
    assert disguises.taken_off("forhead") == "forhead"


@pytest.mark.parametrize("typed", ["k*l*m*n*", "icantbreathe", "i a ", "*", "a*b*c ", "ссаа", "1l|!"])
def test_a_long_text_takes_time_in_line_with_its_length(disguises: Disguises, typed: str) -> None:
    began = time.process_time()
    for space in ("", " "):
        disguises.taken_off((typed + space) * (20_000 // len(typed + space)))
    assert time.process_time() - began < 1
