"""The parts of `Benchmarks/run unit`."""
