"""Preparing and reading covariates: whole-globe hours to daily planes beside xarray + dask, and the share of
reading in a tile-month.

Prints one line a measurement, and ends with one line of JSON: ratio_xarray (wall time of xarray + dask over
ours for the same reduction of the same file on the same cores, the slower of the two layouts; dask runs with
threads and with processes, and the faster one counts), ratio_xarray_processor (the same in processor time),
seconds a source gigabyte, memory of both, how the planes compare, and read_share: reading a tile-month of
prepared planes, daily mosaics and static rasters over predicting it with 100 trees (world, forest and worker
of `Benchmarks/run unit`).

    Benchmarks/run covariates [--days 3] [--rounds 2] [--layouts old new] [--no-read]

The first run makes the files under Benchmarks/.work/covariates: a month file of --days whole-globe days of
t2m and tp, hourly, in the store's old and new layout, and the world of `unit` if it is not there.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

from covariates import archive, comparison, product, worker

repository = pathlib.Path(__file__).resolve().parent.parent


def note(text):
    print(text, file=sys.stderr, flush=True)


def peer(source, target, days, cores, kind):
    words = [sys.executable, "-m", "covariates.peer", source, target, str(days), str(len(cores)), kind]
    threads = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"], "1")
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE, cwd=repository / "Benchmarks",
                          env=os.environ | threads, preexec_fn=lambda: os.sched_setaffinity(0, cores))
    return json.loads(done.stdout.splitlines()[-1])


def median(rounds, key):
    return statistics.median(r[key] for r in rounds)


def preparing(options, folder, layout, cores):
    """Rounds of both sides in turns; figures of one layout."""
    name = f"{layout}-{options.days}"
    source = folder / f"data/{name}/201601.nc"
    note(f"{layout}: {options.days} days of hours in {source}")
    bytes_ = archive.hourly(source, layout, options.days, tuple(options.chunk))
    mine = product.write(folder / "data", name, options.days, options.tilth,
                         lambda words: subprocess.run(words, check=True, stdout=subprocess.DEVNULL))
    rounds = {"ours": [], "threads": [], "processes": []}
    for number in range(options.rounds):
        for kind in ["threads", "processes"]:
            rounds[kind].append(peer(source, folder / f"{layout}.nc", options.days, cores, kind))
        run = folder / f"run-{layout}"
        rounds["ours"].append(worker.prepare(options.tilth, mine, run, cores, len(cores)))
        last = {kind: found[-1] for kind, found in rounds.items()}
        note("  ".join(f"{kind} {found['seconds']:.2f} s ({found['processor_seconds']:.2f} s of processor, "
                       f"{found['megabytes']:.0f} MB)" for kind, found in last.items()))
    best = min(["threads", "processes"], key=lambda kind: median(rounds[kind], "seconds"))
    figures = {}
    for kind, found in [("ours", rounds["ours"]), ("xarray", rounds[best])]:
        figures[f"{kind}_seconds_per_gigabyte"] = round(median(found, "seconds") / (bytes_ / 1e9), 2)
        figures[f"{kind}_processor_seconds"] = round(median(found, "processor_seconds"), 2)
        figures[f"{kind}_megabytes"] = round(median(found, "megabytes"))
    least = min(median(rounds[kind], "processor_seconds") for kind in ["threads", "processes"])
    figures |= {"source_megabytes": round(bytes_ / 1e6), "dask": best,
                "ratio": round(median(rounds[best], "seconds") / median(rounds["ours"], "seconds"), 2),
                "ratio_processor": round(least / median(rounds["ours"], "processor_seconds"), 2)}
    figures |= comparison.compare(folder / f"run-{layout}", folder / f"{layout}.nc", options.days)
    print(f"{layout}: {figures}")
    return figures


def reading(options, cores):
    """Reading over predicting, of the tile-months of the unit benchmark."""
    from unit import inputs, training
    from unit.worker import Run

    folder = repository / "Benchmarks/.work/unit"
    (folder / "python").mkdir(parents=True, exist_ok=True)
    subprocess.run([options.tilth, "demo", "--large", "--directory", folder / "large"], check=True,
                   stdout=sys.stderr)
    world = inputs.World(folder / "large/world")
    training.forest(world, folder, repository, options.tilth, 100, len(cores))
    run = Run(options.tilth, world.folder / "large.yaml", folder / "run")
    run.complete(cores)
    # Both on one core, in turns, so that neither waits for the other's memory.
    found = run.predict_again({max(cores)}, 1, cores - {max(cores)} or cores)
    seconds = {phase: sum(r["seconds"][phase] for r in found["receipts"]) for phase in ["read", "predict"]}
    by_month = [round(r["seconds"]["read"] / r["seconds"]["predict"], 3) for r in found["receipts"]]
    print(f"reading {seconds['read']:.2f} s, predicting {seconds['predict']:.2f} s; by tile-month {by_month}")
    return {"read_share": round(seconds["read"] / seconds["predict"], 3)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--days", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--layouts", nargs="+", default=["old", "new"], choices=["old", "new"])
    parser.add_argument("--chunk", type=int, nargs=3, default=[1, archive.ROWS, archive.COLUMNS])
    parser.add_argument("--no-read", action="store_true", help="leave reading out")
    parser.add_argument("--tilth", type=pathlib.Path, default=repository / ".build/release/tilth")
    options = parser.parse_args()
    folder = repository / "Benchmarks/.work/covariates"
    (folder / "data").mkdir(parents=True, exist_ok=True)
    cores = os.sched_getaffinity(0)
    layouts = {layout: preparing(options, folder, layout, cores) for layout in options.layouts}
    figures = {"benchmark": "covariates", "cores": len(cores), "days": options.days,
               "ratio_xarray": min(found["ratio"] for found in layouts.values()),
               "ratio_xarray_processor": min(found["ratio_processor"] for found in layouts.values())}
    figures |= layouts
    if not options.no_read:
        figures |= reading(options, cores)
    print(json.dumps(figures))


main()
