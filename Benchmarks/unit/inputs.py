"""The covariates of the large world as a Python user prepares them: on the product's grid, one day at a time.

Written apart from the program, from the rules in docs/product.md: sums in double, results in float32.
"""

import datetime
import functools
import pathlib

import netCDF4
import numpy as np
import rasterio

FIXED = ["clay", "sand", "silt", "elevation", "ti", "slope", "bulk_density", "organic_carbon",
         "canopy_height", "ndvi_mean", "lat", "lon"]
COARSE = ["apei", "rain", "rain_5d", "evaporation", "t2m", "t2m_10d"]
DAILY = ["ndvi", "lai", "albedo", "lst_day", "lst_night"]
FEATURES = FIXED + COARSE + DAILY + ["doy"]
UNITS = ["%", "%", "%", "m", "ln(m)", "degree", "cg cm-3", "dg kg-1", "dm", "1", "degrees_north",
         "degrees_east", "mm", "mm", "mm", "mm", "degC", "degC", "1", "m2 m-2", "1", "K", "K", "1"]


class World:
    """Reads the files of the large world."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        with rasterio.open(self.folder / "static/land.tif") as file:
            self.profile = file.profile
            self.land = file.read(1) == 1
        self.fixed = [self._fixed(name) for name in FIXED]
        with netCDF4.Dataset(next((self.folder / "era5land").glob("*.nc"))) as file:
            self.axes = [file[name][:].data for name in ("lat", "lon")]

    def raster(self, path):
        """Unpacked as float32; missing is NaN."""
        with rasterio.open(self.folder / path) as file:
            stored = file.read(1)
            values = stored.astype(np.float64) * file.scales[0] + file.offsets[0]
            values[stored == file.nodata] = np.nan
        return values.astype(np.float32)

    def _fixed(self, name):
        transform, (rows, columns) = self.profile["transform"], self.land.shape
        if name == "lat":
            lat = transform.f + transform.e * (np.arange(rows) + 0.5)
            return np.repeat(lat.astype(np.float32)[:, None], columns, axis=1)
        if name == "lon":
            lon = transform.c + transform.a * (np.arange(columns) + 0.5)
            return np.repeat(lon.astype(np.float32)[None, :], rows, axis=0)
        values = self.raster(f"static/{name}.tif")
        return scaled(values, 0.1) if name in ("clay", "sand", "silt") else values

    def features(self, day):
        """All covariates of a day in the forest's order, [row, column] or a number."""
        return self.fixed + self.changing(day) + [np.float32(day.timetuple().tm_yday)]

    def changing(self, day):
        """What is not fixed, but for the date."""
        return [self.on_grid(self._coarse(name, day)) for name in COARSE] + [
            self._daily(name, day) for name in DAILY]

    @functools.lru_cache(maxsize=8)
    def _month(self, year, month):
        with netCDF4.Dataset(self.folder / f"era5land/era5land_{year}{month:02}.nc") as file:
            return {name: np.ma.filled(file[name][:].astype(np.float64), np.nan).astype(np.float32)
                    for name in ("tp", "e", "t2m")}

    def cells(self, name, day):
        """One variable of the weather on a day."""
        return self._month(day.year, day.month)[name][day.day - 1]

    def on_grid(self, cells):
        """Each pixel takes the cell that holds its centre."""
        latitudes, longitudes = self.axes
        transform, (rows, columns) = self.profile["transform"], self.land.shape
        y = transform.f + transform.e * (np.arange(rows) + 0.5)
        x = transform.c + transform.a * (np.arange(columns) + 0.5)
        row = np.floor((latitudes[0] - y) * 10 + 0.5).astype(int)
        column = np.floor((x - longitudes[0]) * 10 + 0.5).astype(int)
        return cells[np.ix_(row, column)]

    def _coarse(self, name, day):
        def back(count, cells):
            return [cells(day - datetime.timedelta(lag)) for lag in range(count)]

        if name == "apei":
            def gain(day):
                return (self.cells("tp", day).astype(np.float64) + self.cells("e", day)).astype(np.float32)

            power, total = 1.0, 0.0
            for plane in back(34, gain):
                total = total + 1000 * power * plane.astype(np.float64)
                power *= 0.91
            return total.astype(np.float32)
        if name == "rain_5d":
            return summed(back(5, lambda d: scaled(self.cells("tp", d), 1000)))
        if name == "t2m_10d":
            return summed(back(10, lambda d: scaled(self.cells("t2m", d), 0.1, -27.315)))
        variable, scale, offset = {"rain": ("tp", 1000, 0), "evaporation": ("e", -1000, 0),
                                   "t2m": ("t2m", 1, -273.15)}[name]
        return scaled(self.cells(variable, day), scale, offset)

    def _daily(self, name, day):
        if name in ("lst_day", "lst_night"):
            return self.raster(f"lst/{name.upper()}_{day:%Y%m%d}.tif")
        every = 16 if name == "ndvi" else 8
        doy = day.timetuple().tm_yday
        age = (doy - 1) % every
        before = self.raster(f"{name}/{name.upper()}_{day.year}{doy - age:03}.tif")
        if name == "albedo" or age == 0:
            return before
        after = self.raster(f"{name}/{name.upper()}_{day.year}{doy - age + every:03}.tif")
        share = age / every
        before, after = before.astype(np.float64), after.astype(np.float64)
        return ((1 - share) * before + share * after).astype(np.float32)


def scaled(values, scale, offset=0.0):
    return (values.astype(np.float64) * scale + offset).astype(np.float32)


def summed(planes):
    return sum(plane.astype(np.float64) for plane in planes).astype(np.float32)


def prepare(world, days, folder):
    """Leaves one raster per covariate and day, as a user has them on disk before predicting."""
    def write(path, values):
        path.parent.mkdir(parents=True, exist_ok=True)
        profile = dict(driver="GTiff", width=values.shape[1], height=values.shape[0], count=1,
                       dtype="float32", nodata=np.nan, crs=world.profile["crs"],
                       transform=world.profile["transform"],
                       tiled=True, blockxsize=256, blockysize=256, compress="zstd", zstd_level=1, predictor=2)
        with rasterio.open(path, "w", **profile) as file:
            file.write(values, 1)

    if not (folder / "fixed/lon.tif").exists():
        for name, values in zip(FIXED, world.fixed):
            write(folder / f"fixed/{name}.tif", values)
    for day in days:
        if not (folder / f"{day}/lst_night.tif").exists():
            for name, values in zip(COARSE + DAILY, world.changing(day)):
                write(folder / f"{day}/{name}.tif", values)
