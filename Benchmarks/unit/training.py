"""Forest A of the study on the large world: 100 trees, leaves of 5, 8 features a split, by scikit-learn."""

import datetime
import subprocess
import sys

import joblib
import numpy as np
from sklearn.ensemble import RandomForestRegressor

from . import inputs

ROWS = 300_000
NOISE = 0.01  # of a good sensor, m3/m3
PLACES = 20


def elsewhere(folder, tilth):
    """Other worlds, places and seasons: a product's forest has learned from far more than the tile that it
    maps, and most of its leaves lie elsewhere."""
    for number in range(PLACES):
        day = datetime.date(2015, 1, 12) + datetime.timedelta(16 * (number * 7 % PLACES))
        directory = folder / f"elsewhere/{number}"
        directory.mkdir(parents=True, exist_ok=True)
        subprocess.run([tilth, "demo", "--large", "--directory", directory, "--seed", str(100 + number),
                        "--west", str(-14 + 8 * (number % 5)), "--north", str(60 - 4 * (number // 5)),
                        "--period", f"{day}..{day + datetime.timedelta(5)}"],
                       check=True, stdout=subprocess.DEVNULL)
        yield inputs.World(directory / "world")


def samples(world, count, random):
    """Rows and targets at random land pixels of the days that have a true map."""
    truths = sorted((world.folder / "truth").glob("*.tif"))
    rows, targets = [], []
    for path in truths:
        day = datetime.datetime.strptime(path.stem.split("_")[-1], "%Y%m%d").date()
        chosen = random.choice(np.flatnonzero(world.land), count // len(truths))
        row = np.stack([np.broadcast_to(plane, world.land.shape).ravel()[chosen]
                        for plane in world.features(day)], axis=1)
        whole = ~np.isnan(row).any(axis=1)
        rows.append(row[whole])
        moisture = world.raster(f"truth/{path.name}").ravel()[chosen][whole]
        targets.append(moisture + NOISE * random.standard_normal(len(moisture)))
    return np.concatenate(rows), np.concatenate(targets)


def forest(world, folder, repository, tilth, trees, jobs):
    """Trains, and imports into the world, unless both are there."""
    model_path = folder / f"forest-{trees}.joblib"
    if not model_path.exists():
        print("making worlds to train on", file=sys.stderr, flush=True)
        random = np.random.default_rng(2016)
        parts = [samples(place, ROWS // (PLACES + 1), random)
                 for place in [world, *elsewhere(folder, tilth)]]
        rows, targets = (np.concatenate(part) for part in zip(*parts))
        print(f"training {trees} trees on {len(rows):,} rows", file=sys.stderr, flush=True)
        model = RandomForestRegressor(n_estimators=trees, min_samples_leaf=5, max_features=8, n_jobs=jobs,
                                      random_state=7)
        model.fit(rows, targets)
        model.n_jobs = 1
        joblib.dump(model, folder / "unfinished.joblib")
        (folder / "unfinished.joblib").rename(model_path)
    imported = folder / f"forest-{trees}.forest"
    if not imported.exists() or imported.stat().st_mtime < model_path.stat().st_mtime:
        names, arrays = folder / "features.tsv", folder / "forest.nc"
        names.write_text("".join(f"{n}\t{u}\n" for n, u in zip(inputs.FEATURES, inputs.UNITS)))
        subprocess.run([sys.executable, repository / "scripts/scikit-learn-to-netcdf", model_path, arrays,
                        "--feature-names", names, "--target", "soil moisture", "--target-unit", "m3 m-3"],
                       check=True, stdout=sys.stderr)
        subprocess.run([tilth, "forest", "import", arrays, "-o", imported], check=True, stdout=sys.stderr)
        arrays.unlink()
    target = world.folder / "forests/large.forest"
    target.unlink(missing_ok=True)
    target.symlink_to(imported.resolve())
    return model_path
