"""Owns the one spelling of Japanese addresses: widths, old characters, 大字・字, 丁目 as digits, prefecture."""

from __future__ import annotations

import re
import unicodedata

_PREFECTURES = (
    "北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 "
    "東京都 神奈川県 新潟県 富山県 石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県 "
    "滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県 鳥取県 島根県 岡山県 広島県 山口県 徳島県 "
    "香川県 愛媛県 高知県 福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県"
)
PREFECTURES = tuple(_PREFECTURES.split())

_SAME = str.maketrans(
    {
        **dict.fromkeys("ヶヵがガ", "ケ"),
        **dict.fromkeys("の之乃", "ノ"),
        **dict.fromkeys("ッっつ", "ツ"),
        **dict.fromkeys("‐‑‒–—―−－ｰ﹣", "-"),
        **dict(
            zip(
                "澤邉邊齋齊濱國條櫻瀧嶋嶌廣檜籠藪曾埜冨﨑髙栁德惠壽榮圓驛淵萬與豐舘礒蘆礪龍鐵澁眞神福",
                "沢辺辺斎斉浜国条桜滝島島広桧篭薮曽野富崎高柳徳恵寿栄円駅渕万与豊館磯芦砺竜鉄渋真神福",
                strict=True,
            ),
        ),
    },
)
_COUNTER = "(?=丁目|丁|条|線|地割|番町|区(?:$|\\D))"
_KANJI_NUMBER = re.compile(f"[〇一二三四五六七八九十百]+{_COUNTER}")
_POSTCODE = re.compile(r"^〒?\d{3}-?\d{4}(?=\D)|^〒")
_COUNTY = re.compile(r"^[^\d]{1,5}?郡")
_SPACES = re.compile(r"\s+")
_DASH_OF_NUMBERS = re.compile(r"(?<=\d)[ーノ](?=\d)")
_DIGITS = {c: n for n, c in enumerate("〇一二三四五六七八九")}
_TEN, _HUNDRED = 10, 100


def plain_address(text: str) -> str:
    """
    Return an address in the one spelling that both sides of a comparison are brought to.

    Full width becomes half width, old characters become new ones, ``ヶ・ケ・が`` and ``ノ・の・之`` become one,
    大字・小字・字 and spaces go, and numbers before 丁目・条・線・地割 become digits; the prefecture stays.
    """
    plain = _SPACES.sub("", unicodedata.normalize("NFKC", text)).translate(_SAME)
    plain = _POSTCODE.sub("", plain)
    plain = plain.replace("大字", "").replace("小字", "").replace("字", "")
    plain = _KANJI_NUMBER.sub(lambda found: str(kanji_number(found.group())), plain)
    return _DASH_OF_NUMBERS.sub("-", plain)


def kanji_number(text: str) -> int:
    """Return a number written in kanji, such as 二十三, as an integer; digits in a row count by place."""
    if not any(sign in text for sign in "十百"):
        return int("".join(str(_DIGITS[c]) for c in text))
    total, digit = 0, 0
    for sign in text:
        if sign in "十百":
            total += max(digit, 1) * (_TEN if sign == "十" else _HUNDRED)
            digit = 0
        else:
            digit = _DIGITS[sign]
    return total + digit


def without_prefecture(plain: str) -> tuple[str, str]:
    """Return the prefecture (or "") and the rest of an address in the one spelling."""
    for name in PREFECTURES:
        if plain.startswith(name):
            return name, plain[len(name) :]
    return "", plain


def lies_in(address: str, municipality: str) -> bool:
    """Return whether an address lies in a municipality, by its name with or without prefecture and 郡."""
    _, wanted = without_prefecture(plain_address(municipality))
    _, rest = without_prefecture(plain_address(address))
    return rest.startswith(wanted) or _COUNTY.sub("", rest).startswith(_COUNTY.sub("", wanted))
