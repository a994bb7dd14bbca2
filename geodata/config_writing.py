"""Owns the commented configuration: recognised files → YAML that builds, and what to look at in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geodata.config_text import block, commented
from geodata.errors import Text
from geodata.recognised import SILENT

if TYPE_CHECKING:
    from geodata.config_choice import Plan

_ORDER = (
    "id",
    "name",
    "inputs",
    "base",
    "population",
    "districts",
    "controls",
    "daytime",
    "outlook",
    "gtfs",
    "streets",
    "ksj",
    "towns",
    "facilities",
    "boundaries",
    "opinions",
    "sources",
)
_ABOUT: dict[str, Text] = {
    "id": Text("都市の id（英小文字・数字・ハイフン）と名前", "id of the city (a-z, 0-9, -) and its name"),
    "inputs": Text(
        "ファイルのフォルダー（この設定からの相対。環境変数 EKISEI_INPUTS でも変えられます）",
        "folder of the files, relative to this one (or the variable EKISEI_INPUTS)",
    ),
    "base": Text("ない層を借りる都市", "the city that lends layers no file brings"),
    "population": Text("人口", "people"),
    "districts": Text("地区の区域", "areas of districts"),
    "controls": Text("公式の地区別・年齢別人口（セルをこれに合わせる）", "official totals that cells are fitted to"),
    "daytime": Text("昼間人口", "daytime population"),
    "outlook": Text("将来推計人口", "projected population"),
    "gtfs": Text("時刻表（GTFS・GTFS-JP）。基準日は自動で選びます", "timetables; the days are chosen by themselves"),
    "streets": Text("道路", "streets"),
    "ksj": Text("国土数値情報", "National Land Numerical Information"),
    "towns": Text("町丁目の位置（住所から場所を求める）", "町丁目 points, to place addresses"),
    "facilities": Text("施設", "facilities"),
    "boundaries": Text("区域（municipality: 停留所が市内かを決める）", "areas (municipality: which stops are inside)"),
    "opinions": Text("みんなの声", "opinions of residents"),
    "sources": Text(
        "出典（画面と出力に出ます。credit と licence は提供元の指定どおりに）",
        "sources, printed on pages and exports: credit and licence as the publishers ask",
    ),
}


def config_text(plan: Plan, lang: str = "ja", inputs: str = ".") -> str:
    """
    Return a plan as YAML with comments.

    Parameters
    ----------
    plan
        What was chosen.
    lang
        Language of the comments.
    inputs
        What to write as ``inputs:``.
    """
    config: dict[str, Any] = {**plan.config, "inputs": inputs}
    lines = _heading(plan, lang)
    for key in _ORDER:
        if key not in config and key not in plan.others:
            continue
        lines.append("")
        if key in _ABOUT:
            lines.append(f"# {_ABOUT[key].get(lang)}")
        lines += [f"# {why.get(lang)}" for why in plan.why.get(key, ())]
        if key in config:
            lines += block({key: config[key]})
        for fragment, why in plan.others.get(key, ()):
            label = Text("使わなかったもの", "not used")
            lines += [f"# {label.get(lang)}: {why.get(lang)}", *commented(block(fragment))]
    return "\n".join(lines) + "\n"


def _heading(plan: Plan, lang: str) -> list[str]:
    first = Text(
        "Ekisei の都市の設定。フォルダーのファイルから作りました。確かめて、足りない所を書き足してください。",
        "Configuration of a city, made from the files of a folder. Check it, and add what is missing.",
    )
    lines = [f"# {first.get(lang)}", "#"]
    for file in plan.files:
        if file.what in {"part", "document"}:
            continue
        lines.append(f"#   {_one_line(file.path)}: {file.title.get(lang)} – {_one_line(file.why.get(lang))}")
    unknown = [f.path for f in plan.files if f.what in SILENT - {"part", "document"}]
    if unknown:
        told = Text(f"使っていないファイル {len(unknown)} 件", f"files not used: {len(unknown)}")
        lines += ["#", f"# {told.get(lang)}"]
    return lines


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)
