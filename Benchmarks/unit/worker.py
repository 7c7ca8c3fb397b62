"""One worker on a planned run, and what its predict units cost."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import time

from .accesses import OpenedFiles


def processor_seconds(process):
    """Of a process that nobody has waited for, all threads."""
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def has_ended(process):
    """Looks without taking what the process leaves: `wait4` wants that."""
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def on_cores(cores):
    return lambda: os.sched_setaffinity(0, cores)


class Run:
    """A run directory of the large world."""

    def __init__(self, tilth, product, path):
        self.tilth, self.path = tilth, path
        shutil.rmtree(path, ignore_errors=True)
        self.estimate = subprocess.run([tilth, "plan", product, "--run", path], check=True,
                                       stdout=subprocess.PIPE, text=True).stdout
        self.plan = json.loads((path / "plan.json").read_text())

    @property
    def memory_bound(self):
        """Bytes that a worker takes at most, as the plan prints it."""
        words = next(line for line in self.estimate.splitlines() if line.startswith("memory")).split()
        return float(words[3]) * {"kB": 1e3, "MB": 1e6, "GB": 1e9}[words[4]]

    def receipts(self):
        """All that were ever written, in the order of each log."""
        lines = []
        for log in sorted((self.path / "receipts").glob("*.log"), key=lambda path: path.stat().st_mtime):
            lines += [line for line in log.read_text().split("\n")[:-1] if line]
        return [json.loads(line.split(" ", 1)[1]) for line in lines]

    def land_pixel_days(self, receipts):
        land = {tile["index"]: tile["landPixelCount"] for tile in self.plan["tiles"]}
        product = self.plan["product"]
        across = -(-product["grid"]["columns"] // product["tilePixels"])
        total = 0
        for receipt in receipts:
            x, y = receipt["unit"].split("/")[1][1:].split("y")
            total += land[int(y) * across + int(x)] * len({value["day"] for value in receipt["values"]})
        return total

    def start(self, *arguments, cores):
        return subprocess.Popen([self.tilth, *arguments], preexec_fn=on_cores(cores),
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def complete(self, cores):
        """Every stage once; gives what the coordinator and the prepare units cost."""
        merger = self.start("merge", self.path, "--wait", cores=cores)
        worker = self.start("worker", self.path, "--threads", "1", cores=cores)
        coordinator = self.start("coordinator", self.path, "--bind", "tcp://127.0.0.1:0", cores=cores)
        _, status, usage = os.wait4(coordinator.pid, 0)
        coordinator.returncode = os.waitstatus_to_exitcode(status)
        assert coordinator.returncode == 0, "the run did not finish: tilth status says why"
        assert worker.wait() == 0 and merger.wait() == 0
        receipts = self.receipts()
        prepare = [r["seconds"]["prepare"] for r in receipts if r["unit"].startswith("prepare/")]
        milliseconds = 1e3 * (usage.ru_utime + usage.ru_stime) / len(receipts)
        return {"coordinator_milliseconds_per_unit": round(milliseconds, 3), "prepare_units": len(prepare),
                "prepare_seconds": round(sum(prepare), 2)}

    def predict_again(self, cores, threads, others, memory=None):
        """Computes all predict units again with one worker on some cores; the rest runs on others."""
        shutil.rmtree(self.path / "tiles", ignore_errors=True)
        subprocess.run([self.tilth, "resume", self.path], check=True, stdout=subprocess.DEVNULL)
        before = len(self.receipts())
        wanted = len(self.plan["tiles"]) * self.months
        coordinator = self.start("coordinator", self.path, "--bind", "tcp://127.0.0.1:0", cores=others)
        time.sleep(0.5)
        opened = OpenedFiles(pathlib.Path(self.plan["dataRoot"]) / "static")
        options = ["--memory", f"{memory / 1e6:.0f}M"] if memory else []
        worker = self.start("worker", self.path, "--threads", str(threads), *options, cores=cores)
        finished, spent = [], []
        while len(finished) < wanted:
            is_over = has_ended(worker) or has_ended(coordinator)
            spent.append((time.monotonic(), processor_seconds(worker.pid)))
            known = len(self.receipts()) - before
            finished += [time.monotonic()] * (known - len(finished))
            assert len(finished) >= wanted or not is_over, "a process ended early"
            time.sleep(0.005)
        last = processor_seconds(worker.pid)
        os.kill(worker.pid, signal.SIGTERM)
        _, status, usage = os.wait4(worker.pid, 0)
        worker.returncode = os.waitstatus_to_exitcode(status)
        coordinator.terminate()
        coordinator.wait()
        receipts = self.receipts()[before:]
        receipts = [receipt for receipt in receipts if receipt["unit"].startswith("predict/")]
        # The first unit is read, predicted and written without a pause, so its phases say when it began.
        began = finished[0] - sum(receipts[0]["seconds"].values())
        pixel_days = self.land_pixel_days(receipts)
        return {"receipts": receipts, "pixel_days": pixel_days, "wall_seconds": finished[-1] - began,
                "start_seconds": began - spent[0][0], "peak_megabytes": usage.ru_maxrss * 1024 / 1e6,
                "processor_seconds": last - max(s for t, s in spent if t <= max(began, spent[0][0])),
                "opened": opened.counts()}

    @property
    def months(self):
        """Calendar months that the run touches: predict units of a tile."""
        first, last = self.plan["days"].split("..")
        return (int(last[:4]) - int(first[:4])) * 12 + int(last[5:7]) - int(first[5:7]) + 1
