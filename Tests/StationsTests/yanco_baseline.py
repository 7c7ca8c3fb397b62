"""The reference of YancoBaselineTests: scikit-learn on the station tables of Yanco, ten seeds.

    python3 Tests/StationsTests/yanco_baseline.py ../shared/data/yanco

Nine features, row and fold rules of expected/sklearn_baseline.json. Prints, for unseen stations (three folds, pooled)
and for an unseen year, the mean of each score over seeds 0 to 9 and half of its 95 % interval.
"""

import csv
import json
import math
import pathlib
import statistics
import sys

import numpy
from sklearn.ensemble import RandomForestRegressor

COLUMNS = ["dem", "silt", "awc", "rain", "tavg", "vpd", "srad", "ndvi_500m"]
folder = pathlib.Path(sys.argv[1]) / "stations"
folds = {row["sitename"]: row["iteration"] for row in csv.DictReader(open(folder / "OzNet_study_sites.csv"))}

features, targets, sites, years = [], [], [], []
for site in sorted(folds):
    rows = list(csv.DictReader(open(folder / f"OzNet_{site}_cleaned_data.csv")))
    rain = [float(row["rain"]) for row in rows]
    for day, row in enumerate(rows):
        words = [row["insitu_sm"]] + [row[name] for name in COLUMNS]
        if "NA" in words or day < 33:
            continue
        values = [float(word) for word in words]
        index = sum(0.91**lag * rain[day - lag] for lag in range(34))
        features.append(values[1:] + [index])
        targets.append(values[0])
        sites.append(folds[site])
        years.append(row["time"][:4])
features = numpy.array(features, dtype=numpy.float32)
targets, sites, years = numpy.array(targets), numpy.array(sites), numpy.array(years)


def predicted(training, test, seed):
    forest = RandomForestRegressor(
        100, min_samples_leaf=5, max_features=1 / 3, random_state=seed, n_jobs=2)
    return forest.fit(features[training], targets[training]).predict(features[test])


def scores(predictions, observed):
    error = predictions - observed
    bias = error.mean()
    return {
        "rmse": math.sqrt((error**2).mean()), "bias": bias, "ubrmse": math.sqrt(((error - bias) ** 2).mean()),
        "r": numpy.corrcoef(predictions, observed)[0, 1],
        "r2": 1 - (error**2).sum() / ((observed - observed.mean()) ** 2).sum()}


def report(results):
    student = 2.262  # 95 %, two-sided, nine degrees of freedom
    names = results[0]
    return {
        name: [round(statistics.mean(r[name] for r in results), 6),
               round(student * statistics.stdev([r[name] for r in results]) / len(results) ** 0.5, 6)]
        for name in names}


stations, year = [], []
for seed in range(10):
    pooled = numpy.zeros(len(targets))
    for fold in sorted(set(sites)):
        pooled[sites == fold] = predicted(sites != fold, sites == fold, seed)
    stations.append(scores(pooled, targets))
    year.append(scores(predicted(years < "2019", years == "2019", seed), targets[years == "2019"]))
print(json.dumps({
    "rows": len(targets), "seed_0": stations[0], "station_out": report(stations), "year_to_year": report(year)},
    indent=1))
