"""Growing forests: ours, exact and by histogram, against scikit-learn, oneDAL, XGBoost or LightGBM.

300 000 rows (a tenth held back) of 24 features, 100 trees, leaves of 5 rows, 8 features per split, two
threads on the same two cores; each growth in a process of its own, in turns. Prints seconds, peak memory and
errors, and ends with one line of JSON: ratio_exact_sklearn (scikit-learn's seconds over ours),
ratio_histogram_onedal, rmse_ratio_worst, seconds_*, peak_mb_*, rmse_*.

    Benchmarks/run training [--quick] [--rounds 1] [--seeds 10] [--peers xgboost,lightgbm] [--product]

rmse_ratio_worst: our error over scikit-learn's, paired over --seeds seeds on random rows and on unseen
stations, both modes; of the four 95 % intervals of the mean (rmse_ratio_intervals), the end that is farthest
from 1. Those forests are smaller (--seed-rows, --seed-trees), for scikit-learn takes a minute for a large one.
--quick shrinks everything; --product grows on 7 million rows of 25 features, leaves of 20, one feature per
split. ranger is left out: it comes from CRAN, not from PyPI.
"""

import argparse
import json
import os
import pathlib
import statistics

from training import runs, tables

work = pathlib.Path(__file__).resolve().parent / ".work/training"
# Two-sided 95 % of Student's t by degrees of freedom.
STUDENT = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262,
           14: 2.145, 19: 2.093, 29: 2.045}


def interval(values):
    """Mean and half of its 95 % interval."""
    freedom = len(values) - 1
    student = STUDENT[max(f for f in STUDENT if f <= freedom)]
    return statistics.mean(values), student * statistics.stdev(values) / len(values) ** 0.5


def compare(options):
    """Every program in turns on the full table: medians of seconds and memory."""
    paths = tables.make(work / f"rows-{options.rows}", options.rows)
    kinds = ["scikit-learn", "onedal", *filter(None, options.peers.split(",")), "exact", "histogram"]
    results = {kind: [] for kind in kinds}
    for turn in range(options.rounds):
        for kind in results:
            results[kind].append(runs.run(kind, paths, {
                "trees": options.trees, "features": 8, "leaf": 5, "seed": turn, "threads": options.threads}))
    facts = {kind: {"seconds": statistics.median(r["seconds"] for r in found),
                    "peak_mb": max(r["peak_bytes"] for r in found) / 1e6,
                    "rmse": [statistics.mean(r["rmse"][k] for r in found) for k in range(2)]}
             for kind, found in results.items()}
    print(f"\n{options.rows * 9 // 10:,} rows, {options.trees} trees, {options.threads} threads; load "
          f"{os.getloadavg()[0]:.1f}\n  {'':16}  seconds  peak MB   random rows   unseen stations")
    for kind, f in facts.items():
        print(f"  {runs.NAMES[kind]:16} {f['seconds']:8.2f} {f['peak_mb']:8.0f} {f['rmse'][0]:13.5f} "
              f"{f['rmse'][1]:17.5f}")
    return facts


def errors(options):
    """95 % intervals of the mean of our error over scikit-learn's, by mode and rows."""
    paths = tables.make(work / f"rows-{options.seed_rows}", options.seed_rows)
    ratios = {}
    for seed in range(options.seeds):
        settings = {"trees": options.seed_trees, "features": 8, "leaf": 5, "seed": seed,
                    "threads": options.threads}
        peer = runs.run("scikit-learn", paths, settings)["rmse"]
        for kind in ("exact", "histogram"):
            ours = runs.run(kind, paths, settings)["rmse"]
            for place, name in enumerate(("random rows", "unseen stations")):
                ratios.setdefault((kind, name), []).append(ours[place] / peer[place])
    print(f"\nOur error over scikit-learn's, {options.seeds} seeds, {options.seed_rows * 9 // 10:,} rows, "
          f"{options.seed_trees} trees")
    found = {}
    for (kind, name), values in ratios.items():
        mean, half = interval(values)
        found[f"{kind}, {name}"] = [round(mean - half, 5), round(mean + half, 5)]
        print(f"  {runs.NAMES[kind]:16} {name:16} {mean:.5f} +- {half:.5f}")
    return found


def product(options):
    """Growth at product size, the table streamed from disk."""
    path = tables.make_product(work, options.product_rows)
    figures = {}
    for mode, words in [("exact", []), ("histogram", ["--histogram", "256"])]:
        found = runs.tilth(path, {"trees": options.trees, "features": 1, "leaf": 20, "seed": 0,
                                  "threads": options.threads}, *words)
        print(f"\n{options.product_rows:,} rows, 25 features, {options.trees} trees, {mode}: "
              f"{found['seconds']:.0f} s, peak {found['peak_bytes'] / 1e6:.0f} MB, "
              f"out-of-bag error {found['report']['out_of_bag_rmse']:.5f}")
        figures |= {f"product_{mode}_seconds": round(found["seconds"], 1),
                    f"product_{mode}_peak_mb": round(found["peak_bytes"] / 1e6)}
    return figures


def main():
    parser = argparse.ArgumentParser(prog="Benchmarks/run training", description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="20 000 rows and 10 trees: a minute")
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--trees", type=int, default=100)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=10, help="at least 2")
    parser.add_argument("--seed-rows", type=int, default=100_000)
    parser.add_argument("--seed-trees", type=int, default=50)
    parser.add_argument("--peers", default="xgboost",
                        help="beside scikit-learn and oneDAL: xgboost, lightgbm (takes minutes), by commas")
    parser.add_argument("--product", action="store_true", help="grow on 7 million rows, too")
    parser.add_argument("--product-rows", type=int, default=7_000_000)
    options = parser.parse_args()
    if options.quick:
        options.rows = options.seed_rows = 20_000
        options.trees = options.seed_trees = 10
    facts = compare(options)
    intervals = errors(options)
    figures = {
        "benchmark": "training",
        "ratio_exact_sklearn": round(facts["scikit-learn"]["seconds"] / facts["exact"]["seconds"], 2),
        "ratio_histogram_onedal": round(facts["onedal"]["seconds"] / facts["histogram"]["seconds"], 2),
        "rmse_ratio_worst": max((end for ends in intervals.values() for end in ends),
                                key=lambda end: abs(end - 1)),
        "rmse_ratio_intervals": intervals}
    for kind, f in facts.items():
        key = kind.replace("-", "_")
        figures |= {f"seconds_{key}": round(f["seconds"], 2), f"peak_mb_{key}": round(f["peak_mb"]),
                    f"rmse_{key}": [round(e, 5) for e in f["rmse"]]}
    if options.product:
        figures |= product(options)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
