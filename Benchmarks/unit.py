"""A worker against the plain Python pipeline: 24 covariates, 100 trees, tiles of 480 x 480, two months.

Prints where a land-pixel-day's time goes on both sides, and ends with one line of JSON: ratio_python
(processor time of Python over ours, both pinned to the same one core, in turns; medians) and
ratio_python_wall, the nanoseconds of both, share_* of our phases, what reading ahead hides, memory against
the plan's bound, thread_scaling_2, and how the maps compare.

    Benchmarks/run unit [--rounds 3] [--days 2] [--trees 100]

Python predicts --days days a round, ours all tile-months. Not counted on Python's side: bringing the coarse
covariates to the grid, sums over past days, interpolation in time (ours does all of that while it reads), and
loading the model. Not counted on ours: preparing the weather files (printed apart), loading, merging. The
first run makes worlds and forest under Benchmarks/.work/unit: about four minutes.
"""

import argparse
import datetime
import json
import os
import pathlib
import statistics
import subprocess
import sys

from unit import comparison, inputs, training
from unit.worker import Run, on_cores

repository = pathlib.Path(__file__).resolve().parent.parent
FIRST_DAY, PERIOD_DAYS = datetime.date(2016, 4, 1), 61
PHASES = ["read", "predict", "encode", "write"]


def note(text):
    print(text, file=sys.stderr, flush=True)


def python_round(model, folder, world, days, core):
    """One process of the peer, one thread on one core."""
    words = [sys.executable, "-m", "unit.peer", model, folder / "prepared", world.folder / "static/land.tif",
             folder / "python", *map(str, days)]
    threads = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "GDAL_NUM_THREADS"], "1")
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE, cwd=repository / "Benchmarks",
                          env=os.environ | threads, preexec_fn=on_cores(core))
    return json.loads(done.stdout)


def python_nanoseconds(rounds, period):
    """Per land-pixel-day by phase, and wall; medians. What is read once is spread over the period."""
    def median(seconds, days):
        return statistics.median(seconds(r) * 1e9 / (r["land"] * (days or r["days"])) for r in rounds)

    phases = {name: median(lambda r: r["seconds"][name], None)
              for name in ["read", "stack", "predict", "write"]}
    phases["fixed"] = median(lambda r: r["seconds"]["fixed"], period)
    return phases, median(lambda r: r["wall_seconds"], None) + phases["fixed"]


def nanoseconds(result, key):
    return result[key] * 1e9 / result["pixel_days"]


def print_phases(title, phases):
    total = sum(phases.values())
    print(f"\n{title}: {total:.0f} ns per land-pixel-day")
    for name, value in sorted(phases.items(), key=lambda item: -item[1]):
        print(f"  {name:10} {value:9.1f}  {100 * value / total:5.1f} %")


def ahead_figures(run, ahead):
    """Prints and gives what one worker with a thread of its own for reading spends on what."""
    receipts, tiles = ahead["receipts"], len(run.plan["tiles"])
    phases = {name: sum(r["seconds"].get(name, 0) for r in receipts) * 1e9 / ahead["pixel_days"]
              for name in PHASES}
    total = sum(phases.values())
    hidden = max(0.0, total - nanoseconds(ahead, "wall_seconds")) / phases["read"]
    opens = max(ahead["opened"].values(), default=0)
    print_phases("tilth worker, one thread, reading ahead on another core (wall)", phases)
    print(f"  elapsed    {nanoseconds(ahead, 'wall_seconds'):9.1f}  {100 * hidden:.0f} % of reading is "
          f"hidden")
    for receipt in receipts:
        count = run.land_pixel_days([receipt])
        times = "  ".join(f"{name} {receipt['seconds'].get(name, 0) * 1e9 / count:6.1f}" for name in PHASES)
        print(f"    {receipt['unit']:26} {times}")
    print(f"  a fixed file is opened at most {opens} times, for {len(receipts)} units of {tiles} tiles")
    return {f"share_{name}": round(value / total, 3) for name, value in phases.items()} | {
        "read_hidden_share": round(hidden, 3),
        "wall_nanoseconds_reading_ahead": round(nanoseconds(ahead, "wall_seconds"), 1),
        "fixed_file_opens_per_tile": round(opens / tiles, 2)}


def ratio_figures(python, ours):
    """Prints and gives both sides on the same core."""
    phases, python_wall = python_nanoseconds(python, PERIOD_DAYS)
    slow, fast = sum(phases.values()), statistics.median(nanoseconds(r, "processor_seconds") for r in ours)
    wall = statistics.median(nanoseconds(r, "wall_seconds") for r in ours)
    print_phases("Python, one thread on one core (processor)", phases)
    print(f"\nboth on the same core, in turns, processor (wall): Python {slow:.0f} ({python_wall:.0f}), "
          f"ours {fast:.0f} ({wall:.0f}) ns: {slow / fast:.1f} ({python_wall / wall:.1f}) times")
    return {"ratio_python": round(slow / fast, 2), "ratio_python_wall": round(python_wall / wall, 2),
            "nanoseconds_per_land_pixel_day": round(fast, 1),
            "wall_nanoseconds_per_land_pixel_day": round(wall, 1),
            "python_nanoseconds_per_land_pixel_day": round(slow, 1),
            "python_wall_nanoseconds_per_land_pixel_day": round(python_wall, 1),
            "land_pixel_days_per_second_per_core": round(1e9 / fast)} | {
                f"python_{name}_nanoseconds": round(value, 1) for name, value in phases.items()}


def memory_figures(run, ahead, two, python):
    """Prints and gives the peaks; `two` ran under --memory at the plan's bound."""
    scaling = ahead["wall_seconds"] / two["wall_seconds"]
    peak = max(result["peak_megabytes"] for result in (ahead, two))
    theirs = max(r["peak_megabytes"] for r in python)
    print(f"memory: the worker's peak is {ahead['peak_megabytes']:.0f} MB with one thread, "
          f"{two['peak_megabytes']:.0f} MB with two and --memory {run.memory_bound / 1e6:.0f}M, which is the "
          f"plan's bound; Python's is {theirs:.0f} MB")
    print(f"two threads: {scaling:.2f} times one")
    return {"worker_peak_megabytes": round(peak), "planned_peak_megabytes": round(run.memory_bound / 1e6),
            "python_peak_megabytes": round(theirs), "thread_scaling_2": round(scaling, 3)}


def made(options, folder):
    """World, model and Python's days, made at the first run."""
    subprocess.run([options.tilth, "demo", "--large", "--directory", folder / "large"], check=True,
                   stdout=sys.stderr)
    world = inputs.World(folder / "large/world")
    jobs = len(os.sched_getaffinity(0))
    model = training.forest(world, folder, repository, options.tilth, options.trees, jobs)
    count = options.rounds * options.days
    days = [FIRST_DAY + datetime.timedelta(number * PERIOD_DAYS // count) for number in range(count)]
    note("preparing Python's rasters")
    inputs.prepare(world, days, folder / "prepared")
    return world, model, days


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--days", type=int, default=2, help="that Python predicts in a round")
    parser.add_argument("--trees", type=int, default=100)
    parser.add_argument("--tilth", type=pathlib.Path, default=repository / ".build/release/tilth")
    options = parser.parse_args()
    folder = repository / "Benchmarks/.work/unit"
    (folder / "python").mkdir(parents=True, exist_ok=True)
    world, model, days = made(options, folder)

    cores = sorted(os.sched_getaffinity(0))
    pinned, others = {cores[-1]}, set(cores[:-1]) or {cores[-1]}
    run = Run(options.tilth, world.folder / "large.yaml", folder / "run")
    whole = run.complete(set(cores))
    python, ours = [], []
    for number in range(options.rounds):
        note(f"round {number + 1}: Python, then ours, on core {cores[-1]}")
        mine = days[number * options.days:(number + 1) * options.days]
        python.append(python_round(model, folder, world, mine, pinned))
        ours.append(run.predict_again(pinned, 1, others))
    note("ours on all cores: reading ahead; two threads under --memory")
    ahead = run.predict_again(set(cores), 1, set(cores))
    two = run.predict_again(set(cores), 2, set(cores), memory=run.memory_bound)
    maps = comparison.compare(world, run, folder / "python", days)

    print(f"{len(ahead['receipts'])} tile-months, {ahead['pixel_days'] / 1e6:.1f} million land-pixel-days, "
          f"{len(inputs.FEATURES)} covariates, {options.trees} trees")
    figures = {"benchmark": "unit", "units": len(ahead["receipts"])} | ahead_figures(run, ahead)
    figures |= ratio_figures(python, ours) | memory_figures(run, ahead, two, python) | whole | maps
    print(f"prepare: {whole['prepare_seconds']} s in {whole['prepare_units']} units, not in the ratio")
    print(f"maps: {maps['maps_compared']:,} pixel-days on {len(days)} days: {maps['maps_different']:,} "
          f"differ, {maps['maps_beyond_one_step']:,} by more than one step; {maps['maps_missing_differs']:,} are "
          f"missing on one side only")
    print(json.dumps(figures))


main()
