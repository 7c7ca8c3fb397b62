"""Turns a trained scikit-learn forest into the files of its peers, each in its own process, kept on disk.

`python -m forest.conversion KIND MODEL.joblib OUT` is one conversion.
"""

import pathlib
import subprocess
import sys

import joblib

from . import engine, training, world

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts/scikit-learn-to-netcdf"
SECONDS = 900  # a conversion that takes longer is left out, by name
ONNX_BYTES_PER_LEAF = 1850  # of memory while converting: 5.6 GB for forest A


class LeftOut(Exception):
    """Why a peer does not take part."""


def onnx(model, path):
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType
    converted = to_onnx(model, initial_types=[("rows", FloatTensorType([None, model.n_features_in_]))])
    path.write_bytes(converted.SerializeToString())


def treelite(model, path):
    import treelite as library
    library.sklearn.import_model(model).serialize(str(path))


KINDS = {"onnxruntime": (onnx, "onnx"), "treelite": (treelite, "treelite"), "onedal": (treelite, "treelite")}


def available_bytes():
    with open("/proc/meminfo") as facts:
        return next(int(line.split()[1]) * 1024 for line in facts if line.startswith("MemAvailable"))


def peer_model(kind, letter, work):
    """The file that a peer loads; made when the trained forest is newer."""
    trained = work / f"{letter}.joblib"
    if kind == "scikit-learn":
        return trained
    path = work / f"{letter}.{KINDS[kind][1]}"
    if path.exists() and path.stat().st_mtime >= trained.stat().st_mtime:
        return path
    needed = ONNX_BYTES_PER_LEAF * training.shape(trained)["leaves"]
    if kind == "onnxruntime" and needed > available_bytes():
        raise LeftOut(f"its conversion takes about {needed / 1e9:.0f} GB of memory, more than there is")
    training.note(f"  converting forest {letter.upper()} for {kind}")
    unfinished = path.with_suffix(".unfinished")
    command = [sys.executable, "-m", "forest.conversion", kind, trained, unfinished]
    try:
        subprocess.run(command, check=True, timeout=SECONDS, cwd=SCRIPT.parent.parent / "Benchmarks",
                       stdout=sys.stderr)
    except subprocess.TimeoutExpired:
        raise LeftOut(f"conversion takes more than {SECONDS} s") from None
    except subprocess.CalledProcessError as failure:
        raise LeftOut(f"conversion failed ({failure.returncode})") from None
    unfinished.rename(path)
    return path


def tilth_model(letter, work, tilth):
    """The Tilth forest file, by way of the netCDF that a user would write."""
    trained, table, path = (work / f"{letter}.{kind}" for kind in ("joblib", "nc", "forest"))
    if not table.exists() or table.stat().st_mtime < trained.stat().st_mtime:
        names = work / "feature-names.txt"
        names.write_text("".join(f"{name}\t{unit}\n" for name, unit in zip(world.NAMES, world.UNITS)))
        training.note(f"  writing {table.name}")
        subprocess.run([sys.executable, SCRIPT, trained, table, "--feature-names", names,
                        "--title", f"Benchmark forest {letter.upper()}",
                        "--target", "soil_moisture", "--target-unit", "m3 m-3"], check=True)
    if tilth and (not path.exists() or path.stat().st_mtime < max(f.stat().st_mtime for f in (table, tilth))):
        training.note(f"  importing {table.name}")
        engine.command("forest", "import", table, "-o", path)
    return path


def main(kind, model, out):
    KINDS[kind][0](joblib.load(model), pathlib.Path(out))


if __name__ == "__main__":
    main(*sys.argv[1:])
