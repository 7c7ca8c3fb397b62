"""One peer in a process of its own: `python -m training.peer KIND TABLES SETTINGS` ends in JSON.

TABLES are three .npz by commas (training first), SETTINGS are JSON: trees, features, leaf, seed, threads.
"""

import json
import resource
import sys
import time

import numpy as np


def forest(kind, settings):
    if kind == "onedal":
        from sklearnex.ensemble import RandomForestRegressor
    else:
        from sklearn.ensemble import RandomForestRegressor
    return RandomForestRegressor(
        n_estimators=settings["trees"], max_features=settings["features"], min_samples_leaf=settings["leaf"],
        random_state=settings["seed"], n_jobs=settings["threads"])


def main(kind, tables, settings):
    (rows, targets), *tests = [(t["rows"], t["targets"]) for t in map(np.load, tables.split(","))]
    settings = json.loads(settings)
    model = forest(kind, settings)
    targets = targets.astype(np.float64)
    start = time.perf_counter()
    model.fit(rows, targets)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    errors = [float(np.sqrt(np.mean((model.predict(r) - t) ** 2))) for r, t in tests]
    print(json.dumps({"seconds": seconds, "peak_bytes": peak, "rmse": errors}))


if __name__ == "__main__":
    main(*sys.argv[1:])
