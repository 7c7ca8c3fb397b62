"""The forests on real planes: Yanco (New South Wales), when the shared data lie beside the repository.

`month` is the nine-feature forest on terrain and soil at 0.001 degrees with weather on 0.05-degree cells, the
days of March 2016; `day` is the six-tree forest on nine full rasters of 2016-02-05. onnxruntime is the peer.
"""

import json

import netCDF4
import numpy as np

from . import engine, rounds, tile
from .training import note

DATA = engine.REPOSITORY.parent / "shared/data/yanco"
STATIC = {"dem": "DEM_100m_resampled", "silt": "SLT_100m_resampled", "awc": "AWC_100m_resampled"}


def raster(path):
    """Values, missing ones NaN, and the transform."""
    import rasterio
    with rasterio.open(path) as file:
        values = file.read(1).astype(np.float32)
        values[values < -1e30] = np.nan
        return values, file.transform


def static_planes():
    return {name: raster(DATA / f"static/{stem}.tif") for name, stem in STATIC.items()}


def write(path, land, cell_index, planes, day_count, cell_count):
    """Planes are {name: (dimensions, values)}."""
    with netCDF4.Dataset(path, "w", format="NETCDF4") as file:
        sizes = {"y": land.shape[0], "x": land.shape[1], "day": day_count, "cell": cell_count}
        for name, size in sizes.items():
            file.createDimension(name, size)
        file.createVariable("land", "i1", ("y", "x"))[:] = land
        file.createVariable("cell_index", "i4", ("y", "x"))[:] = cell_index
        for name, (dimensions, values) in planes.items():
            file.createVariable(name, "f4", dimensions)[:] = values


def weather_year(year):
    """Daily features [day, cell] of a year on the cells of `meteo`; ndvi is interpolated between steps."""
    with netCDF4.Dataset(DATA / f"daily/meteo_{year}.nc") as file:
        days = len(file.dimensions["time"])
        values = {name: np.asarray(file[name][:], dtype=np.float64).reshape(days, -1)
                  for name in ("rain", "tavg", "vpd", "srad")}
        axes = [np.asarray(file[name][:]) for name in ("lat", "lon")]
    with netCDF4.Dataset(DATA / f"daily/ndvi_16day_{year}.nc") as file:
        steps = np.asarray(file["ndvi"][:], dtype=np.float64)
    steps = steps.reshape(len(steps), -1)
    at = np.arange(len(steps)) * 16
    values["ndvi"] = np.stack([np.interp(np.arange(days), at, column) for column in steps.T], axis=1)
    rain = values["rain"]
    # The first 33 days take rain from the wrong end of the year; the tile does not use them.
    values["api"] = sum(0.91**k * np.roll(rain, k, axis=0) for k in range(34))
    return values, axes


def month_tile(path):
    """March 2016, on the part of the terrain that the weather's cells cover."""
    statics = static_planes()
    transform = statics["dem"][1]
    weather, (latitude, longitude) = weather_year(2016)
    shape = statics["dem"][0].shape
    x = transform.c + (np.arange(shape[1]) + 0.5) * transform.a
    y = transform.f + (np.arange(shape[0]) + 0.5) * transform.e
    columns = np.flatnonzero(np.abs(x[:, None] - longitude).min(1) <= 0.025)
    lines = np.flatnonzero(np.abs(y[:, None] - latitude).min(1) <= 0.025)
    near_y = np.abs(y[lines, None] - latitude).argmin(1)
    near_x = np.abs(x[columns, None] - longitude).argmin(1)
    planes = {name: (("y", "x"), values[np.ix_(lines, columns)]) for name, (values, _) in statics.items()}
    land = np.all([np.isfinite(values) for _, values in planes.values()], axis=0)
    march = slice(60, 91)
    planes |= {name: (("day", "cell"), values[march]) for name, values in weather.items()}
    cell_index = near_y[:, None] * len(longitude) + near_x
    write(path, land, cell_index, planes, 31, len(latitude) * len(longitude))


def day_tile(path, names):
    """2016-02-05, every plane a full raster."""
    planes = {name: (("y", "x"), values) for name, (values, _) in static_planes().items()}
    for name in names:
        if name not in planes:
            found = [p for p in (DATA / "real_20160205").glob("*.tif") if f"_{name}_" in p.stem.lower()]
            planes[name] = (("day", "y", "x"), raster(found[0])[0][None])
    land = np.all([np.isfinite(np.squeeze(values)) for _, values in planes.values()], axis=0)
    write(path, land, np.zeros(land.shape, dtype=np.int32), planes, 1, 1)


def compare(work, count):
    """Figures of both tiles; prints a table, or loudly says that the data are not there."""
    if not DATA.exists():
        print(f"\nYANCO LEFT OUT: {DATA} is not there")
        return {}
    figures = {}
    for key, model, days in [("month", "yanco_rf100", 31), ("day", "yanco_rf9", 1)]:
        description = json.loads((DATA / f"forest/{model}.json").read_text())
        names = [feature["name"] for feature in description["features"]]
        path = work / f"yanco-{key}.nc"
        month_tile(path) if key == "month" else day_tile(path, names)
        figures |= compare_one(key, model, names, description["trees"], path, days, work, count)
    return figures


def compare_one(key, model, names, trees, path, days, work, count):
    forest = work / f"yanco-{key}.forest"
    if engine.available():
        (work / "yanco-features.txt").write_text("\n".join(names) + "\n")
        engine.command("forest", "import", DATA / f"forest/{model}.onnx", "--features",
                       work / "yanco-features.txt", "-o", forest)
    with netCDF4.Dataset(path) as file:
        size, land = len(file.dimensions["y"]), file["land"][:].data.astype(bool)
    lines = list(range(0, size, 1 if days == 1 else 8))
    chosen = list(range(days))
    rows = tile.rows(path, names, lines, chosen)
    kept = np.tile(land[lines].reshape(-1), days)
    note(f"Yanco, {key}: {kept.sum():,} rows for the peer")
    facts, _ = rounds.interleaved({"onnxruntime": DATA / f"forest/{model}.onnx"}, forest, trees, path, rows,
                                  kept, lambda out: rounds.picked(out, lines, chosen), count, work)
    print(f"\nYanco, real planes, {key}: {trees} trees, {land.sum():,} pixels x {days} days")
    slow = facts["onnxruntime"]["nanoseconds"]
    for name, f in facts.items():
        print(f"  {f.get('engine', name):14} {f['nanoseconds']:9.2f} ns/row/tree  onnxruntime/this "
              f"{slow / f['nanoseconds']:6.1f}  largest difference {f['largest_difference']:.1e}")
    figures = {f"ns_{name.replace(' ', '_')}_yanco_{key}": round(f["nanoseconds"], 3)
               for name, f in facts.items()}
    if "tilth" in facts:
        figures[f"ratio_onnxruntime_yanco_{key}"] = round(slow / facts["tilth"]["nanoseconds"], 2)
    return figures
