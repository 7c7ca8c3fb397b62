"""`tilth forest time` as a subprocess, pinned to the cores that it may use."""

import json
import os
import pathlib
import subprocess
import sys

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
TILTH = REPOSITORY / ".build/release/tilth"


def available():
    """Whether the built program has the command."""
    if not TILTH.exists():
        return False
    # Without the command, `--help` tells about `tilth forest` and succeeds as well.
    told = subprocess.run([TILTH, "forest", "time", "--help"], capture_output=True)
    return b"--tile" in told.stdout


def kinds():
    """The engines to run by what figures call them: the processor's best, and those of lesser ones."""
    flags = pathlib.Path("/proc/cpuinfo").read_text().split() if os.path.exists("/proc/cpuinfo") else []
    lesser = ["avx2"] if "avx2" in flags and "avx512_vbmi2" in flags else []
    return {"tilth": "auto"} | {f"tilth {name}": name for name in [*lesser, "portable"]}


def cores():
    return sorted(os.sched_getaffinity(0))


def command(*words):
    """Runs tilth; what it says goes to standard error."""
    subprocess.run([str(word) for word in (TILTH, *words)], check=True, stdout=sys.stderr)


def run(forest, tile, threads=1, engine="auto", repeat=1, predictions=None, **options):
    """One run's figures. Options are those of the command: days, trees, side."""
    words = [TILTH, "forest", "time", forest, "--tile", tile, "--threads", threads, "--engine", engine,
             "--repeat", repeat]
    for name, value in options.items():
        words += [f"--{name}", value]
    if predictions:
        words += ["-o", predictions]
    pinned = set(cores()[-threads:])
    finished = subprocess.run([str(word) for word in words], check=True, stdout=subprocess.PIPE,
                              preexec_fn=lambda: os.sched_setaffinity(0, pinned))
    return json.loads(finished.stdout.decode().strip().split("\n")[-1])
