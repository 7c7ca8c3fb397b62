"""The four forests: A and B of the feasibility study, C like GSSM1km's, D like SMCI's.

Trees are fitted one by one, as scikit-learn's forest fits them, and kept on disk, so that the long training
of D can be stopped and taken up again.
"""

import dataclasses
import hashlib
import json
import os
import pathlib
import shutil
import sys

import joblib
import numpy as np
import sklearn
from sklearn.ensemble import RandomForestRegressor
from sklearn.tree import DecisionTreeRegressor

from . import world


@dataclasses.dataclass(frozen=True)
class Recipe:
    rows: int
    trees: int
    leaf: int
    features: int
    drawn: int | None = None  # rows a tree without replacement; None: a bootstrap
    seed: int = 7

    @property
    def key(self):
        """Names everything that the forest depends on."""
        text = json.dumps([world.VERSION, world.SEED, dataclasses.astuple(self), sklearn.__version__])
        return hashlib.sha256(text.encode()).hexdigest()[:12]


@dataclasses.dataclass(frozen=True)
class NarrowRecipe(Recipe):
    """A forest whose trees look at some features of all kinds only: the others are the same in all rows."""
    used: int = len(world.NAMES)

    def flatten(self, rows):
        kept = np.linspace(0, rows.shape[1] - 1, self.used).round().astype(int)
        rows[:, np.setdiff1d(np.arange(rows.shape[1]), kept)] = 0


RECIPES = {
    "a": Recipe(rows=300_000, trees=100, leaf=5, features=8),
    "b": Recipe(rows=300_000, trees=100, leaf=20, features=1),
    "c": Recipe(rows=208_000, trees=20, leaf=1, features=4, drawn=104_000),
    "d": Recipe(rows=7_000_000, trees=100, leaf=20, features=1),
}


def note(text):
    print(text, file=sys.stderr, flush=True)


def training_set(recipe, directory):
    """Rows and targets, memory-mapped: made once for all trees and processes."""
    directory.mkdir(parents=True, exist_ok=True)
    rows_path, target_path = directory / "rows.npy", directory / "targets.npy"
    if not target_path.exists():
        note(f"  drawing {recipe.rows:,} training rows")
        rows, targets = world.training_rows(recipe.rows, recipe.seed)
        if isinstance(recipe, NarrowRecipe):
            recipe.flatten(rows)
        np.save(rows_path, rows)
        np.save(target_path, targets)
    return np.load(rows_path, mmap_mode="r"), np.load(target_path)


def fit_tree(recipe, directory, index):
    path = directory / f"tree-{index:03}.joblib"
    if path.exists():
        return
    rows, targets = training_set(recipe, directory)
    random = np.random.default_rng([recipe.seed, index])
    tree = DecisionTreeRegressor(min_samples_leaf=recipe.leaf, max_features=recipe.features,
                                 random_state=index)
    if recipe.drawn is None:
        weights = np.bincount(random.integers(0, recipe.rows, recipe.rows), minlength=recipe.rows)
        tree.fit(rows, targets, sample_weight=weights.astype(np.float64))
    else:
        chosen = np.sort(random.choice(recipe.rows, recipe.drawn, replace=False))
        tree.fit(rows[chosen], targets[chosen])
    unfinished = path.with_suffix(f".{os.getpid()}")
    joblib.dump(tree, unfinished)
    unfinished.rename(path)


def assembled(recipe, trees):
    """scikit-learn's own forest of trees that were fitted one by one: it predicts them as it does its own."""
    forest = RandomForestRegressor(n_estimators=len(trees), min_samples_leaf=recipe.leaf,
                                   max_features=recipe.features, bootstrap=recipe.drawn is None, n_jobs=1)
    forest.estimator_ = DecisionTreeRegressor()
    forest.estimators_ = trees
    forest.n_features_in_ = len(world.NAMES)
    forest.n_outputs_ = 1
    return forest


def model(recipe, path, work, jobs):
    """Trains the forest of a recipe into a joblib file, unless the file is that forest already."""
    key_path = path.with_suffix(".key")
    if path.exists() and key_path.exists() and key_path.read_text() == recipe.key:
        return
    directory = work / f"trees-{recipe.key}"
    training_set(recipe, directory)
    note(f"  training {recipe.trees} trees for {path.name} (kept in {directory.name})")
    joblib.Parallel(n_jobs=jobs)(joblib.delayed(fit_tree)(recipe, directory, k) for k in range(recipe.trees))
    trees = [joblib.load(directory / f"tree-{k:03}.joblib") for k in range(recipe.trees)]
    joblib.dump(assembled(recipe, trees), path)
    key_path.write_text(recipe.key)
    shutil.rmtree(directory)


def shape(path):
    """Trees, leaves and depth of a trained forest; kept beside it, for loading one of them takes long."""
    kept = path.with_suffix(".shape")
    if not kept.exists() or kept.stat().st_mtime < path.stat().st_mtime:
        trees = [tree.tree_ for tree in joblib.load(path).estimators_]
        leaves = [int(tree.n_leaves) for tree in trees]
        kept.write_text(json.dumps({"trees": len(trees), "leaves": sum(leaves),
                                    "depth": max(tree.max_depth for tree in trees)}))
    return json.loads(kept.read_text())


def main(arguments):
    """`python -m forest.training WORK_DIRECTORY LETTERS JOBS` trains ahead of a benchmark."""
    work, letters, jobs = pathlib.Path(arguments[0]), arguments[1], int(arguments[2])
    work.mkdir(parents=True, exist_ok=True)
    for letter in letters:
        model(RECIPES[letter], work / f"{letter}.joblib", work, jobs)


if __name__ == "__main__":
    main(sys.argv[1:])
