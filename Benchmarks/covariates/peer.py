"""The same reduction by xarray and dask: daily means of t2m and daily totals of tp, written as netCDF.

    python -m covariates.peer FILE OUT DAYS CORES threads|processes
"""

import json
import resource
import sys
import time

import dask
import xarray


def reduce(source, target, days):
    """Chunks of dask are those of the file; a day with a missing hour is missing, as with us."""
    data = xarray.open_dataset(source, chunks={})
    time_name = "time" if "time" in data.dims else "valid_time"
    hours = data.t2m.isel({time_name: slice(0, 24 * days)}).coarsen({time_name: 24})
    mean = hours.construct({time_name: ("day", "hour")}).mean("hour", skipna=False)
    total = data.tp.isel({time_name: slice(24, 24 * days + 1, 24)})
    result = {"t2m": mean, "rain": total.rename({time_name: "day"})}
    result = xarray.Dataset({
        name: values.reset_coords(drop=True).drop_vars(["day", time_name], errors="ignore").astype("float32")
        for name, values in result.items()})
    for variable in result.data_vars.values():
        variable.encoding = {}
    result.to_netcdf(target)


def main():
    source, target, days, cores, kind = sys.argv[1:]
    start = time.monotonic()
    if kind == "processes":
        from distributed import Client, LocalCluster
        with LocalCluster(n_workers=int(cores), threads_per_worker=1, dashboard_address=None) as cluster:
            with Client(cluster):
                # Starting the cluster is not the reduction.
                start = time.monotonic()
                reduce(source, target, int(days))
                seconds = time.monotonic() - start
    else:
        with dask.config.set(scheduler="threads", num_workers=int(cores)):
            reduce(source, target, int(days))
        seconds = time.monotonic() - start
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    processes = int(cores) if kind == "processes" else 0
    print(json.dumps({
        "seconds": seconds, "megabytes": (own.ru_maxrss + processes * children.ru_maxrss) / 1e3,
        "processor_seconds": sum(who.ru_utime + who.ru_stime for who in (own, children))}))


if __name__ == "__main__":
    main()
