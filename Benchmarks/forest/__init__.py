"""Parts of `Benchmarks/run forest`; the order to read them is in `Benchmarks/forest.py`."""
