"""Trained forests on a tile of 480 x 480 pixels and 31 days: our engine and the ones that a user would pick.

Prints nanoseconds per row (pixel-day) and tree, and ends with one line of JSON: ratio_a ... ratio_d are
scikit-learn's time over ours (thread time, one pinned thread, medians of interleaved rounds),
ratio_avx2_* and ratio_portable_* the same of our engines for lesser processors, ns_* every figure,
thread_scaling_2 wall time of one thread over that of two.

    Benchmarks/run forest [--quick] [--forests abcd] [--rounds 3] [--peers a,b] [--scaling] [--no-yanco]

The first run makes tiles and forests under Benchmarks/.work/forest: minutes for A, B and C, half an hour
for D. --quick takes A and B only; --scaling tells how cost grows with trees, leaves, features, days, ...
"""

import argparse
import json
import os
import pathlib
import statistics

from forest import engine, rounds, scaling, tile, training, yanco

work = pathlib.Path(__file__).resolve().parent / ".work/forest"


def table(letter, facts):
    """People's view of one forest."""
    shape = training.shape(work / f"{letter}.joblib")
    leaves = shape["leaves"] // shape["trees"]
    print(f"\nForest {letter.upper()}: {shape['trees']} trees, {leaves:,} leaves a tree, "
          f"depth {shape['depth']}")
    print(f"  {'':16} ns/row/tree  scikit-learn/this    load ms  resident MB   peak MB  largest difference")
    slow = facts["scikit-learn"]["nanoseconds"]
    for name, f in sorted(facts.items(), key=lambda item: item[1]["nanoseconds"]):
        label = f"tilth {f['engine']}" if "engine" in f else name
        print(f"  {label:16} {f['nanoseconds']:11.2f} {slow / f['nanoseconds']:18.1f} "
              f"{f['load_milliseconds']:10.1f} {f['resident_bytes'] / 1e6:12.0f} "
              f"{f['peak_bytes'] / 1e6:9.0f} {f['largest_difference']:19.1e}")


def figures_of(letter, facts):
    figures = {f"ns_{name.replace('-', '_').replace(' ', '_')}_{letter}": round(f["nanoseconds"], 3)
               for name, f in facts.items()}
    slow = facts["scikit-learn"]["nanoseconds"]
    for name, key in [("tilth", "ratio"), ("tilth avx2", "ratio_avx2"),
                      ("tilth portable", "ratio_portable")]:
        if name in facts:
            f = facts[name]
            figures[f"{key}_{letter}"] = round(slow / f["nanoseconds"], 2)
            if name == "tilth":
                figures |= {f"load_ms_{letter}": round(f["load_milliseconds"], 2),
                            f"resident_mb_{letter}": round(f["resident_bytes"] / 1e6, 1),
                            f"peak_mb_{letter}": round(f["peak_bytes"] / 1e6, 1)}
    return figures


def thread_scaling(forest, tile_path, count):
    """Wall time of one thread over that of two, medians of interleaved runs; None on one core."""
    if len(engine.cores()) < 2:
        return None
    walls, busy = {1: [], 2: []}, []
    for _ in range(count):
        for threads in walls:
            run = engine.run(forest, tile_path, threads=threads, repeat=2)
            walls[threads].append(min(run["wall_seconds"]))
        busy.append(sum(run["cpu_seconds"]) / sum(run["wall_seconds"]))
    one, two = (statistics.median(seconds) for seconds in walls.values())
    print(f"Two threads: {one:.2f} s become {two:.2f} s; they had {statistics.median(busy):.2f} cores "
          "(less than 2: other processes were running, or a thread waited)")
    return round(one / two, 3)


def main():
    parser = argparse.ArgumentParser(prog="Benchmarks/run forest", description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="forests A and B only")
    parser.add_argument("--forests", default="abcd", help="which of the four, such as ac")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scaling", action="store_true", help="how cost grows, instead of the comparison")
    parser.add_argument("--peers", default=",".join(rounds.PEERS), help="scikit-learn first, by commas")
    parser.add_argument("--no-yanco", action="store_true", help="leave the real planes out")
    options = parser.parse_args()
    letters = "ab" if options.quick else options.forests
    work.mkdir(parents=True, exist_ok=True)
    for name in ("30arcsec", "gssm1km"):
        tile.write(tile.TILES[name], work / f"tile-{name}.nc")
    if options.scaling:
        print(json.dumps({"benchmark": "forest --scaling"} | scaling.study(work, options.rounds)))
        return
    for letter in letters:
        training.model(training.RECIPES[letter], work / f"{letter}.joblib", work,
                       jobs=1 if letter == "d" else os.cpu_count())
    figures = {"benchmark": "forest"}
    largest = 0.0
    for letter in letters:
        facts, left_out = rounds.measure(letter, work, work / "tile-30arcsec.nc", options.rounds,
                                         options.peers.split(","))
        table(letter, facts)
        for name, reason in left_out.items():
            print(f"  {name} left out: {reason}")
        figures |= figures_of(letter, facts)
        ours = [f["largest_difference"] for f in facts.values() if "engine" in f]
        largest = max([largest, *ours])
    print("\nNot run: " + "; ".join(f"{name} ({reason})" for name, reason in rounds.SKIPPED.items()))
    if engine.available():
        figures["largest_difference"] = largest
        figures["thread_scaling_2"] = thread_scaling(work / f"{letters[0]}.forest", work / "tile-30arcsec.nc",
                                                     options.rounds)
    else:
        print("tilth has no `forest time`: the peers ran alone")
    if not options.no_yanco:
        figures |= yanco.compare(work, options.rounds)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
