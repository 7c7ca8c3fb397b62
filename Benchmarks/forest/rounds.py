"""Interleaved rounds of one forest: every peer and every engine of ours in turn, one pinned thread each."""

import functools
import json
import os
import statistics
import subprocess
import sys

import netCDF4
import numpy as np

from . import engine, peer, tile, training, world
from .conversion import LeftOut, peer_model, tilth_model

PEERS = ("scikit-learn", "onnxruntime", "treelite")
SKIPPED = {
    "oneDAL": "by way of treelite 105 s and 8 GB to load A, 44 ns, wrong by 0.007; --peers x,onedal runs it",
    "tl2cgen": "about 45 minutes to compile A, in the feasibility study",
    "lleaves": "reads LightGBM's models only",
    "hummingbird": "not tried: needs torch",
    "YDF": "converted forests are inexact, 161 to 302 ns in the feasibility study",
}
# Three bands of eight whole image lines on nine days: 103,680 rows, neighbours beside and below each other.
LINES = [*range(60, 68), *range(230, 238), *range(400, 408)]
SAMPLED_DAYS = list(range(2, 29, 3))


class Peer:
    """A process that predicts the same rows again and again."""

    def __init__(self, kind, model, rows_path):
        environment = os.environ | dict.fromkeys(peer.THREAD_VARIABLES, "1")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "forest.peer", kind, model, rows_path, str(engine.cores()[-1])],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
            cwd=engine.REPOSITORY / "Benchmarks")
        self.facts = self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise LeftOut(f"its process ended with {self.process.wait()}")
        return json.loads(line)

    def ask(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()
        return self.answer()

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def start_peers(models, rows_path):
    """Peers that load, and why others do not. Models are paths or functions that make one."""
    peers, left_out = {}, {}
    for kind, model in models.items():
        try:
            path = model() if callable(model) else model
            with open(path, "rb") as file:  # into the page cache, as ours is
                while file.read(1 << 24):
                    pass
            peers[kind] = Peer(kind, path.resolve(), rows_path)
        except LeftOut as reason:
            left_out[kind] = str(reason)
    return peers, left_out


def interleaved(models, forest, trees, tile_path, rows, kept, pick, count, work):
    """Figures of every peer and engine of ours, {name: {nanoseconds, ...}}, and who is left out and why.

    Peers predict `rows[kept]`; ours predicts the whole tile, of which `pick` takes the same rows.
    The first of the models is the one that others are held against.
    """
    rows_path = (work / "rows.npy").resolve()
    np.save(rows_path, rows[kept])
    ours = engine.kinds() if engine.available() else {}
    peers, left_out = start_peers(models, rows_path)
    times = {name: [] for name in [*ours, *peers]}
    facts = {name: dict(process.facts) for name, process in peers.items()}
    predictions = {}
    for number in range(count):
        for name, process in peers.items():
            seconds = process.ask("predict")["cpu_seconds"]
            times[name].append(1e9 * seconds / (int(kept.sum()) * trees))
        for name, kind in ours.items():
            out = work / "predictions.nc" if number == 0 else None
            run = engine.run(forest, tile_path, engine=kind, predictions=out)
            times[name].append(run["nanoseconds_per_row_and_tree"])
            facts[name] = our_facts(run)
            if out:
                predictions[name] = pick(out)[kept]
        training.note(f"  round {number + 1}: " + ", ".join(f"{n} {t[-1]:.2f}" for n, t in times.items()))
    for kind, process in peers.items():
        path = work / "predictions.npy"
        process.ask(f"save {path.resolve()}")
        predictions[kind] = np.load(path).astype(np.float64)
        process.end()
    truth = predictions[next(iter(models))]
    for name, values in times.items():
        facts[name]["nanoseconds"] = statistics.median(values)
        facts[name]["largest_difference"] = float(np.abs(predictions[name] - truth).max())
    return facts, left_out


def our_facts(run):
    return {"load_milliseconds": run["load_milliseconds"], "resident_bytes": run["resident_bytes_after_load"],
            "peak_bytes": run["peak_resident_bytes"], "engine": run["engine"]}


def picked(path, lines, days):
    """Our predictions in the order of `tile.rows`."""
    with netCDF4.Dataset(path) as file:
        file.set_auto_mask(False)
        planes = [file["prediction"][day][lines] for day in days]
    return np.stack(planes).astype(np.float64).reshape(-1)


def measure(letter, work, tile_path, count, kinds=PEERS):
    """One of the four forests on a tile of the made world."""
    rows = tile.rows(tile_path, world.NAMES, LINES, SAMPLED_DAYS)
    forest = tilth_model(letter, work, engine.TILTH if engine.available() else None)
    models = {kind: functools.partial(peer_model, kind, letter, work) for kind in kinds}
    trees = training.shape(work / f"{letter}.joblib")["trees"]
    return interleaved(models, forest, trees, tile_path, rows, np.ones(len(rows), dtype=bool),
                       lambda path: picked(path, LINES, SAMPLED_DAYS), count, work)
