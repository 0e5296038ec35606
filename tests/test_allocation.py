"""Memory that is kept is not cleared page by page for every pass."""

import os
import platform
import subprocess
import sys

import pytest

from eyechart.allocation import keep_memory

LOOP = """
import resource
import torch
from eyechart.allocation import keep_memory
{first}
def pages():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for turn in range(16):
    if turn == 6:
        before = pages()
    torch.ones(12_000_000), torch.ones(12_000_000)
print(pages() - before)
"""
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
# mallopt(3) is glibc's own: elsewhere there is nothing to count, and the last test tells what happens there.
glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be asked")


def pages(first: str) -> int:
    """How many pages a process was given while it took and freed two large tensors ten times."""
    run = subprocess.run(
        [sys.executable, "-c", LOOP.format(first=first)], env=PLAIN, capture_output=True, text=True, check=True
    )
    return int(run.stdout)


@glibc
def test_large_tensors_are_given_the_same_pages_again():
    assert pages("keep_memory()") < pages("") / 10


def test_who_has_decided_in_the_environment_is_left_alone(monkeypatch):
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "131072")
    assert not keep_memory()


def test_another_c_library_cannot_be_asked(monkeypatch):
    for name in [name for name in os.environ if name.startswith("MALLOC_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr("ctypes.CDLL", lambda _: object())
    assert not keep_memory()
