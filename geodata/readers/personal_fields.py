"""Owns what of a survey is personal: headings never read, and phones, mails and house numbers masked in free text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from geodata.readers.headings import plain_heading

if TYPE_CHECKING:
    from collections.abc import Sequence

MASK = "〇〇"

_PERSONAL = re.compile(
    r"氏名|お?名前|フリガナ|ふりがな|ふり仮名|カナ|^姓$|^名$|代表者|記入者|回答者名|投稿者|電話|tel|携帯|fax|ファックス|メール|mail|住所|番地|"
    r"郵便番号|〒|生年月日|誕生日|生まれた|ipアドレス|^ip|ipaddress|ユーザー?(?:id|名)|user|会員番号|マイナンバー|アカウント|連絡先|勤務先|"
    r"^name$|fullname|phone|address|birth|端末|cookie|署名",
)
_TOWN_ONLY = re.compile(r"町名|町丁|丁目まで|大字|地区|学区|町まで|町字")

_D = "[0-9０-９]"
_DASH = r"[-－‐‑–—−ー]"
_DASHES = rf"(?:{_DASH}|[\s()（）])"
_L = r"A-Za-z0-9_Ａ-Ｚａ-ｚ０-９＿"
_MAIL = re.compile(rf"[{_L}.+%\-．＋－]+[@＠][{_L}\-－]+(?:[.．][{_L}\-－]+)+")
_PHONE = re.compile(
    rf"(?<!{_D})[(（]?[0０]{_D}{{1,4}}(?:{_DASHES}{{1,2}}){_D}{{1,4}}(?:{_DASHES}{{1,2}}){_D}{{3,4}}(?!{_D})"
    rf"|(?<!{_D})[0０](?:{_D}{{9}}|[5７5-9５-９][0０]{_D}{{8}})(?!{_D})",
)
_POSTCODE = re.compile(rf"〒\s*{_D}{{3}}{_DASH}?{_D}{{4}}|(?<!{_D}){_D}{{3}}{_DASH}{_D}{{4}}(?![-0-9０-９])")
_K = "[一二三四五六七八九十百0-9０-９]"
_STREET = re.compile(
    rf"{_K}+番地?の?{_D}*(?:{_DASH}{_D}+)?{_K}*号|{_K}+番地(?:の{_D}+)?(?:{_DASH}{_D}+)*"
    rf"|(?<=[町村字区市目]){_D}{{1,5}}(?:{_DASH}{_D}{{1,5}}){{1,3}}(?:号室?)?",
)
_PERSON = re.compile(r"(?<![一-龥々])[一-龥々]{2,4}(?:さん|様|氏|君)(?![一-龥])")
_NOT_A_PERSON = re.compile(
    r"運転|皆|患者|業者|職員|市民|住民|町民|母|父|祖|奥|旦那|看護|店員|子供|高齢|障害|客|利用者|議員|市長|先生|乗客|隣|近所|親|兄|姉|弟|妹|娘|息子|"
    r"学生|生徒|医者|車掌|駅員|係|若者|老人|各位|同|何|神|仏|王|殿|外国|観光|孫|夫婦|赤|嫁|婿|地元|区長|会長|社長",
)


class Masked(NamedTuple):
    """A text without what is personal, and how often what was masked; `people`: what looks like a name of a person."""

    text: str
    mails: int
    phones: int
    streets: int
    people: int

    @property
    def total(self) -> int:
        """How many things were masked."""
        return self.mails + self.phones + self.streets


def is_personal(heading: str) -> bool:
    """Return whether a column holds something personal; 住所 counts unless its heading says it ends at the town."""
    plain = plain_heading(heading)
    if _TOWN_ONLY.search(plain) and not re.search(r"氏名|名前|電話|メール|番地|mail|phone", plain):
        return False
    return bool(_PERSONAL.search(plain))


def personal_columns(headings: Sequence[str]) -> list[str]:
    """Return the headings of a table that hold something personal, in order."""
    return [h for h in headings if is_personal(h)]


def mask_text(text: str) -> Masked:
    """Return a text with mail addresses, phone numbers, postcodes and house numbers as 〇〇; all else as written."""
    masked, mails = _MAIL.subn(MASK, text)
    masked, phones = _PHONE.subn(MASK, masked)
    masked, codes = _POSTCODE.subn(MASK, masked)
    masked, streets = _STREET.subn(MASK, masked)
    people = sum(not _NOT_A_PERSON.search(found) for found in _PERSON.findall(masked))
    return Masked(masked, mails, phones, codes + streets, people)
