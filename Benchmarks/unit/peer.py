"""What a competent user runs today: rasterio reads the day's covariates, numpy stacks its land pixels,
scikit-learn predicts, rasterio writes the map. Prints processor seconds by phase, and wall seconds, as JSON.

    python -m unit.peer MODEL PREPARED LAND OUT DAY...

Fixed planes and the land mask are read once, as the user's loop would.
"""

import json
import pathlib
import resource
import sys
import time

import joblib
import numpy as np
import rasterio

from . import inputs


def read(path):
    with rasterio.open(path) as file:
        return file.read(1)


def main(model_path, prepared, land_path, out, days):
    clock, seconds = time.process_time, {}
    started = clock()
    model = joblib.load(model_path)
    seconds["load"] = clock() - started

    started = clock()
    with rasterio.open(land_path) as file:
        land, profile = file.read(1) == 1, file.profile
    count = int(land.sum())
    matrix = np.empty((count, len(inputs.FEATURES)), dtype=np.float32)
    for column, name in enumerate(inputs.FIXED):
        matrix[:, column] = read(prepared / f"fixed/{name}.tif")[land]
    seconds["fixed"] = clock() - started
    profile.update(dtype="uint16", nodata=65535, tiled=True, blockxsize=480, blockysize=480, compress="zstd",
                   zstd_level=1, predictor=2)
    seconds |= dict.fromkeys(["read", "stack", "predict", "write"], 0.0)
    wall = time.perf_counter()
    for day in days:
        started = clock()
        planes = [read(prepared / f"{day}/{name}.tif") for name in inputs.COARSE + inputs.DAILY]
        lap, started = clock() - started, clock()
        seconds["read"] += lap
        for column, plane in enumerate(planes, len(inputs.FIXED)):
            matrix[:, column] = plane[land]
        matrix[:, -1] = int(time.strftime("%j", time.strptime(day, "%Y-%m-%d")))
        whole = ~np.isnan(matrix).any(axis=1)
        rows = matrix if whole.all() else matrix[whole]
        lap, started = clock() - started, clock()
        seconds["stack"] += lap
        predicted = model.predict(rows)
        lap, started = clock() - started, clock()
        seconds["predict"] += lap
        stored = np.full(count, 65535, dtype=np.uint16)
        stored[whole] = np.rint(predicted / 0.001).astype(np.uint16)
        map_of_day = np.full(land.shape, 65535, dtype=np.uint16)
        map_of_day[land] = stored
        with rasterio.open(out / f"{day}.tif", "w", **profile) as file:
            file.scales = (0.001,)
            file.write(map_of_day, 1)
        seconds["write"] += clock() - started
    print(json.dumps({"seconds": seconds, "land": count, "days": len(days),
                      "wall_seconds": time.perf_counter() - wall,
                      "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6}))


if __name__ == "__main__":
    main(*(pathlib.Path(argument) for argument in sys.argv[1:5]), sys.argv[5:])
