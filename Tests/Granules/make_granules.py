"""Makes the small MODIS granules beside it: HDF-EOS2 grids as the archive lays them out, 12 x 12 cells a tile
instead of 1200 x 1200. Needs numpy and pyhdf; run it only to change them.

Tiles h29v12 and h30v12 lie side by side: x 12231455.716..14455356.756, y -3335851.559..-4447802.079.
"""
import os

import numpy as np
from pyhdf.HDF import HC, HDF
from pyhdf.SD import SD, SDC
from pyhdf.V import *  # noqa: F401,F403  (adds vgstart to HDF)

TILE = 1111950.519667
WEST, NORTH = -20015109.354, 10007554.677
SIDE = 12
TYPES = {"uint16": SDC.UINT16, "int16": SDC.INT16, "uint8": SDC.UINT8, "int8": SDC.INT8}


def structure(grid, h, v, fields):
    west, north = WEST + h * TILE, NORTH - v * TILE
    data_fields = "".join(
        f'\t\t\tOBJECT=DataField_{number}\n\t\t\t\tDataFieldName="{name}"\n'
        f'\t\t\t\tDataType=DFNT_{str(data.dtype).upper()}\n\t\t\t\tDimList=("YDim","XDim")\n'
        f"\t\t\tEND_OBJECT=DataField_{number}\n"
        for number, (name, data, _) in enumerate(fields, 1))
    return (
        "GROUP=SwathStructure\nEND_GROUP=SwathStructure\nGROUP=GridStructure\n\tGROUP=GRID_1\n"
        f'\t\tGridName="{grid}"\n\t\tXDim={SIDE}\n\t\tYDim={SIDE}\n'
        f"\t\tUpperLeftPointMtrs=({west:.6f},{north:.6f})\n"
        f"\t\tLowerRightMtrs=({west + TILE:.6f},{north - TILE:.6f})\n"
        "\t\tProjection=GCTP_SNSOID\n\t\tProjParams=(6371007.181000,0,0,0,0,0,0,0,0,0,0,0,0)\n"
        "\t\tSphereCode=-1\n\t\tGridOrigin=HDFE_GD_UL\n\t\tGROUP=Dimension\n\t\tEND_GROUP=Dimension\n"
        f"\t\tGROUP=DataField\n{data_fields}\t\tEND_GROUP=DataField\n"
        "\t\tGROUP=MergedFields\n\t\tEND_GROUP=MergedFields\n\tEND_GROUP=GRID_1\nEND_GROUP=GridStructure\n"
        "GROUP=PointStructure\nEND_GROUP=PointStructure\nEND\n")


def make(name, grid, h, v, fields):
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
    container = SD(path, SDC.WRITE | SDC.CREATE | SDC.TRUNC)
    references = []
    for field, data, attributes in fields:
        dataset = container.create(field, TYPES[str(data.dtype)], data.shape)
        for key, (kind, value) in attributes.items():
            dataset.attr(key).set(kind, value)
        dataset[:] = data
        references.append(dataset.ref())
        dataset.endaccess()
    container.attr("HDFEOSVersion").set(SDC.CHAR, "HDFEOS_V2.17")
    container.attr("StructMetadata.0").set(SDC.CHAR, structure(grid, h, v, fields))
    container.end()
    file = HDF(path, HC.WRITE)
    groups = file.vgstart()
    outer, inner, rest = groups.create(grid), groups.create("Data Fields"), groups.create("Grid Attributes")
    outer._class, inner._class, rest._class = "GRID", "GRID Vgroup", "GRID Vgroup"
    for reference in references:
        inner.add(HC.DFTAG_NDG, reference)
    outer.insert(inner)
    outer.insert(rest)
    for group in (inner, rest, outer):
        group.detach()
    groups.end()
    file.close()


CELLS = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)

for h in (29, 30):
    # 280 K and up by 0.1 K a cell, 20 K warmer in the eastern tile; cell 0 is fill, cell 1 below the valid range.
    temperature = (14000 + 5 * CELLS + 1000 * (h - 29)).astype("uint16")
    temperature[0, 0], temperature[0, 1] = 0, 7000
    make(f"MOD11A1.A2016001.h{h}v12.061.20212410{h}.hdf", "MODIS_Grid_Daily_1km_LST", h, 12, [
        ("LST_Day_1km", temperature, {
            "long_name": (SDC.CHAR, "Daily daytime 1km grid Land-surface Temperature"),
            "units": (SDC.CHAR, "K"), "valid_range": (SDC.UINT16, [7500, 65535]),
            "_FillValue": (SDC.UINT16, 0), "scale_factor": (SDC.FLOAT64, 0.02),
            "add_offset": (SDC.FLOAT64, 0.0)}),
        # Bits 0-1 run through 0..3; bits 6-7 are the error class, which must not matter.
        ("QC_Day", (CELLS % 4 + 64 * (CELLS % 3)).astype("uint8"), {}),
        # Both offset and scale, to add after multiplying.
        ("Emis_31", (CELLS % 250 + 1).astype("uint8"), {
            "_FillValue": (SDC.UINT8, 0), "valid_range": (SDC.UINT8, [1, 255]),
            "scale_factor": (SDC.FLOAT64, 0.002), "add_offset": (SDC.FLOAT64, 0.49)})])

# 16-day composite: its scale factor divides. -3000 is fill, -2500 below the valid range.
for product, size in (("MOD13A2", "1 km"), ("MOD13A1", "500m")):
    index = (50 * CELLS - 1000).astype("int16")
    index[1, 1], index[2, 2] = -3000, -2500
    reliability = (CELLS % 4).astype("int8")
    reliability[0, 0] = -1
    make(f"{product}.A2016001.h29v12.061.2021241029.hdf", f"MODIS_Grid_16DAY_{size.replace(' ', '')}_VI", 29, 12, [
        (f"{size} 16 days NDVI", index, {
            "units": (SDC.CHAR, "NDVI"), "valid_range": (SDC.INT16, [-2000, 10000]),
            "_FillValue": (SDC.INT16, -3000), "scale_factor": (SDC.FLOAT64, 10000.0),
            "add_offset": (SDC.FLOAT64, 0.0)}),
        (f"{size} 16 days VI Quality", (2112 + CELLS % 4).astype("uint16"), {
            "_FillValue": (SDC.UINT16, 65535), "valid_range": (SDC.UINT16, [0, 65534])}),
        (f"{size} 16 days pixel reliability", reliability, {
            "_FillValue": (SDC.INT8, -1), "valid_range": (SDC.INT8, [0, 3])})])
