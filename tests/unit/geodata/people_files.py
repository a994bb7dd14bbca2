"""Files of people made by tests, in the published layouts of e-Stat and 国土数値情報; no content of a real file."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.mesh import bounds_many

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

# 統計地理情報システム データ定義 T001141 (国勢調査 2020, 4次メッシュ, その1): first row of codes, second row of labels.
T001141 = {
    "T001141001": "　人口（総数）",
    "T001141002": "　人口（総数）　男",
    "T001141003": "　人口（総数）　女",
    "T001141004": "　０～１４歳人口　総数",
    "T001141007": "　１５歳以上人口　総数",
    "T001141010": "　１５～６４歳人口　総数",
    "T001141019": "　６５歳以上人口　総数",
    "T001141022": "　７５歳以上人口　総数",
    "T001141025": "　８５歳以上人口　総数",
    "T001141031": "　外国人人口　総数",
    "T001141034": "　世帯総数",
}


def mesh_row(code: str, ages: Sequence[int], *, unknown: int = 0, mark: str = "0,,") -> str:
    """Return one row: `ages` 0–14, 15–64, 65–74, 75–84, 85+; `mark`: HTKSYORI, HTKSAKI, GASSAN."""
    child, adult, *old = ages
    total = sum(ages) + unknown
    figures = [total, total // 2, total - total // 2, child, adult + sum(old), adult]
    figures += [sum(old), sum(old[1:]), old[2], 1, total // 2]
    return f"{code},{mark},{','.join(str(f) for f in figures)}"


def hidden_row(code: str, total: int, receiver: str) -> str:
    """Return the row of a suppressed cell: its total is published, its ages stand in the receiving cell."""
    return f"{code},2,{receiver},,{total},{total // 2},{total - total // 2},{','.join('*' * 8)}"


def mesh_text(rows: Sequence[str], labels: Mapping[str, str] = T001141) -> str:
    """Return a whole table with its two header rows."""
    return "\r\n".join(
        [f"KEY_CODE,HTKSYORI,HTKSAKI,GASSAN,{','.join(labels)}", f",,,,{','.join(labels.values())}", *rows, ""]
    )


def write_zip(path: Path, members: Mapping[str, bytes]) -> Path:
    """Write a zip of members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in members.items():
            archive.writestr(name, raw)
    return path


# 統計地理情報システム データ定義 T001082 (国勢調査 2020, 小地域, 年齢（5歳階級、4区分）別、男女別人口).
SMALL_AREA_HEAD = ("KEY_CODE", "HYOSYO", "CITYNAME", "NAME", "HTKSYORI", "HTKSAKI", "GASSAN")
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
T001082_LABELS = (
    "総数、年齢「不詳」含む",
    *(f"総数{a}～{a + 4}歳".translate(_WIDE) for a in range(0, 75, 5)),
    "総数１５歳未満",
    "総数１５～６４歳",
    "総数６５歳以上",
    "総数７５歳以上",
    "男の総数、年齢「不詳」含む",
)
T001082 = {f"T001082{n:03d}": label for n, label in enumerate(T001082_LABELS, 1)}


def area_row(code: str, level: int, name: str, fives: Sequence[int], *, unknown: int = 0, mark: str = "0,,") -> str:
    """Return one row of `fives`: persons 0–4, 5–9 … 70–74, 75+ (16 of them)."""
    figures = [sum(fives) + unknown, *fives[:15], sum(fives[:3]), sum(fives[3:13]), sum(fives[13:]), fives[15], 0]
    return f"{code},{level},日立市,{name},{mark},{','.join('-' if f == 0 else str(f) for f in figures)}"


def hidden_area(code: str, name: str, receiver: str) -> str:
    """Return the row of a suppressed area (X); `receiver`: code within the municipality."""
    return f"{code},3,日立市,{name},2,{receiver},,{','.join('X' * len(T001082))}"


def area_text(rows: Sequence[str]) -> str:
    """Return a whole table with its two header rows."""
    return "\r\n".join([",".join([*SMALL_AREA_HEAD, *T001082]), ",,,,,,," + ",".join(T001082.values()), *rows, ""])


def write_areas(
    folder: Path, rows: Sequence[Mapping[str, object]], shapes: Sequence[object], name: str = "r2ka08202"
) -> Path:
    """
    Write boundaries as e-Stat packs them: Shapefile in a zip, cp932, JGD2011 degrees.

    境界データ 小地域（町丁・字等） 定義書: KEY_CODE, PREF_NAME, CITY_NAME, S_NAME, KIGO_E, HCODE, JINKO, SETAI …
    """
    frame = gpd.GeoDataFrame(pd.DataFrame(rows), geometry=np.array(shapes, dtype=object), crs=6668)
    frame.to_file(folder / f"{name}.shp", encoding="cp932")
    parts = sorted(folder.glob(f"{name}.*"))
    made = write_zip(folder / "A002005212020DDSWC08202-JGD2011.zip", {p.name: p.read_bytes() for p in parts})
    for part in parts:
        part.unlink()
    return made


def future_frame(
    codes: Sequence[str], ages: Mapping[int, np.ndarray], base: Mapping[int, Sequence[float]]
) -> gpd.GeoDataFrame:
    """
    Return estimates: `ages`: year → persons by cell and five-year group (C, 20); `base`: year → totals only.

    国土数値情報 500mメッシュ別将来推計人口データ（R6国政局推計）: MESH_ID, SHICODE, PTN_2020, PTN_2025, PT00_2025, PT01_2025 (0–4)
    … PT20_2025 (95+), PTA_2025 (0–14) …, HITOKU2025 (* suppressed, @ carries), GASSAN2025 (code of the cell that carries).
    """
    columns: dict[str, object] = {"MESH_ID": list(codes), "SHICODE": ["08202"] * len(codes)}
    columns |= {f"PTN_{y}": list(v) for y, v in base.items()}
    for year, by_age in ages.items():
        columns |= {f"PTN_{year}": by_age.sum(axis=1), f"PT00_{year}": by_age.sum(axis=1)}
        columns |= {f"PT{k + 1:02d}_{year}": by_age[:, k] for k in range(20)}
        columns |= {f"PTA_{year}": by_age[:, :3].sum(axis=1), f"PTC_{year}": by_age[:, 13:].sum(axis=1)}
        columns |= {
            f"RTC_{year}": [1.0] * len(codes),
            f"HITOKU{year}": [""] * len(codes),
            f"GASSAN{year}": [""] * len(codes),
        }
    return gpd.GeoDataFrame(columns, geometry=np.asarray(shapely.box(*bounds_many(list(codes)).T)), crs=6668)


def write_future(frame: gpd.GeoDataFrame, folder: Path, name: str = "500m_mesh_2024_08") -> Path:
    """Write estimates as they are packed: ``500m_mesh_2024_08_SHP.zip`` with a folder in it."""
    frame.to_file(folder / f"{name}.shp")
    parts = sorted(folder.glob(f"{name}.*"))
    made = write_zip(folder / f"{name}_SHP.zip", {f"{name}_SHP/{p.name}": p.read_bytes() for p in parts})
    for part in parts:
        part.unlink()
    return made
