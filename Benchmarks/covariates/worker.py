"""The prepare unit of a planned run, done by a worker as users start it."""

import json
import os
import shutil
import subprocess

from unit.worker import on_cores


def prepare(tilth, product, path, cores, threads):
    """Seconds of the unit, and processor time and memory of its worker from start to end."""
    shutil.rmtree(path, ignore_errors=True)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "preexec_fn": on_cores(cores)}
    subprocess.run([tilth, "plan", product, "--run", path], check=True, **quiet)
    start = [tilth, "worker", path, "--threads", str(threads)]
    others = [subprocess.Popen([tilth, "merge", path, "--wait"], **quiet),
              subprocess.Popen([tilth, "coordinator", path, "--bind", "tcp://127.0.0.1:0"], **quiet)]
    worker = subprocess.Popen(start, **quiet)
    _, status, usage = os.wait4(worker.pid, 0)
    worker.returncode = os.waitstatus_to_exitcode(status)
    assert worker.returncode == 0 and all(process.wait() == 0 for process in others), \
        f"the run did not finish: tilth status {path} says why"
    receipts = []
    for log in (path / "receipts").glob("*.log"):
        receipts += [json.loads(line.split(" ", 1)[1]) for line in log.read_text().split("\n")[:-1] if line]
    seconds = sum(r["seconds"]["prepare"] for r in receipts if r["unit"].startswith("prepare/"))
    return {"seconds": seconds, "processor_seconds": usage.ru_utime + usage.ru_stime,
            "megabytes": usage.ru_maxrss / 1e3}
