"""How fast the adapter is, as fractions and multiples of other work done in the same run: `python -m benchmarks`."""
