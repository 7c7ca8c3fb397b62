"""Tiles of the made world as `tilth forest time` reads them, on the two grids of the products."""

import dataclasses
import json

import netCDF4
import numpy as np

from . import world

FIRST_DAY = 912  # 2018-07-01


@dataclasses.dataclass(frozen=True)
class Tile:
    """Pixel edges are at (origin + index) * step degrees; rows go south."""
    step: float
    origin_x: int
    origin_y: int
    pixels: int = 480
    days: int = 31
    noise: float = 1.0
    coast: bool = False

    def centres(self):
        """x and y of pixel centres in the world's 30-arc-second pixels."""
        index = np.arange(self.pixels)
        x = (self.origin_x + index + 0.5) * self.step * 120
        y = (self.origin_y - index - 0.5) * self.step * 120
        return np.meshgrid(x, y)


# On the 30-arc-second grid a tile starts on a multiple of 0.1 degrees, the centre of an ERA5-Land cell: edges
# of cells are at pixels 6, 18, 30 ... The gssm1km grid has 11.13 pixels a cell.
TILES = {
    "30arcsec": Tile(step=1 / 120, origin_x=-480, origin_y=50 * 120),
    "gssm1km": Tile(step=0.0089831528412, origin_x=-20038 + 40 * 480, origin_y=10019 - 9 * 480),
    "coast": Tile(step=1 / 120, origin_x=-480, origin_y=50 * 120, coast=True),
}


def write(tile, path):
    """Makes the tile unless the file holds it already."""
    key = json.dumps([world.VERSION, world.SEED, dataclasses.astuple(tile)])
    if path.exists():
        with netCDF4.Dataset(path) as file:
            if getattr(file, "key", "") == key:
                return
    unfinished = path.with_suffix(".unfinished")
    with netCDF4.Dataset(unfinished, "w", format="NETCDF4") as file:
        fill(file, tile)
        file.key = key
    unfinished.rename(path)


def fill(file, tile):
    x, y = tile.centres()
    days = FIRST_DAY + np.arange(tile.days)
    cell_x, cell_y = np.rint(x / 12).astype(int), np.rint(y / 12).astype(int)
    cells, cell_index = np.unique(np.stack([-cell_y.ravel(), cell_x.ravel()], 1), axis=0, return_inverse=True)
    for name, size in [("y", tile.pixels), ("x", tile.pixels), ("day", tile.days), ("cell", len(cells))]:
        file.createDimension(name, size)

    def variable(name, kind, dimensions, values):
        file.createVariable(name, kind, dimensions)[:] = values

    land = np.ones(x.shape, dtype=np.int8)
    if tile.coast:
        sea_level = world.fractal(world.SEED + 200, x, y, world.octaves(480), 0.9)
        land = (sea_level > np.quantile(sea_level, 0.15)).astype(np.int8)
    variable("land", "i1", ("y", "x"), land)
    variable("cell_index", "i4", ("y", "x"), cell_index.reshape(x.shape))
    for name in world.FIXED:
        variable(name, "f4", ("y", "x"), world.fixed(name, x, y, tile.noise))
    for name, series in world.coarse(cells[:, 1], -cells[:, 0], days).items():
        variable(name, "f4", ("day", "cell"), series.T)
    for name in world.DAILY:
        plane = file.createVariable(name, "f4", ("day", "y", "x"), chunksizes=(1, tile.pixels, tile.pixels))
        for index, day in enumerate(days):
            plane[index] = world.daily(name, x, y, day, tile.noise)
    variable("day_of_year", "f4", ("day",), world.day_of_year(days))


def rows(path, names, lines, days):
    """Rows x features (float32, C order) of whole image lines on some days, in the order day, line, pixel."""
    with netCDF4.Dataset(path) as file:
        file.set_auto_mask(False)
        cell = file["cell_index"][:][lines]
        result = np.empty((len(days), len(lines), cell.shape[1], len(names)), dtype=np.float32)
        for k, name in enumerate(names):
            variable = file[name]
            if variable.dimensions == ("y", "x"):
                result[..., k] = variable[:][lines]
            elif variable.dimensions == ("day", "cell"):
                result[..., k] = variable[:][days][:, cell]
            elif variable.dimensions == ("day",):
                result[..., k] = variable[:][days][:, None, None]
            else:
                for index, day in enumerate(days):
                    result[index, ..., k] = variable[day][lines]
    return result.reshape(-1, len(names))
