"""What a run has done, on disk: events folded into a state, results by content, one directory per run.

`events` are the records, `fold` adds them up, `file` keeps them, `results` holds the patches, `runs` knows where all
of it lies. The order of writes is the contract: a result, then its record, then whatever tells anybody.
"""

from autonomy.journal.file import Journal
from autonomy.journal.reading import peek, read

__all__ = ["Journal", "peek", "read"]
