"""Owns the look of printed sheets: calm, large, the colours of the page; words and signs beside every colour."""

from __future__ import annotations

from app.report.fonts import FAMILY

STYLE = f"""
*{{box-sizing:border-box}}
html{{font-family:"{FAMILY}";color:#17212b;font-size:10pt;line-height:1.5}}
body{{margin:0}}
h1,h2,h3,p,ul,figure,table{{margin:0;font-weight:400}}
h1{{font-size:23pt;color:#0b2545;line-height:1.2}}
h2{{font-size:13pt;color:#0b2545;padding-left:3mm;border-left:1.4mm solid #0f766e;margin:4mm 0 1.8mm;line-height:1.25;
break-after:avoid}}
h3{{font-size:11pt;color:#0b2545;margin:2.5mm 0 1mm;break-after:avoid}}
ul{{padding-left:4.6mm}}li{{margin:0 0 .8mm}}
.quiet{{color:#465463}}.small{{font-size:8.5pt}}.tiny{{font-size:7.5pt;line-height:1.4}}
.head{{display:flex;justify-content:space-between;align-items:flex-end;border-bottom:1mm solid #0b2545;
padding-bottom:2.2mm;margin-bottom:3.5mm}}
.head .kicker{{font-size:10pt;color:#0f766e;letter-spacing:.06em}}
.head .of{{text-align:right;font-size:10pt;color:#465463;line-height:1.5}}
.pill{{display:inline-block;padding:.1mm 2.4mm;border-radius:3mm;font-size:9pt;background:#eaeff4;color:#465463;
white-space:nowrap}}
.improved,.verdict-met{{background:#e5eefb;color:#12459b}}
.worsened,.verdict-not-met,.verdict-infeasible,.broken{{background:#fbe9e5;color:#a3241b}}
.verdict-undecided{{background:#fff3d6;color:#7a4a00}}
.badge{{display:inline-block;padding:0 1.6mm;border:.25mm solid #8497a9;border-radius:1mm;font-size:8pt;color:#465463;
white-space:nowrap}}
.says{{background:#f3f6f9;border-left:1.4mm solid #0b2545;padding:2.4mm 4.5mm;margin-bottom:2.4mm;break-inside:avoid}}
.says p{{font-size:12pt;line-height:1.45}}.says .name{{font-size:11pt;color:#0b2545;margin-bottom:.6mm}}
.limit{{display:block;margin-top:1.6mm;padding:1mm 3mm;font-size:11pt;border-radius:1.2mm}}
.limit.held{{background:#eef3f0;color:#27543d}}
table{{width:100%;border-collapse:collapse}}
th{{text-align:left;vertical-align:bottom;color:#465463;border-bottom:.5mm solid #8497a9;padding:1mm 1.8mm 1mm 0;
font-size:9pt}}
td{{vertical-align:top;border-bottom:.2mm solid #d9e1e8;padding:1.4mm 1.8mm 1.4mm 0}}
thead{{display:table-header-group}}tr{{break-inside:avoid}}
.sources td:nth-child(2),.sources td:nth-child(3),.sources th{{white-space:nowrap}}
.cards{{table-layout:fixed}}.cards td{{padding:1mm 1.6mm 1mm 0;font-size:9.5pt}}
.cards .pill{{white-space:normal;border-radius:1.2mm}}
.side h2{{margin:2.6mm 0 1.2mm}}
.means td{{padding:.3mm 1.8mm .3mm 0;font-size:9pt}}
.num{{text-align:right;white-space:nowrap}}
.goals td{{padding:.5mm 2mm .5mm 0}}.goals{{table-layout:fixed}}
.goals .kpi{{font-size:10.5pt;color:#0b2545;line-height:1.3}}
.goals .official{{font-size:8.5pt;color:#465463;margin-top:.4mm;line-height:1.4}}
.goals .value{{font-size:16pt;color:#0b2545;line-height:1.2}}
.goals .spread{{font-size:8pt;color:#465463;line-height:1.35;white-space:nowrap}}
.goals .pill{{margin-top:.6mm;white-space:normal}}
.goals .beneath{{font-size:9pt;margin-left:1mm;color:#465463;white-space:nowrap;display:inline-block}}
.row,.row td{{border:0;padding:0}}.row{{width:auto}}
figcaption{{height:10mm;color:#0b2545;line-height:1.3;overflow:hidden}}
figcaption .second{{display:block;font-size:8.5pt;color:#465463}}
figure img{{display:block}}
.legend{{margin-top:2.2mm;break-inside:avoid}}.legend .name{{font-size:9.5pt;color:#0b2545}}
.strip{{display:flex;margin-top:.6mm;align-items:flex-start}}
.strip .end{{font-size:8.5pt;padding:0 1.5mm 0 0;line-height:4mm;white-space:nowrap}}
.strip .end:last-child{{padding:0 0 0 1.5mm}}
.strip .class{{width:9.5mm}}.strip .swatch{{height:3.6mm;border:.15mm solid #aab4bf}}
.strip .limit-word{{font-size:7.5pt;text-align:center;width:9.5mm;margin-left:4.75mm;line-height:4mm;
white-space:nowrap}}
.signs{{font-size:8.5pt;margin-top:1.2mm;color:#17212b;line-height:1.9}}
.signs span.sign-row{{display:inline-block;margin-right:4mm;white-space:nowrap}}
.signs svg{{width:7mm;height:3.6mm;vertical-align:-.6mm;margin-right:1.2mm}}
.side{{float:left}}.side.last{{float:right}}
.flow{{columns:2;column-gap:8mm}}.flow h2:first-child{{margin-top:0}}
.flow li{{margin:0 0 .3mm}}
.charts .chart{{display:inline-block;width:49.5%}}.charts svg{{width:100%;height:auto}}
.next{{break-before:page;clear:both}}
.parameters td,.sources td{{font-size:8pt;line-height:1.4;padding:.9mm 1.8mm .9mm 0}}
.imprint{{font-size:7pt;line-height:1.5}}
.parameters th,.sources th{{font-size:8pt}}
.changed td{{background:#fff8e6}}
.strip-line td{{padding:0 1.8mm 0 0;border:0;vertical-align:middle}}
"""
