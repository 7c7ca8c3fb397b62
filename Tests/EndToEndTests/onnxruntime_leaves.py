"""Holds an exported forest against onnxruntime: predictions, and the leaf of every row and tree.

usage: onnxruntime_leaves.py MODEL.onnx FOLDER TOLERANCE

FOLDER has rows.f32 (row x feature), predictions.f32 (row), values.f32 and leaves.i32 (row x tree: the value of the leaf, and
its number in depth-first order, or -1 where leaves are not numbered alike). Exits with an assertion when one disagrees.
"""

import sys

import numpy
import onnx
import onnxruntime

path, folder, tolerance = sys.argv[1], sys.argv[2], float(sys.argv[3])


def run(model, rows):
    return onnxruntime.InferenceSession(model.SerializeToString()).run(None, {"features": rows})[0]


model = onnx.load(path)
onnx.checker.check_model(model)
node = model.graph.node[0]
attributes = {attribute.name: attribute for attribute in node.attribute}
feature_count = model.graph.input[0].type.tensor_type.shape.dim[1].dim_value
rows = numpy.fromfile(f"{folder}/rows.f32", numpy.float32).reshape(-1, feature_count)
expected = numpy.fromfile(f"{folder}/predictions.f32", numpy.float32)
values = numpy.fromfile(f"{folder}/values.f32", numpy.float32).reshape(len(rows), -1)
leaves = numpy.fromfile(f"{folder}/leaves.i32", numpy.int32).reshape(len(rows), -1)

found = onnxruntime.InferenceSession(path).run(None, {"features": rows})[0]
assert found.shape == (len(rows), 1), found.shape
difference = numpy.abs(found[:, 0].astype(float) - expected)
assert difference.max() <= tolerance, (difference.max(), difference.argmax())

# The same trees, each with an output of its own: first the value of its leaf, then the leaf's number.
trees = list(attributes["target_treeids"].ints)
tree_count = max(trees) + 1
assert values.shape[1] == tree_count, (values.shape, tree_count)
kept = [attribute for attribute in node.attribute if attribute.name not in ("base_values", "aggregate_function")]
del node.attribute[:]
node.attribute.extend(kept)
attributes = {attribute.name: attribute for attribute in node.attribute}
attributes["n_targets"].i = tree_count
attributes["target_ids"].ints[:] = trees
model.graph.output[0].type.tensor_type.shape.dim[1].dim_value = tree_count
assert (run(model, rows) == values).all(), "the leaves have the same values"

numbers, seen = [], {}
for tree in trees:
    numbers.append(seen.get(tree, 0))
    seen[tree] = numbers[-1] + 1
attributes["target_weights"].floats[:] = numbers
found = run(model, rows)
compared = leaves >= 0
assert (found[compared] == leaves[compared]).all(), "every row takes the same leaf of every tree"
print(f"onnxruntime {onnxruntime.__version__}: {len(rows)} rows, {tree_count} trees, {compared.sum()} leaves the same, "
      f"largest difference {difference.max():.1e}")
