"""Names in Chinese, Korean, Arabic and Russian letters, which have no capitals or bend them; and in Vietnamese.

A Chinese or Korean name is a surname of a short list and one or two characters more: it is taken after what leads to a
name, before a title, and where no word of the list is. Arabic and Russian names are given names of a list, with what
stands beside them, and what follows "my name is".
"""

import re
from collections.abc import Iterator

from app.redaction.checks import HAN
from app.redaction.names import words_in
from app.redaction.signs import Range, holds_any

_DOUBLE = "欧阳|歐陽|司马|司馬|上官|诸葛|諸葛|夏侯|东方|東方|皇甫|尉迟|公孙|慕容|令狐"
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭"
    "陆汪范石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍"
    "庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华"
    "張劉陳楊黃趙吳孫馬羅鄭謝許鄧韓馮蕭葉蘇呂盧鍾譚陸賈韋鄒閻龍賀顧龔邵萬錢嚴湯溫龐顏莊聶魯歐關蘭寧紀畢單駱藍"
)
_FAMILY = f"(?:{_DOUBLE}|[{_SURNAMES}])"
_NO_GIVEN = (
    "的了是我你他她它们們这這那在有和与與就都也不没沒要会會能可以想问問吗嗎呢吧啊很太说說怎为為给給让讓把被跟对對从從再还還又"
    "已经經过過后後先"
)
"""Characters that go on with the sentence, not with a name."""
_GIVEN = f"[{HAN}]{{1,2}}"
_RELATIVE = (
    "妈妈?|媽媽?|爸爸?|老公|老婆|丈夫|妻子|先生|太太|儿子|兒子|女儿|女兒|哥哥?|姐姐?|弟弟?|妹妹?|爷爷|奶奶|外公|外婆"
    "|母亲|母親|父亲|父親|朋友"
)
_CHINESE_CUE = re.compile(
    rf"(?:我叫|名叫|叫做|姓名|名字叫?|本人|患者|病人|病患|联系人|聯絡人|我是|这是|這是|这里是|這裡是|(?:{_RELATIVE})叫?"
    r"|给|找|请|叫)"
    rf"(?:是|为|:|：| |叫){{0,2}}(?P<it>{_FAMILY}{_GIVEN})"
)
_CHINESE_TOLD = re.compile(rf"(?:我叫|名叫|叫做|姓名|名字叫?)(?:是|为|:|：| ){{0,2}}(?P<it>[{HAN}]{{2,4}})(?![{HAN}])")
_TITLE = re.compile("先生|女士|小姐|太太|[医醫][生师師]|大夫|[护護]士|主任|教授|阿姨|叔叔|老[师師]")
_CHINESE_TITLE = re.compile(rf"(?P<it>{_FAMILY}[{HAN}]{{0,2}}?)(?:{_TITLE.pattern})")
_CHINESE_ALONE = re.compile(rf"(?<![{HAN}])(?P<it>{_FAMILY}{_GIVEN})(?![{HAN}])")
_RUN = re.compile(rf"[{HAN}]{{2,400}}")
_LONGEST_WORD = 4

_KOREAN_SURNAMES = (
    "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민나진지엄채원천방공현함변염여추도소"
    "석선설마길연위표명기반왕금옥육인맹제모탁국어은편용"
)
_KOREAN = re.compile(
    rf"(?:(?<![가-힣])|(?<=저는)|(?<=이름은))(?P<it>[{_KOREAN_SURNAMES}][가-힣]{{2}})"
    r"(?=(?:이고|이며|이라고|라고|입니다|이에요|예요|이야|씨|님|의|은|는|이|가|을|를|께|한테|에게|환자|선생님|여사"
    r"| ?(?:씨|님|선생님|의사|여사)|)(?![가-힣]))"
)
_KOREAN_TITLE = re.compile(
    rf"(?<![가-힣])(?P<it>[{_KOREAN_SURNAMES}](?:[가-힣]{{2}})?)"
    r"(?= ?(?:선생님|의사|박사|교수|간호사|씨|여사|과장|원장))"
)

_ARABIC_CUE = re.compile(
    r"(?<!\w)(?:[وف]?(?:اسمي|إسمي|اسمه|اسمها|اسم (?:المريضه?|المريضة|الأب|الأم|الزوج)|المريضة?|معك|معكم|الدكتورة?"
    r"|دكتورة?|د\.|السيدة?|"
    r"الأستاذة?|الممرضة?|أنا|انا|والدي|والدتي|أبي|ابي|أمي|امي|زوجي|زوجتي|ابني|ابنتي|بنتي|أخي|اخي|أختي|اختي|جدي|جدتي"
    r"|عمي|خالي|صديقي))"
    r"(?: هو| هي|:|،| ){1,3}(?P<it>\w{2,15})"
)
_ARABIC_WORD = re.compile("[\u0621-\u065f\u066e-\u06d3]{2,20}")
_ARABIC_LINK = ("بن", "بنت", "ابن", "عبد", "ابو", "أبو", "ام", "أم", "آل", "الدين", "الله", "الرحمن")

_RUSSIAN_CUE = re.compile(
    r"\b(?:зовут|имя|фамилия|отчество|это|я|пациент\w{0,2}|доктор\w{0,2}|врач\w{0,2}|медсестр\w|муж\w{0,2}"
    r"|жен[аеуы]|мам[аеуы]|пап[аеуы]|сын\w{0,2}"
    r"|доч\w{1,4}|брат\w{0,2}|сестр\w{1,2}|бабушк\w|дедушк\w|г-н|г-жа|господин\w?|госпож\w|друг\w?|подруг\w)(?: -|:"
    r"|,)? {1,2}(?P<it>[\w-]{2,25})",
    re.I,
)
_RUSSIAN_WORD = re.compile("[А-Яа-яЁё]{2,25}(?:-[А-Яа-яЁё]{2,25})?")
_PATRONYMIC = re.compile(r"[а-яё]{2,18}(?:ович|евич|овн|евн|иничн|ичн)(?:а|у|е|ом|ем|ой|ы)?")
_RUSSIAN_SURNAME = re.compile(
    r"[а-яё]{2,18}(?:[ое]в|[иы]н|ск(?:ий|ая|ого|ой|ому|им|ую)|цк(?:ий|ая)|енко|чук|юк|ян|дзе|швили)(?:а|у|е|ым|ой|ы)?"
)
_DOUBTFUL = frozenset(("вер", "надежд", "любов", "роман", "лев", "марк", "слав", "светлан"))
"""Given names that are words too: Vera is faith."""
_MOST = 4
"""Most words of one name."""
_MOST_LETTERS = 2
"""Most letters of a case: Ивану, Ольгой."""


_VIETNAMESE = re.compile(
    r"(?<!\w)(?:Nguyễn|Nguyen|Trần|Tran|Lê|Phạm|Pham|Hoàng|Hoang|Huỳnh|Huynh|Phan|Vũ|Võ|Đặng|Dang|Bùi|Bui|Đỗ|Hồ|Ngô|Ngo"
    r"|Dương|Duong|Lý|Đinh|Dinh|Trương|Truong|Đoàn|Doan|Lâm|Trịnh|Trinh|Đào|Cao|Hà)(?: [A-ZĐÀ-Ỹ][^\W\d_]{0,7}){1,3}"
    r"|(?<!\w)(?:nguyễn|nguyen|trần|phạm|pham|huỳnh|huynh|đặng|trương|truong)(?: [^\W\d_]{1,7}){2}"
)


def find(plain: str) -> Iterator[Range]:
    """Yield where names in other letters than Latin stand in a text in plain characters; they may overlap."""
    yield from (match.span() for match in _VIETNAMESE.finditer(plain))
    if plain.isascii():
        return
    if _RUN.search(plain):
        yield from _chinese(plain)
    if holds_any(plain, ("ي", "ا")):
        yield from _arabic(plain)
    if holds_any(plain.lower(), ("а", "о", "е")):
        yield from _russian(plain)
    for pattern in (_KOREAN, _KOREAN_TITLE):
        yield from (match.span("it") for match in pattern.finditer(plain) if not _is_korean_word(match["it"]))


def _is_korean_word(it: str) -> bool:
    return any(it[:end] in words_in("known_ko.txt") for end in range(2, len(it) + 1))


# Chinese


def _chinese(plain: str) -> Iterator[Range]:
    for match in _CHINESE_TOLD.finditer(plain):
        yield match.span("it")
    for pattern in (_CHINESE_CUE, _CHINESE_ALONE):
        yield from filter(None, (_chinese_name(plain, match.start("it")) for match in pattern.finditer(plain)))
    for match in _CHINESE_TITLE.finditer(plain):
        if match["it"][:2] not in words_in("known_zh.txt"):
            yield match.span("it")
    for run in _RUN.finditer(plain):
        yield from _between_words(plain, *run.span())


def _chinese_name(plain: str, start: int) -> Range | None:
    """Return a surname and one or two characters, as far as no known word begins."""
    family = 2 if re.match(_DOUBLE, plain[start : start + 2]) else 1
    if plain[start : start + 2] in words_in("known_zh.txt") or _TITLE.match(plain, start + family):
        return None
    end = start + family
    while end - start - family < 2 and _is_han(plain[end : end + 1]) and plain[end] not in _NO_GIVEN:
        if end > start + family and plain[end : end + 2] in words_in("known_zh.txt"):
            break
        end += 1
    return (start, end) if end > start + family else None


def _between_words(plain: str, start: int, end: int) -> Iterator[Range]:
    """Yield what is left of a run when the longest known words are read from its left: a surname and what follows."""
    place, alone, words = start, start, words_in("known_zh.txt")
    while place < end:
        sizes = range(min(_LONGEST_WORD, end - place), 1, -1)
        size = next((size for size in sizes if plain[place : place + size] in words), 0)
        if size:
            yield from _left(plain, alone, place)
            place = alone = place + size
        elif plain[place] in _NO_GIVEN:
            yield from _left(plain, alone, place)
            place = alone = place + 1
        else:
            place += 1
    yield from _left(plain, alone, end)


def _left(plain: str, start: int, end: int) -> Iterator[Range]:
    if end - start in (2, 3) and re.match(_FAMILY, plain[start:end]):
        yield start, end


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"


# Arabic


def _arabic(plain: str) -> Iterator[Range]:
    words = list(_ARABIC_WORD.finditer(plain))
    cued = {match.start("it") for match in _ARABIC_CUE.finditer(plain)}
    for place, word in enumerate(words):
        given = _is_arabic_name(word[0])
        if given and (word.start() in cued or not _is_arabic_word(word[0])):
            yield word.start(), _arabic_end(plain, words[place : place + _MOST])


def _arabic_end(plain: str, words: list[re.Match[str]]) -> int:
    """Return where a name ends: with names, what links them, and family names, which begin with the."""
    end = words[0].end()
    for word in words[1:]:
        goes_on = word[0] in _ARABIC_LINK or _is_arabic_name(word[0]) or re.fullmatch(r"ال\w{2,10}ي", word[0])
        if plain[end : word.start()] != " " or not goes_on:
            break
        end = word.end()
    return end


def _is_arabic_name(word: str) -> bool:
    return word in words_in("names_ar.txt") or word.lstrip("ول") in words_in("names_ar.txt")


def _is_arabic_word(word: str) -> bool:
    return word in words_in("stems_ar.txt")


# Russian


def _russian(plain: str) -> Iterator[Range]:
    words = list(_RUSSIAN_WORD.finditer(plain))
    cued = {match.start("it") for match in _RUSSIAN_CUE.finditer(plain)}
    for place, word in enumerate(words):
        sure = _PATRONYMIC.fullmatch(word[0].lower()) and word[0][0].isupper()
        if sure or _is_russian_name(word[0], word.start() in cued):
            yield word.start(), _russian_end(plain, words[place : place + _MOST])


def _russian_end(plain: str, words: list[re.Match[str]]) -> int:
    end = words[0].end()
    for word in words[1:]:
        low, capital = word[0].lower(), word[0][0].isupper()
        goes_on = (
            _PATRONYMIC.fullmatch(low)
            or (capital and _RUSSIAN_SURNAME.fullmatch(low))
            or (capital and _is_russian_name(word[0], True))
        )
        if plain[end : word.start()] != " " or not goes_on:
            break
        end = word.end()
    return end


def _is_russian_name(word: str, cued: bool) -> bool:
    """Return True for a case of a listed name; names that are words too (Vera is faith) need a capital and a cue."""
    low = word.lower().replace("ё", "е")
    stems = [low[: len(low) - cut] for cut in range(_MOST_LETTERS + 1) if len(low) - cut >= 3]
    if any(stem in words_in("names_ru.txt") for stem in stems):
        return True
    named = word[0].isupper() and cued
    return named and (any(stem in _DOUBTFUL for stem in stems) or _RUSSIAN_SURNAME.fullmatch(low) is not None)
