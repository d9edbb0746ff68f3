"""How many threads linear algebra takes. Its libraries read this when they are loaded."""

from __future__ import annotations

import os

# What a message, or our data, asks of linear algebra is too little to be shared among threads: they
# would wait for more by spinning, and at 20 messages a second that was three quarters of a brain's
# processor time.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def take_one_thread() -> None:
    """One, unless the environment says otherwise; in what is started from here too."""
    for name in THREADS:
        os.environ.setdefault(name, "1")
