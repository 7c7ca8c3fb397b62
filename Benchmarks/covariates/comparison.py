"""Our planes against the peer's, cell by cell."""

import netCDF4
import numpy
import rasterio


def compare(run, peer, days):
    """The largest difference in relation to the values, and cells that are missing on one side only."""
    worst, one_sided, cells = 0.0, 0, 0
    with netCDF4.Dataset(peer) as file:
        for name, folder in [("t2m", "t2m*"), ("rain", "tp*")]:
            path = next(path for path in (run / "covariates").glob(f"*/{folder}/2016-01.tif"))
            with rasterio.open(path) as planes:
                longitudes = planes.transform.c + planes.transform.a * (numpy.arange(planes.width) + 0.5)
                latitudes = planes.transform.f + planes.transform.e * (numpy.arange(planes.height) + 0.5)
                columns = numpy.round(longitudes * 10).astype(int) % 3600
                rows = numpy.round((90 - latitudes) * 10).astype(int)
                for day in range(days):
                    ours = planes.read(day + 1)
                    theirs = numpy.ma.filled(file[name][day], numpy.nan)[rows][:, columns]
                    one_sided += int((numpy.isnan(ours) != numpy.isnan(theirs)).sum())
                    difference = numpy.nanmax(numpy.abs(ours - theirs))
                    worst = max(worst, float(difference / numpy.nanmax(numpy.abs(theirs))))
                    cells += int((~numpy.isnan(ours)).sum())
    return {"cells_compared": cells, "largest_relative_difference": worst,
            "cells_missing_on_one_side": one_sided}
