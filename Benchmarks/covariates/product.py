"""A product over the archive: one tile with land, so that nearly all of its run is preparation."""

import netCDF4
import numpy
import rasterio
from rasterio.transform import from_origin

TEXT = """\
name: covariates-{layout}
grid: {{crs: "EPSG:4326", west: -180, north: 90, pixel: 0.1, columns: 3600, rows: 1800}}
period: 2016-01-01..2016-01-{days:02}
mask: {{source: land.tif}}
covariates:
  - {{name: t2m, unit: K, source: {{netcdf: "{layout}/{{year}}{{month}}.nc", variable: t2m}},
      daily: mean, valid: [150, 350]}}
  - {{name: rain, unit: m, source: {{netcdf: "{layout}/{{year}}{{month}}.nc", variable: tp}},
      daily: {{accumulated: next-midnight}}, valid: [-0.001, 2]}}
layers:
  - {{name: surface, depth: [0, 0.05], model: one-leaf.forest, features: [t2m, rain]}}
output: {{type: uint16, scale: 0.001, nodata: 65535, unit: "m3 m-3"}}
"""


def write(folder, layout, days, tilth, run):
    """The product, its mask and its forest; gives the path of the product."""
    with rasterio.open(folder / "land.tif", "w", driver="GTiff", width=3600, height=1800, count=1,
                       dtype="uint8", crs="EPSG:4326", transform=from_origin(-180, 90, 0.1, 0.1),
                       compress="deflate") as file:
        land = numpy.zeros((1800, 3600), numpy.uint8)
        land[700:704, 1900:1904] = 1
        file.write(land, 1)
    if not (folder / "one-leaf.forest").exists():
        arrays = folder / "one-leaf.nc"
        with netCDF4.Dataset(arrays, "w") as file:
            file.title = file.target = file.target_unit = ""
            file.aggregation, file.source = "mean", "benchmark"
            for name, size in [("tree", 1), ("tree_bound", 2), ("node", 1), ("feature", 2)]:
                file.createDimension(name, size)
            for name, texts in [("feature_name", ["t2m", "rain"]), ("feature_unit", ["K", "m"])]:
                file.createVariable(name, str, ("feature",))[:] = numpy.array(texts, object)
            file.createVariable("first_node", "i8", ("tree_bound",))[:] = [0, 1]
            for name, kind, value in [("feature_index", "i4", -1), ("threshold", "f8", 0),
                                      ("left", "i4", -1), ("right", "i4", -1), ("value", "f8", 0.25)]:
                file.createVariable(name, kind, ("node",))[:] = value
        run([tilth, "forest", "import", arrays, "-o", folder / "one-leaf.forest"])
    path = folder / f"{layout}.yaml"
    path.write_text(TEXT.format(layout=layout, days=days))
    return path
