"""Lines that break where words end, and tables that fit."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text as Styled

from app.commands.layout import Column, fitted_table, wrap


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("なりゆき（R11）", 12, ["なりゆき", "（R11）"]),
        ("最も近い医療機関までの所要（分）", 26, ["最も近い医療機関までの所要", "（分）"]),
        ("30分以内に市役所・支所へ行ける人の割合", 26, ["30分以内に市役所・支所へ", "行ける人の割合"]),
        ("本数の多い公共交通のカバー率", 20, ["本数の多い公共交通の", "カバー率"]),
        ("結ぶフィーダー路線の新設", 13, ["結ぶ", "フィーダー", "路線の新設"]),
        ("visits within reach (visits/month)", 20, ["visits within reach", "(visits/month)"]),
        ("short", 20, ["short"]),
        ("a\nb", 20, ["a", "b"]),
        ("あああああ。", 10, ["ああああ", "あ。"]),
    ],
)
def test_lines_break_where_words_end(text, width, lines):
    assert wrap(text, width).split("\n") == lines


@given(st.text("駅勢圏ーァカのる（）。、 abc1", max_size=40), st.integers(4, 20))
def test_nothing_but_blanks_is_lost_and_every_line_fits(text, width):
    lines = wrap(text, width).split("\n")
    assert max(map(cell_len, lines)) <= width
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize("width", [50, 60, 80, 100])
def test_the_first_column_takes_what_the_others_leave(width):
    columns = (Column("評価指標"), Column("値", right=True), Column("とても長い見出し（分）", right=True, most=16))
    rows = [(Styled("30分以内に市役所・支所へ行ける人の割合"), Styled("27.4%"), Styled("+0.3pt 改善"))]
    out = io.StringIO()
    Console(file=out, width=width).print(fitted_table("表", columns, rows, width))
    lines = [line.rstrip() for line in out.getvalue().splitlines()]
    assert max(map(cell_len, lines)) <= width
    assert ("市役所・支所へ行ける人の割合" in out.getvalue()) == (width >= 80)
    assert "27.4%" in out.getvalue()


def test_columns_of_words_give_way_before_a_number_is_broken():
    columns = [Column("KPI"), Column("interval", right=True), Column("verdict")]
    rows = [
        [Styled("share of residents in catchments"), Styled("2,111,168–2,627,245"), Styled("△ not distinguishable")]
    ]
    console = Console(file=io.StringIO(), width=60)
    console.print(fitted_table("", columns, rows, 60))
    shown = console.file.getvalue()
    assert "2,111,168–2,627,245" in shown
    assert all(cell_len(line.rstrip()) <= 60 for line in shown.splitlines())
