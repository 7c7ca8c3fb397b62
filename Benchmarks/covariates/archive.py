"""Whole-globe files in the shapes of the archives that the products read, made once by a seeded generator.

ERA5-Land of a month: 1801 x 3600 cells of 0.1 degree from 90 N and 0 E, hours from 00 UTC on and the midnight
behind the last day, values on land only. `old` is the store's layout until 2024 (int16 packed per file, hours
since 1900), `new` the present one (float32 that was 16 bits in GRIB, NaN, seconds since 1970); both shuffled
and deflated at level 1 in chunks of one hour and the whole globe.
"""

import datetime
import pathlib

import netCDF4
import numpy

ROWS, COLUMNS = 1801, 3600
FIRST_DAY = datetime.date(2016, 1, 1)
FILL = -32767


def smooth(generator, rows, columns, knots):
    """Noise of a wave length of some cells, by linear interpolation of a coarse grid; round the globe."""
    coarse = generator.standard_normal((rows // knots + 2, columns // knots))
    coarse = numpy.concatenate([coarse, coarse[:, :1]], axis=1)
    y, x = numpy.arange(rows) / knots, numpy.arange(columns) / knots
    top, left = y.astype(int), x.astype(int)
    dy, dx = (y - top)[:, None], (x - left)[None, :]
    return ((1 - dy) * (1 - dx) * coarse[top][:, left] + (1 - dy) * dx * coarse[top][:, left + 1]
            + dy * (1 - dx) * coarse[top + 1][:, left] + dy * dx * coarse[top + 1][:, left + 1])


class Weather:
    """Air temperature (K) and the rain of a day so far (m), hour by hour."""

    def __init__(self, rows, columns):
        self.generator = numpy.random.default_rng(20160101)
        self.rows, self.columns = rows, columns
        relief = sum(smooth(self.generator, rows, columns, knots) * knots for knots in (300, 60, 12, 4)) / 300
        self.land = relief > 0.35
        latitude = numpy.linspace(90, -90, rows)[:, None]
        self.mean = 300 - 45 * (latitude / 90) ** 2 - 12 * numpy.maximum(relief, 0)
        self.local = numpy.arange(columns)[None, :] / columns * 24
        self.rain = numpy.zeros((rows, columns))

    def hour(self, number):
        """Both, in Kelvin and metres; what stands at 00 UTC is the rain of the day before."""
        weather = smooth(self.generator, self.rows, self.columns, 40)
        fine = self.generator.standard_normal((self.rows, self.columns), dtype=numpy.float32)
        sun = numpy.sin((number + self.local - 9) / 24 * 2 * numpy.pi)
        t2m = self.mean + 6 * sun + 3 * weather + 0.05 * fine
        if number % 24 == 1:
            self.rain[:] = 0
        self.rain += numpy.maximum(weather - 0.8, 0) * 1e-3
        return t2m, self.rain


def in_grib(values, bits=16):
    """float32 as it comes out of GRIB's simple packing."""
    low, high = values.min(), values.max()
    step = 2.0 ** numpy.ceil(numpy.log2((high - low or 1) / (2 ** bits - 1)))
    return (low + numpy.round((values - low) / step) * step).astype(numpy.float32)


def hourly(path, layout, days, chunk, rows=ROWS, columns=COLUMNS):
    """One file of `t2m` and `tp`; gives its size in bytes."""
    if path.exists():
        return path.stat().st_size
    path.parent.mkdir(parents=True, exist_ok=True)
    weather, partial = Weather(rows, columns), path.with_suffix(".part")
    hours = days * 24 + 1
    with netCDF4.Dataset(partial, "w", format="NETCDF4") as file:
        name = "time" if layout == "old" else "valid_time"
        for dimension, length in [(name, hours), ("latitude", rows), ("longitude", columns)]:
            file.createDimension(dimension, length)
        time = file.createVariable(name, "i4" if layout == "old" else "i8", (name,))
        start = datetime.datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day)
        if layout == "old":
            time.units, time.calendar = "hours since 1900-01-01 00:00:00.0", "gregorian"
            time[:] = (start - datetime.datetime(1900, 1, 1)).days * 24 + numpy.arange(hours)
        else:
            time.units, time.calendar = "seconds since 1970-01-01", "proleptic_gregorian"
            time[:] = (start - datetime.datetime(1970, 1, 1)).days * 86400 + 3600 * numpy.arange(hours)
        latitude = file.createVariable("latitude", "f4" if layout == "old" else "f8", ("latitude",))
        longitude = file.createVariable("longitude", "f4" if layout == "old" else "f8", ("longitude",))
        latitude.units, longitude.units = "degrees_north", "degrees_east"
        latitude[:] = numpy.linspace(90, -90, rows)
        longitude[:] = numpy.arange(columns) * (360 / columns)
        ranges = {"t2m": (200.0, 330.0), "tp": (0.0, 0.2)}
        variables = {}
        for key, unit in [("t2m", "K"), ("tp", "m")]:
            fill = FILL if layout == "old" else numpy.float32("nan")
            variables[key] = file.createVariable(
                key, "i2" if layout == "old" else "f4", (name, "latitude", "longitude"), fill_value=fill,
                compression="zlib", complevel=1, shuffle=True, chunksizes=chunk)
            variables[key].units = unit
            variables[key].set_auto_maskandscale(False)
            if layout == "old":
                low, high = ranges[key]
                variables[key].missing_value = numpy.int16(FILL)
                variables[key].scale_factor = (high - low) / 65532
                variables[key].add_offset = (high + low) / 2
        for number in range(hours):
            for key, values in zip(variables, weather.hour(number)):
                if layout == "old":
                    low, high = ranges[key]
                    packed = numpy.round((values - (high + low) / 2) / ((high - low) / 65532))
                    packed = packed.astype(numpy.int16)
                    variables[key][number] = numpy.where(weather.land, packed, numpy.int16(FILL))
                else:
                    variables[key][number] = numpy.where(weather.land, in_grib(values), numpy.float32("nan"))
    partial.rename(path)
    return path.stat().st_size
