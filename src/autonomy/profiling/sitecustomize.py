"""Imported by every Python that a profiled benchmark starts, of whatever version; writes a profile when that ends."""

import os

if "AUTONOMY_PROFILE" in os.environ:
    import atexit
    import cProfile

    PROFILE = cProfile.Profile()

    @atexit.register
    def write():  # type: ignore[no-untyped-def]  # any Python 3 reads this
        PROFILE.disable()
        import pstats

        name = "{}/{}.profile".format(os.environ["AUTONOMY_PROFILE"], os.getpid())
        with open(name, "w") as file:
            pstats.Stats(PROFILE, stream=file).sort_stats("tottime").print_stats(30)

    PROFILE.enable()
