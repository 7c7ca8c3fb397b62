"""One peer in a process of its own, pinned to one core: loads its model, then predicts on request.

`python -m forest.peer KIND MODEL ROWS.npy CORE` answers each line of standard input with one of JSON:
`predict` predicts all rows and says how long it took, `save PATH` stores the last predictions.
Kinds are the functions below; each takes the model's path and the rows and returns a function that predicts.
"""

import json
import os
import sys
import time

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def scikit_learn(path):
    import joblib
    forest = joblib.load(path)
    forest.n_jobs = 1
    return forest.predict


def onnxruntime(path):
    import onnxruntime as runtime
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda rows: session.run(None, {name: rows})[0].reshape(-1)


def treelite(path):
    import treelite
    model = treelite.Model.deserialize(str(path))
    return lambda rows: treelite.gtil.predict(model, rows, nthread=1).reshape(-1)


def onedal(path):
    import daal4py
    import treelite
    model = daal4py.mb.convert_model(treelite.Model.deserialize(str(path)))
    return lambda rows: model.predict(rows).reshape(-1)


KINDS = {"scikit-learn": scikit_learn, "onnxruntime": onnxruntime, "treelite": treelite, "onedal": onedal}
LIBRARIES = {"scikit-learn": "joblib sklearn.ensemble", "onnxruntime": "onnxruntime",
             "treelite": "treelite", "onedal": "daal4py treelite"}


def resident_bytes(field):
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith(field))
    return int(line.split()[1]) * 1024


def main(kind, model, rows_path, core):
    os.sched_setaffinity(0, {int(core)})
    import importlib

    import numpy as np
    for library in LIBRARIES[kind].split():  # importing is not loading
        importlib.import_module(library)
    rows = np.load(rows_path)
    before = resident_bytes("VmRSS")
    start = time.perf_counter()
    predict = KINDS[kind](model)
    loaded = time.perf_counter() - start
    resident = resident_bytes("VmRSS") - before
    print(json.dumps({"load_milliseconds": 1e3 * loaded, "resident_bytes": resident,
                      "peak_bytes": resident_bytes("VmHWM")}), flush=True)
    predictions = None
    for line in sys.stdin:
        verb, *rest = line.split(maxsplit=1)
        answer = {}
        if verb == "predict":
            wall, cpu = time.perf_counter(), time.process_time()
            predictions = predict(rows)
            answer = {"cpu_seconds": time.process_time() - cpu, "wall_seconds": time.perf_counter() - wall}
        elif verb == "save":
            np.save(rest[0].strip(), predictions)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
