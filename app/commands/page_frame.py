"""Owns the frame of pages written to a file: both languages in one, look on screen, phone and paper, plain tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.import_report.markup import both, esc, tag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from geodata.errors import Text

STYLE = """
:root{--ink:#17212b;--soft:#47505f;--rule:#dfe3ea;--navy:#0b2545}
*{box-sizing:border-box}
body{margin:0;background:#f3f6f9;color:var(--ink);line-height:1.65;font-size:15px;
font-family:"Noto Sans CJK JP","Noto Sans JP","Hiragino Sans","Yu Gothic UI",Meiryo,system-ui,sans-serif}
main{max-width:1120px;margin:0 auto;padding:24px 24px 56px;position:relative}
.lang{position:absolute;top:30px;right:30px;opacity:0;pointer-events:none}
#lang-ja:checked~.page .en,#lang-en:checked~.page .ja{display:none}
.switch{float:right;display:flex;border:1px solid var(--rule);border-radius:6px;overflow:hidden;background:#fff;
margin:0 0 8px 12px}
.switch label{padding:3px 14px;cursor:pointer;font-size:13px;color:var(--soft)}
#lang-ja:checked~.page label[for=lang-ja],#lang-en:checked~.page label[for=lang-en]{background:var(--navy);color:#fff}
#lang-ja:focus-visible~.page label[for=lang-ja],
#lang-en:focus-visible~.page label[for=lang-en]{outline:3px solid #f2b705;outline-offset:-3px}
h1{margin:0 0 4px;font-size:26px;line-height:1.35;color:var(--navy)}
.about{color:var(--soft);margin:0 0 16px;max-width:64em}
section{background:#fff;border:1px solid var(--rule);border-radius:10px;padding:16px 20px 18px;margin:0 0 16px;
break-inside:avoid}
h2{margin:0 0 8px;font-size:19px;color:var(--navy)}h3{margin:14px 0 4px;font-size:15px}
.charts{display:grid;grid-template-columns:1fr 1fr;gap:16px}.charts svg{width:100%;height:auto;display:block}
@media(max-width:760px){.charts{grid-template-columns:1fr}}
table{border-collapse:collapse;width:100%;font-size:14px}
th{font-weight:600;color:var(--soft);text-align:left;border-bottom:1.5px solid var(--rule);padding:4px 12px 4px 0;
vertical-align:bottom}
td{border-bottom:1px solid #edf0f4;padding:5px 12px 5px 0;vertical-align:top;font-variant-numeric:tabular-nums;
overflow-wrap:anywhere}
.verdict{display:inline-block;padding:1px 10px;border-radius:99px;font-weight:700;white-space:nowrap;background:#eef1f4}
.verdict-met{background:#e5eefb;color:#12459b}.verdict-not-met,.verdict-infeasible{background:#fbe9e5;color:#8a1c14}
.verdict-undecided{background:#fff3d6;color:#5e3b00}
ul{margin:6px 0 0;padding-left:20px}.quiet{color:var(--soft);font-size:13px}
@media screen and (max-width:700px){main{padding:16px 12px 40px}section{padding:14px 14px 16px}
.lang{top:18px;right:18px}
.verdict{white-space:normal;border-radius:10px}
.stacked,.stacked tbody,.stacked tr{display:block}
.stacked thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.stacked tr{border-bottom:1.5px solid var(--rule);padding:8px 0}
.stacked td{border:0;padding:1px 0;display:grid;grid-template-columns:minmax(0,2fr) minmax(0,3fr);gap:0 12px}
.stacked td:empty{display:none}
.stacked td::before{content:attr(data-ja);color:var(--soft)}
#lang-en:checked~.page .stacked td::before{content:attr(data-en)}}
@media print{body{background:#fff;font-size:12px}main{padding:0;max-width:none}.switch{display:none}
section{border-color:#999}table{font-size:11px}tr,figure{break-inside:avoid}h2{break-after:avoid}}
"""
SWITCHING = """
document.querySelectorAll("input.lang").forEach(function(choice){choice.addEventListener("change",function(){
var root=document.documentElement;root.lang=choice.id.slice(5);document.title=root.dataset[root.lang]})});
"""


def framed(title: Text, body: Iterable[str], style: str = "", script: str = "") -> str:
    """Return a whole page that needs no network: Japanese first, the other language one key away."""
    switch = (
        '<div class="switch"><label for="lang-ja">日本語</label><label for="lang-en" lang="en">English</label></div>'
    )
    names = f'data-ja="{esc(title.ja)}" data-en="{esc(title.en)}"'
    return (
        f'<!DOCTYPE html>\n<html lang="ja" {names}><head><meta charset="utf-8"><title>{esc(title.ja)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}{style}</style></head><body><main>"
        '<input class="lang" type="radio" name="lang" id="lang-ja" checked aria-label="日本語">'
        '<input class="lang" type="radio" name="lang" id="lang-en" aria-label="English" lang="en">'
        f'<div class="page">{switch}{"".join(body)}</div></main><script>{SWITCHING}{script}</script></body></html>\n'
    )


def in_both(markup: Callable[[str], str]) -> str:
    """Return markup made for either language, of which the page shows one."""
    return "".join(f'<span class="{lang}" lang="{lang}">{markup(lang)}</span>' for lang in ("ja", "en"))


def table(heads: Sequence[Text], rows: Iterable[Sequence[str]]) -> str:
    """
    Return a table whose cells are markup already: a block per row on a phone, never scrolled.

    Roles are written out, as browsers forget that of a table whose parts are laid out as blocks.
    """
    head = "".join(f'<th scope="col" role="columnheader">{both(h)}</th>' for h in heads)
    body = "".join(
        tag("tr", "".join(_cell(h, inner) for h, inner in zip(heads, row, strict=True)), role="row") for row in rows
    )
    top = tag("thead", tag("tr", head, role="row"), role="rowgroup")
    return tag("table", top + tag("tbody", body, role="rowgroup"), role="table", class_="stacked")


def _cell(head: Text, inner: str) -> str:
    """Return a cell that carries its head, which stands before it on a phone."""
    shown = f"<div>{inner}</div>" if inner else ""
    return tag("td", shown, role="cell", data_ja=head.ja, data_en=head.en)
