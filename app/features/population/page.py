"""Owns the page of the population by year that stands alone: one file, no network, both languages."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.text.credit_lines import credit_line
from geodata.errors import Text

if TYPE_CHECKING:
    from geodata.city import City

ASSETS = Path(__file__).resolve().parents[2] / "assets"

NOTES: tuple[Text, ...] = (
    Text(
        "試算。各メッシュでの加齢・死亡・出生を、市全体の将来人口（総数と年齢階級）に合わせています。死亡率と出生率は仮定、"
        "移動は総数との残差です。",
        "Modelled: ageing, deaths and births on each cell, tied to the projected totals and ages of the whole city."
        " Death rates are assumed; migration is the residual.",
    ),
    Text(
        "メッシュ別・地区別の年齢構成の多くは仮定（市の平均）です。資料のある地区と団地以外の地区差は小さく出ます。",
        "Ages by cell and district are mostly assumed (the city's mean): districts differ less than they do, other than"
        " where figures are known.",
    ),
    Text(
        "10人未満のメッシュと年齢階級は表示していません。地区は便宜区分で、公式の学区ではありません。",
        "Cells and age groups under 10 persons are hidden. Districts are made for convenience, not official ones.",
    ),
)

_PAGE = """<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:">
<title>{title}</title>
<style>
body {{
  margin: 0; background: #f3f6f9;
  font-family: "Noto Sans CJK JP", "Noto Sans JP", "Hiragino Sans", "Yu Gothic UI", Meiryo, system-ui, sans-serif;
}}
{css}
</style>
</head>
<body>
<main class="people-page">
<div class="people-head"><h1 id="people-title"></h1>
<button type="button" id="people-lang" lang="{other}">{other_name}</button></div>
<div id="people-host"></div>
<section class="people-notes" id="people-notes"></section>
</main>
<script type="application/json" id="people-frames">{frames}</script>
<script>{script}</script>
<script>
(function () {{
  const frames = JSON.parse(document.getElementById("people-frames").textContent);
  let lang = document.documentElement.lang;
  const show = function () {{
    document.documentElement.lang = lang;
    document.title = frames.title[lang];
    document.getElementById("people-title").textContent = frames.title[lang];
    const button = document.getElementById("people-lang");
    button.textContent = lang === "ja" ? "English" : "日本語";
    button.lang = lang === "ja" ? "en" : "ja";
    const notes = document.getElementById("people-notes");
    notes.textContent = "";
    frames.notes.forEach(function (note) {{
      const line = document.createElement("p");
      line.textContent = note[lang];
      notes.appendChild(line);
    }});
    window.ekiseiPeople.mount(document.getElementById("people-host"), frames, lang);
  }};
  document.getElementById("people-lang").addEventListener("click", function () {{
    lang = lang === "ja" ? "en" : "ja";
    show();
  }});
  show();
}})();
</script>
</body>
</html>
"""


def page_notes(city: City, frames: dict[str, Any]) -> list[dict[str, str]]:
    """Return what stands under the map: path, how it was computed, what is hidden, whose figures."""
    path, note = frames["path"], frames["note"]
    first = {"ja": f"総数: {path['ja']}。", "en": f"Totals: {path['en']}."}
    credited = dict.fromkeys(s.credit for s in city.sources if s.layer in {"population", "targets"} and s.credit)
    told = [{"ja": n.ja, "en": n.en} for n in NOTES]
    names = [credit.removeprefix("出典：").removeprefix("出典:") for credit in credited]
    english = [credit_line(credit, "en") for credit in credited]
    source = {"ja": "出典: " + " ／ ".join(names), "en": "Sources: " + " / ".join(english)}
    return [first, *([note] if note["ja"] else []), *told, *([source] if credited else [])]


def standalone_page(city: City, frames: dict[str, Any], lang: str) -> str:
    """Return the whole page as text; it asks for nothing beside itself."""
    content = {**frames, "notes": page_notes(city, frames)}
    # "</" would end the script element
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    english = lang == "en"
    return _PAGE.format(
        lang="en" if english else "ja",
        other="ja" if english else "en",
        other_name="日本語" if english else "English",
        title=html.escape(frames["title"]["en" if english else "ja"]),
        css=(ASSETS / "population.css").read_text(encoding="utf-8"),
        frames=text,
        script=(ASSETS / "population.js").read_text(encoding="utf-8"),
    )
