"""How the cost of a row and tree grows with trees, leaves, features, days, superblocks, pixel noise and grid.

Everything but the property under study is forest A (leaves and features: 40 trees of its recipe) on the
30-arc-second tile. Forests are trained at noise 1 and meet tiles of other noise as they are.
"""

import dataclasses
import os
import statistics

from . import engine, tile, training
from .conversion import tilth_model

ENGINES = ("auto", "portable")
TREES = 40  # of the forests with other leaves or features


def forest(work, leaf=5, features=8, used=None):
    """A's sibling with another leaf size or number of features, a split or in all."""
    recipe = dataclasses.replace(training.RECIPES["a"], leaf=leaf, features=features, trees=TREES)
    name = f"a-leaf{leaf}-features{features}"
    if used:
        recipe = training.NarrowRecipe(**dataclasses.asdict(recipe), used=used)
        name += f"-of-{used}"
    training.model(recipe, work / f"{name}.joblib", work, jobs=os.cpu_count())
    return tilth_model(name, work, engine.TILTH)


def noisy_tile(work, noise):
    path = work / (f"tile-noise-{noise}.nc" if noise != 1 else "tile-30arcsec.nc")
    tile.write(dataclasses.replace(tile.TILES["30arcsec"], noise=float(noise)), path)
    return path


def cases(work):
    """{property: [(value, forest, tile, options)]}."""
    training.model(training.RECIPES["a"], work / "a.joblib", work, jobs=os.cpu_count())
    a = tilth_model("a", work, engine.TILTH)
    plain = noisy_tile(work, 1)
    for name in ("gssm1km", "coast"):
        tile.write(tile.TILES[name], work / f"tile-{name}.nc")
    leaves, features = (1, 2, 5, 10, 20, 50, 100), (1, 2, 4, 8, 16, 24)
    return {
        "trees": [(n, a, plain, {"trees": n}) for n in (10, 25, 50, 100)],
        "rows in a leaf, at least": [(n, forest(work, leaf=n), plain, {}) for n in leaves],
        "features a split": [(n, forest(work, features=n), plain, {}) for n in features],
        "features in use": [(n, forest(work, used=n), plain, {}) for n in (6, 12, 18)]
        + [(24, forest(work), plain, {})],
        "days": [(n, a, plain, {"days": n}) for n in (1, 4, 8, 16, 31)],
        # The engine takes no larger ones than 216; a tile of 480 is cut in three of 160 then.
        "side of a superblock [pixels]": [(n, a, plain, {"side": n}) for n in (12, 24, 48, 96, 120, 160)],
        "pixel noise": [(n, a, noisy_tile(work, n), {}) for n in (0.4, 1, 2)],
        "tile": [(name, a, work / f"tile-{name}.nc", {}) for name in ("30arcsec", "gssm1km", "coast")],
    }


def study(work, count):
    """Prints a table, draws `scaling.png`, and returns the figures."""
    measured = {}
    print(f"{'':38}" + "".join(f"{kind:>10}" for kind in ENGINES) + "   ns per row and tree")
    for title, values in cases(work).items():
        measured[title] = {}
        for value, path, tile_path, options in values:
            times = {kind: [] for kind in ENGINES}
            for _ in range(count):
                for kind in ENGINES:
                    run = engine.run(path, tile_path, engine=kind, **options)
                    times[kind].append(run["nanoseconds_per_row_and_tree"])
            medians = {kind: round(statistics.median(t), 3) for kind, t in times.items()}
            measured[title][value] = medians
            print(f"{title:28}{value!s:>10}" + "".join(f"{m:10.2f}" for m in medians.values()), flush=True)
    plot(measured, work / "scaling.png")
    print(f"drawn in {work / 'scaling.png'}")
    return {"nanoseconds_per_row_and_tree": measured}


def plot(measured, path):
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    colours = {"auto": "#1b6ca8", "portable": "#d1721f"}
    labels = {"auto": "tilth, the processor's best", "portable": "tilth, portable"}
    figure, axes = plt.subplots(2, 4, figsize=(13, 6), sharey=True, layout="constrained")
    for axis, (title, values) in zip(axes.flat, measured.items()):
        for kind in ENGINES:
            axis.plot(range(len(values)), [times[kind] for times in values.values()], marker="o", ms=4,
                      lw=1.5, color=colours[kind], label=labels[kind], ls="none" if title == "tile" else "-")
        axis.set_xticks(range(len(values)), [str(value) for value in values])
        axis.set_title(title, fontsize=10)
        axis.set_xlim(-0.4, len(values) - 0.6)
        axis.grid(axis="y", color="#dddddd", lw=0.6)
        axis.spines[["top", "right"]].set_visible(False)
    for axis in axes[:, 0]:
        axis.set_ylabel("ns per row and tree")
    highest = max(max(times.values()) for values in measured.values() for times in values.values())
    axes.flat[0].set_ylim(0, 1.08 * highest)
    handles, names = axes.flat[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=2, frameon=False)
    figure.savefig(path, dpi=150)
    plt.close(figure)
