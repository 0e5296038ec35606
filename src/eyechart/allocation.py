"""What is asked of the C library for the whole process: to keep memory that will be needed again."""

from __future__ import annotations

import ctypes
import os

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of mallopt(3)
KEPT, PIECE = 2**31 - 1, 2**30  # bytes


def keep_memory() -> bool:
    """Ask glibc to keep what is freed, up to 2 GiB and pieces below 1 GiB; false where it cannot be asked.

    Every pass through a network takes and frees the same large tensors. Left alone, glibc hands them back to the
    system each time, which clears every page before it gives it out anew. This is for programs: a library does not
    change the process that it is loaded into. Whoever has set ``MALLOC_…`` in the environment has decided already.
    """
    if any(name.startswith("MALLOC_") for name in os.environ):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # another C library, or another system
        return False
    return bool(mallopt(_MMAP_THRESHOLD, PIECE)) and bool(mallopt(_TRIM_THRESHOLD, KEPT))
