"""Benchmarks: they print figures and ratios and never fail a build. Run them with `make bench`."""
