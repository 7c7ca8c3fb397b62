"""Growing with each program in a process of its own, on the same cores."""

import json
import os
import pathlib
import subprocess
import sys

from . import tables

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
TILTH = REPOSITORY / ".build/release/tilth"
PEERS = {"scikit-learn": "scikit-learn", "onedal": "oneDAL", "xgboost": "XGBoost", "lightgbm": "LightGBM"}
NAMES = PEERS | {"exact": "tilth exact", "histogram": "tilth histogram"}


def cores(count):
    return set(sorted(os.sched_getaffinity(0))[:count])


def finish(words, threads, directory):
    finished = subprocess.run([str(w) for w in words], check=True, stdout=subprocess.PIPE, cwd=directory,
                              preexec_fn=lambda: os.sched_setaffinity(0, cores(threads)))
    return json.loads(finished.stdout.decode().strip().split("\n")[-1])


def tilth(table, settings, *options, tests=()):
    """One growth of ours: seconds are those of coding and growing, as the peers' are those of `fit`."""
    words = [TILTH, "forest", "grow", table, "-o", table.parent / "grown.forest", "--target", tables.TARGET,
             "--trees", settings["trees"], "--features-per-split", settings["features"], "--leaf-rows",
             settings["leaf"], "--seed", settings["seed"], "--threads", settings["threads"], *options]
    for test in tests:
        words += ["--test", test]
    report = finish(words, settings["threads"], table.parent)
    return {"seconds": report["grow_seconds"], "peak_bytes": report["peak_resident_bytes"],
            "rmse": report["test_rmse"], "report": report}


def run(kind, paths, settings):
    """One forest: seconds, peak_bytes, rmse on both tables that were held back."""
    if kind in PEERS:
        words = [sys.executable, "-m", "training.peer", kind,
                 ",".join(str(p.with_suffix(".npz")) for p in paths), json.dumps(settings)]
        return finish(words, settings["threads"], REPOSITORY / "Benchmarks")
    options = ["--histogram", "256"] if kind == "histogram" else []
    first, *tests = [p.with_suffix(".nc") for p in paths]
    # Nobody asks the peers for an out-of-bag score here.
    return tilth(first, settings, *options, "--no-score", tests=tests)
