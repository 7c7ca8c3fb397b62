"""Holds a mosaic and a unit file against readers that know nothing of Tilth. Exits with an assertion when one disagrees."""

import subprocess
import sys

import numpy
import rasterio
import rioxarray  # noqa: F401, registers the accessor
import xarray
from rio_cogeo.cogeo import cog_validate

mosaic, unit, coarse = sys.argv[1:4]

is_valid, errors, warnings = cog_validate(mosaic, strict=True)
assert is_valid and not errors and not warnings, (errors, warnings)

with rasterio.open(mosaic) as file:
    assert file.crs.to_epsg() == 4326 and file.dtypes == ("uint16",)
    assert file.nodata == 65535 and file.scales == (0.001,) and file.offsets == (0.0,)
    assert file.units == ("m3 m-3",), file.units
    assert file.descriptions[0] == "surface 2016-04-15", file.descriptions
    assert file.tags()["TIFFTAG_DATETIME"] == "2016:04:15 00:00:00", file.tags()
    assert file.tags()["TIFFTAG_IMAGEDESCRIPTION"].startswith("Soil moisture, surface, 0 to 0.05 m deep, 2016-04-15")
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
is_valid, errors, warnings = cog_validate(coarse, strict=True)
assert is_valid and not errors and not warnings, (errors, warnings)
with rasterio.open(coarse) as file, rasterio.open(mosaic) as fine:
    assert file.crs == fine.crs and file.dtypes == fine.dtypes and file.nodata == fine.nodata
    assert (file.scales, file.offsets, file.units) == (fine.scales, fine.offsets, fine.units)
    assert file.descriptions == fine.descriptions == ("surface 2016-04-15",)
    for tag in ("TIFFTAG_DATETIME", "TIFFTAG_IMAGEDESCRIPTION", "AREA_OR_POINT", "TILTH_RECIPE", "TILTH_FOREST",
                "TILTH_DAY"):
        assert file.tags()[tag] == fine.tags()[tag], tag
    assert "area-weighted mean" in file.tags()["TILTH_AGGREGATION"]
    # Cell centres on multiples of 0.1 degrees, as those of ERA5-Land.
    centre = file.transform * (0.5, 0.5)
    assert max(abs(10 * c - round(10 * c)) for c in centre) < 1e-9 and abs(file.transform.a - 0.1) < 1e-12
    values = fine.read(1).astype(float)
    values[values == fine.nodata] = numpy.nan
    # Twelve pixels a cell: the first column is half of a cell, or none.
    x = fine.transform.c + (numpy.arange(fine.width) + 0.5) * fine.transform.a
    y = fine.transform.f + (numpy.arange(fine.height) + 0.5) * fine.transform.e
    column = numpy.floor((x - file.transform.c) / 0.1 + 1e-9).astype(int)
    row = numpy.floor((file.transform.f - y) / 0.1 + 1e-9).astype(int)
    found = file.read(1).astype(float)
    found[found == file.nodata] = numpy.nan
    half = abs(fine.transform.e) / 2
    area = numpy.sin(numpy.radians(y + half)) - numpy.sin(numpy.radians(y - half))
    compared = 0
    for i in range(file.height):
        for j in range(file.width):
            cell = values[numpy.ix_(row == i, column == j)]
            weight = numpy.broadcast_to(area[row == i][:, None], cell.shape)
            valid = ~numpy.isnan(cell)
            share = weight[valid].sum() / weight.sum()
            if abs(share - 0.5) < 1e-9:
                continue
            if share < 0.5:
                assert numpy.isnan(found[i, j]), (i, j, share)
                continue
            mean = (cell[valid] * weight[valid]).sum() / weight[valid].sum()
            assert abs(found[i, j] - mean) <= 0.5 + 1e-6, (i, j, found[i, j], mean)
            compared += 1
    assert compared > 100, compared

print("readers agree: rasterio, rio-cogeo, rioxarray, xarray, gdalinfo")
