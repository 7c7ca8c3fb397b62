"""One peer in a process of its own: `python -m training.peer KIND TABLES SETTINGS` ends in JSON.

TABLES are three .npz by commas (training first), SETTINGS are JSON: trees, features, leaf, seed, threads.
Each peer takes them and the shape [rows, features] of the table.
"""

import functools
import importlib
import json
import resource
import sys
import time

import numpy as np


def scikit_learn(settings, shape, package="sklearn"):
    kind = importlib.import_module(f"{package}.ensemble").RandomForestRegressor
    return kind(
        n_estimators=settings["trees"], max_features=settings["features"], min_samples_leaf=settings["leaf"],
        random_state=settings["seed"], n_jobs=settings["threads"])


# Neither bootstraps: 0.632 of the rows is what a bootstrap has without repeats.
def xgboost(settings, shape):
    from xgboost import XGBRFRegressor
    return XGBRFRegressor(
        n_estimators=settings["trees"], colsample_bynode=settings["features"] / shape[1], subsample=0.632,
        min_child_weight=settings["leaf"], max_depth=0, reg_lambda=0, tree_method="hist", max_bin=256,
        random_state=settings["seed"], n_jobs=settings["threads"])


def lightgbm(settings, shape):
    from lightgbm import LGBMRegressor
    return LGBMRegressor(
        boosting_type="rf", n_estimators=settings["trees"], num_leaves=max(2, shape[0] // settings["leaf"]),
        bagging_freq=1, histogram_pool_size=1024,
        feature_fraction_bynode=settings["features"] / shape[1], bagging_fraction=0.632,
        min_child_samples=settings["leaf"], min_child_weight=0, max_bin=255, verbose=-1,
        random_state=settings["seed"], n_jobs=settings["threads"])


PEERS = {"scikit-learn": scikit_learn, "onedal": functools.partial(scikit_learn, package="sklearnex"),
         "xgboost": xgboost, "lightgbm": lightgbm}


def main(kind, tables, settings):
    (rows, targets), *tests = [(t["rows"], t["targets"]) for t in map(np.load, tables.split(","))]
    settings = json.loads(settings)
    model = PEERS[kind](settings, rows.shape)
    targets = targets.astype(np.float64)
    start = time.perf_counter()
    model.fit(rows, targets)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    errors = [float(np.sqrt(np.mean((model.predict(r) - t) ** 2))) for r, t in tests]
    print(json.dumps({"seconds": seconds, "peak_bytes": peak, "rmse": errors}))


if __name__ == "__main__":
    main(*sys.argv[1:])
