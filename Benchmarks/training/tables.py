"""Tables of the made world: rows to learn from, rows held back, and rows of stations held back.

Kept as .npz for the peers and as netCDF for `tilth forest grow`.
"""

import netCDF4
import numpy as np

from forest import world

TARGET = "soil_moisture"
TRAINING_SEED, STATION_SEED = 7, 99_991  # other seeds draw other places


def write(path, rows, targets):
    np.savez(path.with_suffix(".npz"), rows=rows, targets=targets)
    with netCDF4.Dataset(path.with_suffix(".nc"), "w") as file:
        file.createDimension("row", len(targets))
        for name, column in zip(names(rows.shape[1]), rows.T):
            file.createVariable(name, "f4", ("row",))[:] = column
        file.createVariable(TARGET, "f4", ("row",))[:] = targets


def names(count):
    """The world's features; more than it has are combinations of them."""
    return (world.NAMES + [f"mixed_{k}" for k in range(count)])[:count]


def make(directory, count):
    """Nine tenths of the rows to learn from, a tenth held back, and as many rows of other stations."""
    directory.mkdir(parents=True, exist_ok=True)
    paths = [directory / name for name in ("training", "random", "stations")]
    if all(path.with_suffix(".nc").exists() for path in paths):
        return paths
    rows, targets = world.training_rows(count, TRAINING_SEED)
    order = np.random.default_rng(0).permutation(count)
    held = count // 10
    # Targets of float32 for everyone: what the files of a forest hold.
    targets = targets.astype(np.float32)
    elsewhere = world.training_rows(held, STATION_SEED)
    write(paths[1], rows[order[:held]], targets[order[:held]])
    write(paths[2], elsewhere[0], elsewhere[1].astype(np.float32))
    write(paths[0], rows[order[held:]], targets[order[held:]])
    return paths


def make_product(directory, count, features=25, block=500_000):
    """A table of product size, written column by column in blocks: never whole in memory."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"product-{count}.nc"
    if path.exists():
        return path
    unfinished = path.with_suffix(".unfinished")
    with netCDF4.Dataset(unfinished, "w") as file:
        file.createDimension("row", count)
        columns = [file.createVariable(name, "f4", ("row",)) for name in names(features)]
        target = file.createVariable(TARGET, "f4", ("row",))
        for start in range(0, count, block):
            end = min(start + block, count)
            rows, targets = world.training_rows(end - start, TRAINING_SEED + start // block)
            for k, column in enumerate(columns):
                mixed = k >= rows.shape[1]
                column[start:end] = rows[:, 0] * 0.01 + rows[:, k % rows.shape[1]] if mixed else rows[:, k]
            target[start:end] = targets
    unfinished.rename(path)
    return path
