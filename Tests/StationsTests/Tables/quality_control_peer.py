"""Writes quality-control-peer.txt: what TUW-GEO/flagit, the program of the soil moisture network, says of made series.

    pip install 'numpy<2' 'pandas<2' scipy && pip install --no-deps flagit
    python quality_control_peer.py 12 34 56 > quality-control-peer.txt      # seeds

Two slips of flagit 0.3 are mended here: it takes all hours outside quiet periods for one more period (D10), and compares
slopes that it rounded with slopes that it did not (D10). Series begin and end with lively hours: flagit gives no D09 within
the first 13 hours and no D10 within the last 24.
"""

import inspect
import sys
import warnings

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")
import flagit.flagit as original  # noqa: E402

HOURS, MARGIN = 180, 26


def mended():
    text = inspect.getsource(original)
    for old, new in [
        (
            "for idx, row in possible_plateaus.iterrows():",
            "for idx, row in possible_plateaus.drop(0, errors='ignore').iterrows():",
        ),
        ("(self.data['deriv1'] == row.", "(self.data['deriv1'].round(3) == row."),
    ]:
        assert old in text, old
        text = text.replace(old, new)
    names = {"__name__": "flagit_mended"}
    exec(compile(text, "flagit", "exec"), names)
    return names["Interface"]


def series(random):
    """Steps, plateaus, spikes, dry-downs, gaps and noise, to 0.1 % vol."""
    values, level = [], float(random.integers(5, 45))
    while len(values) < HOURS:
        kind, count = random.integers(0, 11), int(random.integers(1, 30))
        if kind == 0:
            values += [level] * count
        elif kind == 1:
            values += list(level + random.normal(0, 0.15, count))
        elif kind == 2:
            values += [level * random.uniform(0.6, 1.5)] * int(random.integers(1, 4))
        elif kind == 3:
            level = float(np.clip(level + random.uniform(2, 20), 0, 58))
        elif kind == 4:
            level = float(np.clip(level - random.uniform(2, 20), 0, 58))
            values += [level] * count
        elif kind == 5:
            values += list(level + 8 * np.exp(-np.arange(count) / 6))
        elif kind == 6:
            values += [np.nan] * int(random.integers(1, 5))
        elif kind == 7:
            level = 0.0 if random.random() < 0.3 else level
            values += [level] * count
        elif kind == 8:
            values += list(np.linspace(level, level + random.uniform(-6, 12), count))
            level = float(np.clip(values[-1], 0, 58))
            values[-1] = level
        elif kind == 9:
            values.append(float(random.choice([62, 55, 59.9, 0.5])))
        else:
            values += [level] * int(random.integers(10, 40))
    values = np.abs(np.array(values[:HOURS]))
    lively = 20 + 2 * np.sin(np.arange(MARGIN) / 2) + random.normal(0, 0.2, MARGIN)
    values[:MARGIN], values[-MARGIN:] = lively, lively[::-1]
    return np.round(values, 1) + 0.0


def ancillary(random):
    def steps():
        return np.repeat(random.integers(-2, 7, HOURS // 12), 12).astype(float)

    def rain():
        found = np.where(random.random(HOURS) < 0.03, np.round(random.exponential(1, HOURS), 1), 0.0)
        found[random.random(HOURS) < 0.02] = np.nan
        return found

    makers = {
        ("ts", "soil_temperature", 0.3): steps,
        ("ta", "air_temperature", 0.3): steps,
        ("model-ts", "gldas_soil_temperature", 0.3): steps,
        ("rain", "precipitation", 0.7): rain,
        ("model-rain", "gldas_precipitation", 0.7): rain,
    }
    return {key[:2]: make() for key, make in makers.items() if random.random() < key[2]}


def words(values):
    """`20*5` for five times 20, `-` for missing."""
    texts = ["-" if np.isnan(value) else f"{value:g}" for value in values]
    found, start = [], 0
    for place in range(1, len(texts) + 1):
        if place == len(texts) or texts[place] != texts[start]:
            count = place - start
            found.append(texts[start] + (f"*{count}" if count > 1 else ""))
            start = place
    return found


def put(key, found):
    line = key
    for word in found or [""]:
        if len(line) + len(word) > 118:
            print(line)
            line = key
        line += " " + word
    print(line.rstrip())


def main(seeds):
    interface = mended()
    print("# What TUW-GEO/flagit 0.3 says of made series; quality_control_peer.py wrote it and tells how.")
    for seed in seeds:
        random = np.random.default_rng(seed)
        moisture, depth = series(random), float(random.choice([0, 0.03, 0.05, 0.08, 0.1]))
        saturation = float(random.choice([40, 45, 50])) if random.random() < 0.4 else None
        more = ancillary(random)
        index = pd.date_range("2020-01-01", periods=HOURS, freq="H")
        table = pd.DataFrame({"soil_moisture": moisture} | {name: v for (_, name), v in more.items()}, index=index)
        control = interface(table, sat_point=saturation, depth_from=depth)
        control.run()
        flags = [
            ",".join(sorted(found - {"G"})) if isinstance(found, set) else ""
            for found in control.data["qflag"].reindex(index)
        ]
        print(f"\ncase seed {seed}\ndepth {depth:g}" + (f"\nsaturation {saturation:g}" if saturation else ""))
        put("sm", words(moisture))
        for (key, _), values in more.items():
            put(key, words(values))
        found, start = [], 0
        for hour in range(1, HOURS + 1):
            if hour == HOURS or flags[hour] != flags[start]:
                if flags[start]:
                    span = f"{start}" if hour == start + 1 else f"{start}-{hour - 1}"
                    found.append(f"{span}={flags[start]}")
                start = hour
        put("flags", found)


main([int(seed) for seed in sys.argv[1:]])
