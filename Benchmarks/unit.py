"""Where one predict unit's time goes: the demo world's tile-months, one worker with one thread, and its coordinator.

Prints a table of phases per land-pixel-day and ends with one line of JSON:
  nanoseconds_per_land_pixel_day, land_pixel_days_per_second_per_core, share_* of the phases,
  coordinator_milliseconds_per_unit (processor time of the coordinator, all stages), worker_peak_megabytes.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys

repository = pathlib.Path(__file__).resolve().parent.parent
tilth = repository / ".build/release/tilth"
work = repository / "Benchmarks/.work/unit"


def main():
    world = work / "world"
    run = work / "run"
    shutil.rmtree(run, ignore_errors=True)
    subprocess.run([tilth, "demo", "--directory", work, "--world-only"], check=True, stdout=sys.stderr)
    product = world / "demo.yaml"
    subprocess.run([tilth, "plan", product, "--run", run], check=True, stdout=sys.stderr)
    plan = json.loads((run / "plan.json").read_text())
    merger = subprocess.Popen([tilth, "merge", run, "--wait"], stderr=subprocess.DEVNULL)
    worker = subprocess.Popen([tilth, "worker", run, "--threads", "1"], stderr=subprocess.DEVNULL)
    coordinator = subprocess.Popen([tilth, "coordinator", run, "--bind", "tcp://127.0.0.1:0"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(coordinator.pid, 0)
    coordinator.returncode = os.waitstatus_to_exitcode(status)
    assert coordinator.returncode == 0, "the run did not finish"
    _, worker_status, worker_usage = os.wait4(worker.pid, 0)
    worker.returncode = os.waitstatus_to_exitcode(worker_status)
    assert worker.returncode == 0 and merger.wait() == 0

    receipts = [json.loads(line.split(" ", 1)[1]) for log in (run / "receipts").glob("*.log")
                for line in log.read_text().splitlines()]
    predict = [r for r in receipts if r["unit"].startswith("predict/")]
    land = {t["index"]: t["landPixelCount"] for t in plan["tiles"]}
    tiles_across = plan["product"]["grid"]["columns"] // plan["product"]["tilePixels"]
    pixel_days = 0
    for receipt in predict:
        x, y = receipt["unit"].split("/")[1][1:].split("y")
        days = len({value["day"] for value in receipt["values"]})
        pixel_days += land[int(y) * tiles_across + int(x)] * days
    phases = {}
    for receipt in predict:
        for phase, seconds in receipt["seconds"].items():
            phases[phase] = phases.get(phase, 0) + seconds
    total = sum(phases.values())
    print(f"{len(predict)} tile-months, {pixel_days / 1e6:.1f} million land-pixel-days, one thread")
    for phase, seconds in sorted(phases.items(), key=lambda item: -item[1]):
        print(f"  {phase:10} {seconds * 1e9 / pixel_days:9.1f} ns per land-pixel-day  {100 * seconds / total:5.1f} %")
    figures = {
        "benchmark": "unit",
        "units": len(predict),
        "nanoseconds_per_land_pixel_day": round(total * 1e9 / pixel_days, 1),
        "land_pixel_days_per_second_per_core": round(pixel_days / total),
        "worker_peak_megabytes": round(worker_usage.ru_maxrss * 1024 / 1e6),
        "coordinator_milliseconds_per_unit": round(1e3 * (usage.ru_utime + usage.ru_stime) / len(receipts), 3),
    }
    figures |= {f"share_{phase}": round(seconds / total, 3) for phase, seconds in phases.items()}
    print(json.dumps(figures))


main()
