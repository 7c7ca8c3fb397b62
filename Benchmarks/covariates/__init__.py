"""The parts of `Benchmarks/run covariates`."""
