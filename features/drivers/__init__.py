"""One driver per topic: the only modules of the tests that know the program's Python API."""
