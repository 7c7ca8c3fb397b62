"""Python's maps against ours, stored number by stored number."""

import numpy as np
import rasterio

KEYS = ["maps_compared", "maps_different", "maps_beyond_one_step", "maps_missing_differs"]


def compare(world, run, folder, days):
    """How many pixel-days differ, by how much, over the days that Python has predicted."""
    side = run.plan["product"]["tilePixels"]
    across = -(-world.land.shape[1] // side)
    result = dict.fromkeys(KEYS, 0)
    for day in days:
        with rasterio.open(folder / f"{day}.tif") as file:
            theirs = file.read(1)
        ours = np.full(theirs.shape, 65535, dtype=np.uint16)
        for tile in run.plan["tiles"]:
            x, y = tile["index"] % across, tile["index"] // across
            with rasterio.open(run.path / f"tiles/{day:%Y/%m}/x{x}y{y}.tif") as file:
                ours[y * side:(y + 1) * side, x * side:(x + 1) * side] = file.read(day.day)
        there = (ours != 65535) & (theirs != 65535)
        steps = np.abs(ours[there].astype(int) - theirs[there].astype(int))
        result["maps_compared"] += int(there.sum())
        result["maps_different"] += int((steps > 0).sum())
        result["maps_beyond_one_step"] += int((steps > 1).sum())
        result["maps_missing_differs"] += int(((ours == 65535) != (theirs == 65535)).sum())
    return result
