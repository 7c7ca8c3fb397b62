"""The made world: 24 features on Earth's surface, and soil moisture that follows from them.

x and y are pixels of 30 arc seconds east and north of 0, 0 (120 a degree), day counts from 2016-01-01.
Twelve features are fixed, six come on ERA5-Land's grid (cell centres on multiples of 0.1 degrees), five are
daily planes, one is the date. Fixed and daily ones are scaled integers, as terrain, soil and MODIS files are.

Roughness and pixel noise are set so that a tree of forest A meets as many inner nodes per row of a block of
4 x 4 pixels x 4 days as in the feasibility study: 0.93 here, 0.96 there (alone 16.8, there 18.7).
"""

import numpy as np

from .noise import fractal, speckle

SEED = 20160101
VERSION = 2  # raise when a formula below changes: cached tiles and forests are made again
DAYS = 2192  # 2016 ... 2021
MEMORY = 34  # days that the antecedent precipitation index looks back
DOMAIN = (-10, 30, 36, 60)  # training places: west, east, south, north [degrees]

# name: (unit, scale of the stored integer, offset, amplitude, longest wavelength [pixels], exponent of
# amplitude with wavelength, pixel noise)
FIXED = {
    "elevation": ("m", 1.0, 600, 350, 480, 0.45, 4.0),
    "slope": ("degree", 0.01, 6, 3, 120, 0.3, 0.4),
    "northness": ("1", 1e-3, 0, 0.3, 60, 0.25, 0.04),
    "wetness_index": ("1", 0.01, 8, 2, 90, 0.25, 0.24),
    "sand": ("g kg-1", 1.0, 420, 110, 480, 0.4, 6.0),
    "clay": ("g kg-1", 1.0, 240, 70, 480, 0.4, 4.0),
    "organic_carbon": ("dg kg-1", 1.0, 300, 120, 360, 0.4, 10.0),
    "bulk_density": ("cg cm-3", 0.1, 135, 12, 480, 0.4, 1.0),
    "water_capacity": ("m3 m-3", 1e-4, 0.18, 0.04, 300, 0.4, 0.002),
    "porosity": ("m3 m-3", 1e-4, 0.46, 0.04, 360, 0.4, 0.002),
    "canopy_height": ("m", 0.1, 9, 5, 150, 0.3, 0.8),
    "distance_to_water": ("km", 0.05, 20, 9, 240, 0.45, 0.0),
}
COARSE = {"api": "mm", "rain": "mm", "air_temperature": "K", "vapour_pressure_deficit": "hPa",
          "radiation": "MJ m-2", "reanalysis_moisture": "m3 m-3"}
DAILY = {"lst_day": ("K", 0.02), "lst_night": ("K", 0.02), "ndvi": ("1", 1e-4), "albedo": ("1", 1e-3),
         "evaporation": ("mm", 0.01)}
DATE = {"day_of_year": "day"}

NAMES = [*FIXED, *COARSE, *DAILY, *DATE]
UNITS = [*(v[0] for v in FIXED.values()), *COARSE.values(), *(v[0] for v in DAILY.values()), *DATE.values()]


def octaves(longest, shortest=3.0):
    count = int(np.log2(longest / shortest)) + 1
    return [longest / 2**k for k in range(count)]


def stored(values, scale):
    """What a file of scaled int16 gives back."""
    return (np.clip(np.rint(values / scale), -32767, 32767) * scale).astype(np.float32)


def fixed(name, x, y, noise=1.0):
    _, scale, offset, amplitude, longest, roughness, pixel = FIXED[name]
    seed = SEED + 1 + list(FIXED).index(name)
    value = offset + amplitude * fractal(seed, x, y, octaves(longest), roughness)
    value = value + noise * pixel * speckle(seed, x, y)
    return stored(value if name == "northness" else np.maximum(value, 0), scale)


def day_of_year(day):
    date = np.datetime64("2016-01-01") + np.asarray(day).astype("timedelta64[D]")
    return ((date - date.astype("datetime64[Y]")).astype(np.int64) + 1).astype(np.float32)


def season(day):
    """-1 in January, 1 in July."""
    return -np.cos(2 * np.pi * (np.asarray(day, dtype=np.float64) - 15) / 365.25)


def air_temperature(x, y, t):
    weather = fractal(SEED + 40, x, y, [600, 300, 150], 1.0, t, [9, 6, 4])
    return 285 + 10 * season(t) - 0.6 * (np.asarray(y) / 120 - 48) + 3.5 * weather


def rainfall(x, y, t):
    """Of one day; dry on about two days of three."""
    weather = fractal(SEED + 41, x, y, [400, 200, 60], 0.6, t, [4, 2.5, 1.7])
    return 14 * np.maximum(weather - 0.6, 0) ** 1.5


def coarse(cell_x, cell_y, days):
    """All coarse features [name][cell, day] of cells (whole tenths of degrees) on consecutive days."""
    days = np.arange(days[0] - MEMORY, days[-1] + 1)
    shape = (len(cell_x), len(days))
    x = np.broadcast_to(12.0 * np.asarray(cell_x)[:, None], shape)
    y = np.broadcast_to(12.0 * np.asarray(cell_y)[:, None], shape)
    t = np.broadcast_to(days[None, :].astype(np.float64), shape)
    rain, air = rainfall(x, y, t), air_temperature(x, y, t)
    cloud = fractal(SEED + 42, x, y, [400, 120], 0.7, t, [3, 2])
    api, bucket = np.zeros(shape), np.zeros(shape)
    evaporating = 0.03 + 0.02 * season(t)
    for d in range(shape[1]):
        last = max(d - 1, 0)
        api[:, d] = 0.91 * api[:, last] + rain[:, d]
        bucket[:, d] = (1 - evaporating[:, d]) * bucket[:, last] + rain[:, d]
    values = {
        "api": api, "rain": rain, "air_temperature": air,
        "vapour_pressure_deficit": np.maximum(8 + 0.5 * (air - 285) - 2 * cloud, 0.1),
        "radiation": np.maximum(16 + 9 * season(t) - 4 * cloud, 0.5),
        "reanalysis_moisture": 0.08 + 0.38 * bucket / (bucket + 45),
    }
    return {name: value[:, MEMORY:].astype(np.float32) for name, value in values.items()}


def daily(name, x, y, day, noise=1.0):
    """One daily feature at pixels; x, y and day broadcast."""
    x, y, day = np.broadcast_arrays(np.asarray(x, float), np.asarray(y, float), np.asarray(day, float))
    seed = SEED + 60 + list(DAILY).index(name)
    fine = fractal(seed, x, y, octaves(120), 0.6)
    moving = fractal(seed + 100, x, y, [200, 100, 50, 25, 12, 6], 0.4, day, [2.4, 3.2, 4, 4.8, 6.4, 6.4])
    pixel = noise * speckle(seed, x, y, day)
    if name == "lst_day":
        value = air_temperature(x, y, day) + 6 + 4 * season(day) + 1.5 * fine + 2.5 * moving + 1.0 * pixel
    elif name == "lst_night":
        value = air_temperature(x, y, day) - 5 + 1.0 * fine + 1.5 * moving + 0.6 * pixel
    elif name == "ndvi":
        value = 0.5 + 0.12 * season(day) + 0.14 * fine + 0.05 * moving + 0.016 * pixel
    elif name == "albedo":
        value = 0.17 + 0.03 * fine + 0.012 * moving + 0.004 * pixel
    else:
        value = np.maximum(2.2 + 1.6 * season(day) + 0.4 * fine + 0.5 * moving + 0.1 * pixel, 0)
    return stored(value, DAILY[name][1])


def moisture(rows, random):
    """The target [m3 m-3] of feature rows, with the error of a point measurement."""
    f = {name: rows[:, k] for k, name in enumerate(NAMES)}
    wet = f["api"] / (f["api"] + 25)
    texture = (f["clay"] - f["sand"]) / 400
    demand = (f["lst_day"] - 295) / 15 + 0.4 * (f["vapour_pressure_deficit"] - 8) / 5
    score = (2.2 * wet - 0.9 + 0.7 * texture - 0.5 * demand + 1.2 * (f["ndvi"] - 0.5)
             + 0.15 * (f["wetness_index"] - 8) + 2.5 * (f["reanalysis_moisture"] - 0.2)
             - 0.25 * np.sin(f["slope"] / 3) + 0.3 * np.cos(2 * np.pi * f["day_of_year"] / 365)
             + 0.4 * np.tanh((f["organic_carbon"] - 300) / 120) * wet)
    value = 0.04 + f["porosity"] / (1 + np.exp(-1.3 * score))
    return np.clip(value + 0.06 * random.standard_normal(len(rows)), 0.01, 0.7)


def training_rows(count, seed, places=6000):
    """Rows [count, 24] and targets: random pixels of many coarse cells, on random days of six years."""
    random = np.random.default_rng(seed)
    west, east, south, north = DOMAIN
    cell_x = random.integers(10 * west, 10 * east, places)
    cell_y = random.integers(10 * south, 10 * north, places)
    series = coarse(cell_x, cell_y, np.arange(DAYS))
    place = np.sort(random.integers(0, places, count))
    day = random.integers(0, DAYS, count)
    x = 12.0 * cell_x[place] - 6 + random.integers(0, 12, count) + 0.5
    y = 12.0 * cell_y[place] - 6 + random.integers(0, 12, count) + 0.5
    rows = np.empty((count, len(NAMES)), dtype=np.float32)
    for k, name in enumerate(NAMES):
        if name in FIXED:
            rows[:, k] = fixed(name, x, y)
        elif name in COARSE:
            rows[:, k] = series[name][place, day]
        elif name in DAILY:
            rows[:, k] = daily(name, x, y, day)
        else:
            rows[:, k] = day_of_year(day)
    return rows, moisture(rows, random)
