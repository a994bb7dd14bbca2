"""Owns the look of the one-file map: readable on a phone and on a projector, printable."""

from __future__ import annotations

STYLE = """
:root{--navy:#0b2545;--teal:#0f766e;--ink:#17212b;--soft:#465463;--line:#d9e1e8}
*{box-sizing:border-box}
body{margin:0;background:#f3f6f9;color:var(--ink);font-size:16px;line-height:1.6;
font-family:"Noto Sans CJK JP","Noto Sans JP","Hiragino Sans","Yu Gothic UI",Meiryo,system-ui,sans-serif}
main{max-width:1360px;margin:0 auto;padding:18px 22px 40px}
h1{font-size:26px;color:var(--navy);margin:0;line-height:1.3}h2{font-size:19px;color:var(--navy);margin:26px 0 8px}
h3{font-size:16px;color:var(--navy);margin:16px 0 4px}p{margin:0 0 8px}
.quiet{color:var(--soft);font-size:14px}
.says{background:#fff;border-left:6px solid var(--navy);padding:12px 18px;margin:14px 0;border-radius:0 8px 8px 0}
.says p{font-size:18px;margin:0}.says .name{display:none}
.limit{display:block;margin-top:8px;padding:4px 12px;border-radius:6px}.held{background:#eef3f0;color:#27543d}
.broken,.worsened,.verdict-not-met,.verdict-infeasible{background:#fbe9e5;color:#a3241b}
.improved,.verdict-met{background:#e5eefb;color:#12459b}.verdict-undecided{background:#fff3d6;color:#7a4a00}
.pill{display:inline-block;padding:0 10px;border-radius:12px;background:#eaeff4}
.bar{display:flex;flex-wrap:wrap;gap:10px 26px;align-items:end;margin:16px 0 10px}
.bar label,.bar legend{font-weight:600;font-size:14px;color:var(--soft);padding:0}
.bar select{display:block;font:inherit;font-weight:600;padding:7px 10px;border:1px solid #8497a9;border-radius:8px;
background:#fff;max-width:86vw}
fieldset{border:0;padding:0;margin:0}fieldset .choices{display:flex;flex-wrap:wrap;gap:6px}
.choices label{display:flex;gap:6px;align-items:center;padding:7px 14px;border:1px solid #8497a9;border-radius:8px;
background:#fff;color:var(--ink);cursor:pointer}
.choices label:has(:checked){background:var(--navy);border-color:var(--navy);color:#fff}
:focus-visible{outline:3px solid #f2b705;outline-offset:2px}
#handout-map{position:relative;height:min(74vh,760px);border:1px solid #7d92a5;border-radius:8px;overflow:hidden;
background:#dde7ee}
.north{position:absolute;right:14px;top:12px;z-index:2;color:var(--navy);font-weight:700;text-align:center;
line-height:1.1;text-shadow:0 0 4px #fff}
#handout-place{min-height:28px;padding:4px 2px;font-size:15px;font-variant-numeric:tabular-nums}
#handout-legend{display:flex;flex-wrap:wrap;gap:4px 18px;align-items:center;padding:8px 0}
.strip{display:flex;align-items:flex-start}.class{width:clamp(26px,7.4vw,46px)}.swatch{display:block;height:15px;
border:1px solid #aab4bf;border-width:1px 0}
.limit-word{display:block;text-align:center;margin-right:calc(-1*clamp(26px,7.4vw,46px));
font-size:13px;height:20px}.end{padding:0 8px;font-size:14px}
.signs{font-size:14px}.sign-row{display:inline-flex;gap:6px;align-items:center;margin:0 16px 4px 0}
.signs svg{width:28px;height:14px}
.scroll table{min-width:640px}.scroll .cards,.scroll .sources{min-width:900px}
.scroll{overflow-x:auto;background:#fff;border:1px solid var(--line);border-radius:8px;padding:4px 12px}
table{border-collapse:collapse;width:100%;font-size:15px}
th{text-align:left;color:var(--soft);border-bottom:2px solid var(--line);padding:6px 10px 6px 0}
tbody th{color:var(--ink);font-weight:400;border-bottom:1px solid #edf1f5}
td{border-bottom:1px solid #edf1f5;padding:6px 10px 6px 0;vertical-align:top;font-variant-numeric:tabular-nums}
.num{text-align:right;white-space:nowrap}.value{font-size:24px;font-weight:700;color:var(--navy)}
.value .beneath{font-size:14px;font-weight:400;color:var(--soft)}
.spread,.official,.tiny{font-size:14px;color:var(--soft)}
.badge{display:inline-block;padding:0 7px;border:1px solid #8497a9;border-radius:4px;font-size:13px;white-space:nowrap}
@media print{body{background:#fff}#handout-map{height:150mm}}
"""
