"""Owns slides as such: 16:9, titles, texts, tables, pictures and notes, every run of text with its East-Asian font."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from app.report.xlsx_book import half_widths

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from io import BytesIO
    from pathlib import Path

FONT = "BIZ UDPゴシック"
"""On every Windows of a city hall; other systems take their own for it."""
WIDE_IN, HIGH_IN, SIDE_IN, TOP_IN = 13.333, 7.5, 0.6, 1.45
TITLE_PT, SMALL_TITLE_PT, TEXT_PT, LEAST_PT = 30, 24, 22, 18
LONG_TITLE = 52
"""Signs of half width from which a title is written smaller."""
INK, NAVY, SOFT, ALARM, HEAD, RULE, TEAL = "17212B", "0B2545", "465463", "9B1C1C", "E3EAF2", "C5CED8", "0F766E"
LANGUAGES = {"ja": "ja-JP", "en": "en-US"}
SIGN_IN, LINE_IN, MARGINS_IN = 0.13, 0.3, 0.17
"""Width of a sign of half width and height of a line at `LEAST_PT`; what the margins of a cell take [inches]."""
TITLE_ONLY = 5
"""Layout of the usual template that has a title and nothing else."""
SCRIPTS = ("latin", "ea", "cs")


class Deck:
    """Slides that grow one by one; texts never under `LEAST_PT`."""

    def __init__(self, title: str, about: str, lang: str) -> None:
        from pptx import Presentation  # noqa: PLC0415 - only where slides are made
        from pptx.util import Inches  # noqa: PLC0415

        self.lang = lang
        self.deck: Any = Presentation()
        self.deck.slide_width, self.deck.slide_height = Inches(WIDE_IN), Inches(HIGH_IN)
        _widen_template(self.deck)
        _rule_under_titles(self.deck)
        _name_theme_fonts(self.deck)
        known = self.deck.core_properties
        known.title, known.subject, known.author, known.language = title, about, "Ekisei", LANGUAGES[lang]
        known.comments, known.last_modified_by = about, "Ekisei"

    def save(self, path: Path) -> Path:
        """Write the file and return its path."""
        self.deck.save(str(path))
        return path

    def slide(self, title: str, notes: Sequence[str]) -> Any:
        """Add a slide with a title and notes for whoever speaks."""
        from pptx.util import Inches  # noqa: PLC0415

        slide = self.deck.slides.add_slide(self.deck.slide_layouts[TITLE_ONLY])
        place = slide.shapes.title
        place.left, place.top = Inches(SIDE_IN), Inches(0.3)
        place.width, place.height = Inches(WIDE_IN - 2 * SIDE_IN), Inches(0.95)
        size = TITLE_PT if half_widths(title) <= LONG_TITLE else SMALL_TITLE_PT
        self.fill(place.text_frame, [title], size=size, color=NAVY, bold=True)
        place.text_frame.vertical_anchor = _middle()
        self.fill(slide.notes_slide.notes_text_frame, notes, size=12, color=INK)
        return slide

    def text(
        self,
        slide: Any,
        lines: Iterable[str],
        box: tuple[float, float, float, float],
        *,
        size: int = TEXT_PT,
        color: str = INK,
        bold: bool = False,
    ) -> Any:
        """Add lines of text into a box: left, top, width, height [inches]."""
        from pptx.util import Inches  # noqa: PLC0415

        shape = slide.shapes.add_textbox(*(Inches(side) for side in box))
        shape.text_frame.word_wrap = True
        self.fill(shape.text_frame, lines, size=max(size, LEAST_PT), color=color, bold=bold, after=8)
        return shape

    def fill(
        self, frame: Any, lines: Iterable[str], *, size: int, color: str, bold: bool = False, after: int = 0
    ) -> None:
        """Write lines into a text frame, a paragraph each."""
        from pptx.util import Pt  # noqa: PLC0415

        frame.word_wrap = True
        for number, line in enumerate(lines):
            paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            paragraph.space_after = Pt(after)
            paragraph.alignment = _left()
            self.run(paragraph, line, size=size, color=color, bold=bold)

    def run(self, paragraph: Any, text: str, *, size: int, color: str, bold: bool = False) -> None:
        """Add a run of text to a paragraph."""
        from pptx.util import Pt  # noqa: PLC0415

        run = paragraph.add_run()
        run.text = text
        run.font.size, run.font.bold = Pt(size), bold
        run.font.color.rgb = rgb(color)
        properties = run._r.get_or_add_rPr()  # noqa: SLF001 - the library has no East-Asian fonts
        name_fonts(properties)
        properties.set("lang", LANGUAGES[self.lang])
        properties.set("altLang", LANGUAGES["en" if self.lang == "ja" else "ja"])

    def table(
        self,
        slide: Any,
        rows: Sequence[Sequence[str]],
        widths: Sequence[float],
        top: float,
        *,
        alarms: frozenset[tuple[int, int]] = frozenset(),
    ) -> Any:
        """Add a table under `top` [inches], headings first, numbers to the right; `alarms`: cells in red."""
        from pptx.enum.text import PP_ALIGN  # noqa: PLC0415
        from pptx.util import Inches, Pt  # noqa: PLC0415

        heights = [_row_height(row, widths) for row in rows]
        size = (Inches(sum(widths)), Inches(sum(heights)))
        shape = slide.shapes.add_table(len(rows), len(widths), Inches(SIDE_IN), Inches(top), *size)
        table = shape.table
        table.horz_banding = False
        for number, width in enumerate(widths):
            table.columns[number].width = Inches(width)
        for r, row in enumerate(rows):
            table.rows[r].height = Inches(heights[r])
            for c, text in enumerate(row):
                cell = table.cell(r, c)
                cell.margin_left = cell.margin_right = Pt(6)
                cell.margin_top = cell.margin_bottom = Pt(2)
                cell.vertical_anchor = _middle()
                cell.fill.solid()
                cell.fill.fore_color.rgb = rgb(HEAD if r == 0 else "FFFFFF")
                color = ALARM if (r, c) in alarms else NAVY if r == 0 else INK
                for number, line in enumerate(text.split("\n")):
                    frame = cell.text_frame
                    paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
                    paragraph.alignment = PP_ALIGN.LEFT if c == 0 else PP_ALIGN.CENTER if r == 0 else PP_ALIGN.RIGHT
                    self.run(paragraph, line, size=LEAST_PT, color=color, bold=r == 0 or (r, c) in alarms)
        return shape

    def picture(self, slide: Any, png: BytesIO, box: tuple[float, float, float, float], words: str) -> Any:
        """Add a picture with words for those who cannot see it; box in inches."""
        from pptx.util import Inches  # noqa: PLC0415

        shape = slide.shapes.add_picture(png, *(Inches(side) for side in box))
        describe(shape, words)
        return shape

    def swatch(self, slide: Any, color: str, box: tuple[float, float, float, float]) -> Any:
        """Add a box of one colour, for a legend; the words beside it say what it means."""
        from pptx.enum.shapes import MSO_SHAPE  # noqa: PLC0415
        from pptx.util import Inches  # noqa: PLC0415

        shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *(Inches(side) for side in box))
        shape.fill.solid()
        shape.fill.fore_color.rgb = rgb(color.lstrip("#"))
        shape.line.color.rgb = rgb(RULE)
        shape.shadow.inherit = False
        return shape


def _row_height(row: Sequence[str], widths: Sequence[float]) -> float:
    """Return how high a row of a table gets by the lines its texts take [inches]."""
    lines = [
        sum(math.ceil(half_widths(part) * SIGN_IN / (width - MARGINS_IN)) or 1 for part in text.split("\n"))
        for text, width in zip(row, widths, strict=True)
    ]
    return LINE_IN * max(lines) + 0.16


def rgb(color: str) -> Any:
    """Return a colour of the library from ``rrggbb``."""
    from pptx.dml.color import RGBColor  # noqa: PLC0415

    return RGBColor.from_string(color)  # type: ignore[no-untyped-call]


def describe(shape: Any, words: str) -> None:
    """Give a shape words for those who cannot see it."""
    shape._element.xpath(".//*[local-name()='cNvPr']")[0].set("descr", words)  # noqa: SLF001 - no other way


def name_fonts(properties: Any, font: str = FONT) -> None:
    """Name the font of Latin, East-Asian and complex scripts in properties of text, in the order of the format."""
    from pptx.oxml.ns import qn  # noqa: PLC0415

    for script in SCRIPTS:
        for old in properties.findall(qn(f"a:{script}")):
            properties.remove(old)
    behind = [child for child in properties if child.tag in {qn("a:sym"), qn("a:hlinkClick"), qn("a:hlinkMouseOver")}]
    place = list(properties).index(behind[0]) if behind else len(properties)
    for number, script in enumerate(SCRIPTS):
        element = properties.makeelement(qn(f"a:{script}"), {"typeface": font})
        properties.insert(place + number, element)


def _widen_template(deck: Any) -> None:
    """Stretch master and layouts of the usual 4:3 template, for whoever adds a slide by hand."""
    master = deck.slide_master
    for page in (master, *master.slide_layouts):
        for shape in page.placeholders:
            if shape._element.spPr.xfrm is not None:  # noqa: SLF001 - else it would take over what it inherits
                shape.left, shape.width = int(shape.left * 4 / 3), int(shape.width * 4 / 3)


def _rule_under_titles(deck: Any) -> None:
    """Draw a line under the titles of all slides, on the master: nobody has to read it."""
    from pptx.oxml import parse_xml  # noqa: PLC0415
    from pptx.oxml.ns import nsdecls  # noqa: PLC0415
    from pptx.util import Inches  # noqa: PLC0415

    left, top, width, height = (Inches(side) for side in (SIDE_IN, 1.24, WIDE_IN - 2 * SIDE_IN, 0.035))
    deck.slide_master.shapes._spTree.append(  # noqa: SLF001 - the library adds no shapes to masters
        parse_xml(
            f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="99" name="Rule"/><p:cNvSpPr/><p:nvPr userDrawn="1"/>'
            f'</p:nvSpPr><p:spPr><a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
            f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill><a:srgbClr val="{TEAL}"/></a:solidFill>'
            f"<a:ln><a:noFill/></a:ln></p:spPr></p:sp>"
        )
    )


def _name_theme_fonts(deck: Any) -> None:
    """Name the fonts of the theme, which texts written by hand follow."""
    from pptx.opc.constants import RELATIONSHIP_TYPE as RELATION  # noqa: PLC0415
    from pptx.opc.oxml import serialize_part_xml  # noqa: PLC0415
    from pptx.oxml import parse_xml  # noqa: PLC0415
    from pptx.oxml.ns import qn  # noqa: PLC0415

    part = deck.slide_master.part.part_related_by(RELATION.THEME)
    theme = parse_xml(part.blob)
    for font in theme.iter(qn("a:majorFont"), qn("a:minorFont")):
        for script in SCRIPTS:
            font.find(qn(f"a:{script}")).set("typeface", FONT)
    part._blob = serialize_part_xml(theme)  # noqa: SLF001


def _middle() -> Any:
    from pptx.enum.text import MSO_ANCHOR  # noqa: PLC0415

    return MSO_ANCHOR.MIDDLE


def _left() -> Any:
    from pptx.enum.text import PP_ALIGN  # noqa: PLC0415

    return PP_ALIGN.LEFT
