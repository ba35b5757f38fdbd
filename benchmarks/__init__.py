"""Benchmarks, one file per stage: time_, peakmem_, track_ (quality). Figures count only from a quiet machine."""
