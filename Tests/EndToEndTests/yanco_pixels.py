"""Recomputes pixel-days of the Yanco run from the raw files, without a line of Tilth: netCDF4, rasterio, onnxruntime.

usage: yanco_pixels.py DATA RUN LON,LAT,DAY ...
Prints one JSON object: for each pixel-day its features, the prediction, and the value in the run's mosaic.
"""

import datetime
import json
import math
import sys

import netCDF4
import numpy
import onnxruntime
import rasterio

data, run, *wanted = sys.argv[1:]


def mean_of_cells(path, column, row):
    """Area-weighted mean of the 0.001 degree cells under the 30 arcsec pixel, the valid ones."""
    with rasterio.open(path) as file:
        values = file.read(1).astype("float64")
        values[(values < -1e38) | ~numpy.isfinite(values)] = numpy.nan
        west, north, size = file.transform.c, file.transform.f, file.transform.a
    left, top = 146 + column / 120, -34.3 - row / 120
    total = weight = 0.0
    for i in range(int((left - west) / size) - 1, int((left + 1 / 120 - west) / size) + 2):
        for j in range(int((north - top) / size) - 1, int((north - top + 1 / 120) / size) + 2):
            if not (0 <= i < values.shape[1] and 0 <= j < values.shape[0]) or math.isnan(values[j, i]):
                continue
            wide = min(left + 1 / 120, west + (i + 1) * size) - max(left, west + i * size)
            high = min(top, north - j * size) - max(top - 1 / 120, north - (j + 1) * size)
            if wide > 1e-9 and high > 1e-9:
                total += values[j, i] * wide * high
                weight += wide * high
    return total / weight


def series(kind, variable, year):
    with netCDF4.Dataset(f"{data}/daily/{kind}_{year}.nc") as file:
        time = file["time"]
        days = [datetime.date(*d.timetuple()[:3]) for d in netCDF4.num2date(time[:], time.units)]
        return days, file["lat"][:], file["lon"][:], numpy.ma.filled(file[variable][:].astype("float64"), numpy.nan)


def value(variable, day, lon, lat):
    days, lats, lons, values = series("meteo", variable, day.year)
    return values[days.index(day), abs(lats - lat).argmin(), abs(lons - lon).argmin()]


def ndvi(day, lon, lat):
    steps = []
    for year in (day.year - 1, day.year, day.year + 1):
        try:
            days, lats, lons, values = series("ndvi_16day", "ndvi", year)
        except OSError:
            continue
        steps += zip(days, values[:, abs(lats - lat).argmin(), abs(lons - lon).argmin()])
    before = max((s for s in steps if s[0] <= day), key=lambda s: s[0])
    after = min((s for s in steps if s[0] >= day), key=lambda s: s[0])
    share = (day - before[0]).days / max(1, (after[0] - before[0]).days)
    return before[1] * (1 - share) + after[1] * share


session = onnxruntime.InferenceSession(f"{data}/forest/yanco_rf100.onnx")
answers = []
for text in wanted:
    lon, lat, iso = text.split(",")
    day = datetime.date.fromisoformat(iso)
    column, row = int((float(lon) - 146) * 120), int((-34.3 - float(lat)) * 120)
    lon, lat = 146 + (column + 0.5) / 120, -34.3 - (row + 0.5) / 120
    features = {
        "dem": mean_of_cells(f"{data}/static/DEM_100m_resampled.tif", column, row),
        "silt": mean_of_cells(f"{data}/static/SLT_100m_resampled.tif", column, row),
        "awc": mean_of_cells(f"{data}/static/AWC_100m_resampled.tif", column, row),
        **{name: value(name, day, lon, lat) for name in ("rain", "tavg", "vpd", "srad")},
        "ndvi": ndvi(day, lon, lat),
        "api": sum(0.91**i * value("rain", day - datetime.timedelta(i), lon, lat) for i in range(34)),
    }
    row_of_features = numpy.array([list(features.values())], dtype="float32")
    prediction = float(session.run(None, {session.get_inputs()[0].name: row_of_features})[0].ravel()[0])
    with rasterio.open(f"{run}/mosaics/{day.year}/TILTH_SURFACE_{day:%Y%m%d}.tif") as file:
        stored = int(file.read(1)[row, column]) * file.scales[0]
    answers.append({"features": features, "prediction": prediction, "mosaic": stored})
print(json.dumps(answers))
