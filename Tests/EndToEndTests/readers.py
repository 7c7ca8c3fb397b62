"""Holds a mosaic and a unit file against readers that know nothing of Tilth. Exits with an assertion when one disagrees."""

import subprocess
import sys

import numpy
import rasterio
import rioxarray  # noqa: F401, registers the accessor
import xarray
from rio_cogeo.cogeo import cog_validate

mosaic, unit = sys.argv[1:3]

is_valid, errors, warnings = cog_validate(mosaic, strict=True)
assert is_valid and not errors and not warnings, (errors, warnings)

with rasterio.open(mosaic) as file:
    assert file.crs.to_epsg() == 4326 and file.dtypes == ("uint16",)
    assert file.nodata == 65535 and file.scales == (0.001,) and file.offsets == (0.0,)
    assert file.units == ("m3 m-3",), file.units
    assert file.descriptions[0] == "surface 2016-04-15", file.descriptions
    assert file.tags()["TIFFTAG_DATETIME"] == "2016:04:15 00:00:00", file.tags()
    assert file.tags()["AREA_OR_POINT"] == "Area"
    assert len(file.tags()["TILTH_RECIPE"]) == 64
    stored = file.read(1, masked=True)
    values = stored * file.scales[0]
    assert 0.02 < values.min() and values.max() < 0.6, (values.min(), values.max())
    assert 0.05 < stored.mask.mean() < 0.95, "there is land and sea"
    assert abs(file.transform.a - 1 / 120) < 1e-12 and abs(file.transform.e + 1 / 120) < 1e-12

array = rioxarray.open_rasterio(mosaic, mask_and_scale=True)
assert numpy.allclose(array.values[0], values.filled(numpy.nan), equal_nan=True)
assert isinstance(xarray.open_dataset(mosaic, engine="rasterio"), xarray.Dataset)

with rasterio.open(unit) as file:
    assert file.count == 21, file.count
    assert file.descriptions[0] == "surface 2016-04-10", file.descriptions[:2]
    assert file.block_shapes[0] == (192, 192) and file.compression.name == "zstd", file.profile
    assert file.tags(1)["DATE"] == "2016-04-10" and file.tags(1)["LAYER"] == "surface"
    tile = file.read(6, masked=True)
with rasterio.open(mosaic) as file:
    assert (file.read(1)[:192, :192] == tile.filled(65535)).all(), "the mosaic holds the unit's values"

info = subprocess.run(["gdalinfo", mosaic], capture_output=True, text=True, check=True).stdout
assert "LAYOUT=COG" in info and "Overviews" in info, info
print("readers agree: rasterio, rio-cogeo, rioxarray, xarray, gdalinfo")
