"""Owns the look of the import report, on screen and on A4."""

STYLE = """
:root{--ink:#1a2233;--soft:#5b6577;--rule:#dfe3ea;--paper:#fff;--ground:#f4f6f9;--blue:#12417e}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);line-height:1.65;font-size:15px;
font-family:"Noto Sans JP","Noto Sans CJK JP","Hiragino Sans","Yu Gothic UI","Yu Gothic",Meiryo,sans-serif}
.lang{position:absolute;opacity:0;pointer-events:none}
#lang-ja:checked~.page .en,#lang-en:checked~.page .ja{display:none}
.page{max-width:1120px;margin:0 auto;padding:28px 28px 60px}
.switch{float:right;display:flex;border:1px solid var(--rule);border-radius:6px;overflow:hidden;background:#fff}
.switch label{padding:3px 14px;cursor:pointer;font-size:13px;color:var(--soft)}
#lang-ja:checked~.page label[for=lang-ja],#lang-en:checked~.page label[for=lang-en]{background:var(--blue);color:#fff}
#lang-ja:focus-visible~.page label[for=lang-ja],
#lang-en:focus-visible~.page label[for=lang-en]{outline:2px solid #e0902a}
header .over{color:var(--soft);font-size:13px;letter-spacing:.04em}
h1{margin:0 0 4px;font-size:30px;line-height:1.25}
h1 small{font-size:15px;font-weight:400;color:var(--soft);margin-left:.6em}
.verdict{display:inline-block;margin:8px 0 4px;padding:4px 12px;border-radius:5px;font-weight:600;background:#e4f1e8;
color:#1c5c36}
.verdict.bad{background:#fbe5e1;color:#94231a}
.about{color:var(--soft);margin:6px 0 14px;max-width:64em}
dl.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(300px,1fr));gap:4px 24px;margin:0 0 18px;
font-size:13.5px}
dl.facts div{display:flex;gap:.8em;border-bottom:1px solid var(--rule);padding:3px 0}
dl.facts dt{color:var(--soft);white-space:nowrap}dl.facts dd{margin:0;overflow-wrap:anywhere}
.tiles{display:grid;grid-template-columns:repeat(6,1fr);gap:10px;margin:0 0 22px}
.tile{background:var(--paper);border:1px solid var(--rule);border-radius:8px;padding:10px 14px}
.tile b{display:block;font-size:23px;line-height:1.2;font-variant-numeric:tabular-nums}
.tile span{font-size:12.5px;color:var(--soft)}
.tile.error b{color:#a32317}.tile.warning b{color:#9a5b00}
section{background:var(--paper);border:1px solid var(--rule);border-radius:10px;padding:18px 22px 20px;
margin:0 0 18px}
section>h2{margin:0 0 10px;font-size:20px;display:flex;align-items:center;gap:.6em;flex-wrap:wrap}
section h3{font-size:14.5px;margin:18px 0 6px}
.sides{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,420px);gap:0 26px;align-items:start}
.sides>.only{grid-column:1/-1}
.badge{font-size:12.5px;font-weight:600;padding:1px 10px;border-radius:99px;border:1px solid;white-space:nowrap}
.observed{color:#14532d;background:#e6f4ea;border-color:#a9d5b6}.official{color:#1e3a70;background:#e5edfa;
border-color:#adc5ec}
.modelled{color:#5b3a8a;background:#f0eafa;border-color:#cbb8e8}.assumed{color:#7a4a00;background:#fdf1d8;
border-color:#e8c987}
.none{color:#555;background:#eee;border-color:#ccc}
.mark{display:inline-block;font-size:11.5px;color:#8a3b00;background:#fff3e6;border:1px solid #eec79b;
border-radius:4px;padding:0 6px;white-space:nowrap}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:13.5px}
th{font-weight:500;color:var(--soft);text-align:left;border-bottom:1.5px solid var(--rule);padding:4px 10px 4px 0;
white-space:nowrap}
td{border-bottom:1px solid #edf0f4;padding:5px 10px 5px 0;vertical-align:top;overflow-wrap:anywhere}
td:last-child,th:last-child{padding-right:0}
table.numbers td:not(:first-child),table.numbers th:not(:first-child){text-align:right;
font-variant-numeric:tabular-nums;white-space:nowrap}
table.layers td:nth-child(n+3),table.layers th:nth-child(n+3){text-align:right;font-variant-numeric:tabular-nums;
white-space:nowrap}
td.less{color:#9a5b00}.quiet{color:var(--soft);font-size:12.5px}
code{font-family:ui-monospace,"Cascadia Mono",Consolas,"Noto Sans Mono",monospace;font-size:.88em;color:#475066}
a{color:var(--blue)}
.source{padding:7px 0;border-bottom:1px solid #edf0f4;font-size:13.5px}.source p{margin:2px 0;color:var(--soft)}
.source b{margin-right:.6em}
ol.found{list-style:none;margin:0;padding:0}
ol.found li{border-left:4px solid #c9d0db;padding:3px 0 3px 12px;margin:0 0 9px;font-size:13.5px}
ol.found li.error{border-color:#c2331f}ol.found li.warning{border-color:#df9a2b}
ol.found .where{font-weight:600;overflow-wrap:anywhere}ol.found .hint{color:#33518a}
ol.found .hint:before{content:"→ "}
details>summary{cursor:pointer;color:var(--blue);font-size:13.5px;margin:4px 0 8px}
figure{margin:0}figure svg{display:block;width:100%;height:auto;border:1px solid var(--rule);border-radius:6px}
figcaption{font-size:12.5px;margin-top:6px}figcaption ul{list-style:none;margin:3px 0 0;padding:0;display:flex;
flex-wrap:wrap;gap:2px 12px;color:var(--soft)}
figcaption i{display:inline-block;width:11px;height:11px;border-radius:2px;margin-right:5px;
border:1px solid rgba(0,0,0,.15);vertical-align:-1px}
ul.absent{margin:0;padding:0;list-style:none;display:flex;flex-wrap:wrap;gap:4px 20px;color:var(--soft)}
table.files td:nth-child(n+3),table.files th:nth-child(n+3){white-space:nowrap;text-align:right}
.sheet{fill:#fbfcfd}.land{fill:#e9edf2}
.line{fill:none;stroke-width:1.5;stroke-linejoin:round;opacity:.85}.line.assumed{stroke-dasharray:5 4}
.stops{stroke:#111827;stroke-width:2.6;stroke-linecap:round}.place{stroke-width:6.5;stroke-linecap:round;opacity:.88}
.street{fill:none;stroke:#374151;stroke-width:.7}.walk{fill:none;stroke:#b08968;stroke-width:.6}
.zone{fill-opacity:.28;stroke-width:1}.zone.border{fill:none;stroke-width:1.6}
.scale path{fill:none;stroke:#333;stroke-width:1.4}.scale text{font-size:12.5px;text-anchor:middle;fill:#333;
paint-order:stroke;stroke:#fff;stroke-width:3px}
footer{color:var(--soft);font-size:12.5px;overflow-wrap:anywhere}
@media (max-width:820px){.tiles{grid-template-columns:repeat(3,1fr)}.page{padding:16px}
.sides{grid-template-columns:minmax(0,1fr)}}
@page{size:A4;margin:13mm 12mm}
@media print{body{background:#fff;font-size:10pt;-webkit-print-color-adjust:exact;print-color-adjust:exact}
.page{max-width:none;padding:0}.switch{display:none}section{border:0;border-top:2px solid var(--ink);border-radius:0;
padding:8px 0 4px}
.sides{grid-template-columns:minmax(0,1fr) minmax(0,42%)}section>h2,h3{break-after:avoid}
figure,.source,ol.found li,tr{break-inside:avoid}
.tiles{grid-template-columns:repeat(6,1fr);gap:6px}.tile{padding:6px 9px}.tile b{font-size:15pt}
details:not([open])>*{display:none}details>summary{display:block!important}a{color:inherit;text-decoration:none}}
"""
