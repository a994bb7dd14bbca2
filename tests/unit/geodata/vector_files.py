"""Owns vector files that tests write: Shapefile parts and zips as publishers pack them."""

import zipfile
from pathlib import Path

import pyogrio
import shapely


def write_shapefile(folder: Path, stem: str, columns, shapes, *, crs="EPSG:6668", encoding="cp932", cpg=None):
    """Write a Shapefile as 国土数値情報 ships them: cp932, a .prj, no .cpg unless `cpg` says what it should hold."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{stem}.shp"
    names = list(columns)
    kinds = sorted({s.geom_type.removeprefix("Multi") for s in shapes if s is not None})
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb(list(shapes)),
        field_data=[np_column(columns[name]) for name in names],
        fields=names,
        crs=crs or "EPSG:6668",
        geometry_type=kinds[0] if kinds else "Point",
        encoding=encoding,
        driver="ESRI Shapefile",
    )
    path.with_suffix(".cpg").unlink(missing_ok=True)
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg, "ascii")
    if crs is None:
        path.with_suffix(".prj").unlink(missing_ok=True)
    return path


def np_column(values):
    """Return a column as pyogrio takes it: texts as objects, numbers as they are."""
    import numpy as np

    return np.array(values, dtype=object) if isinstance(values[0], str) else np.array(values)


def zip_folder(folder: Path, target: Path) -> Path:
    """Zip everything under a folder."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
    return target
