"""What the world stages for single exams is the same whenever and wherever it is asked for."""

import os
import subprocess
import sys
from hashlib import blake2b

import pytest

from eyechart import plugins
from eyechart.data.staged import Stage

SMALL = Stage(test=40, train=40)
DRAWN = 12  # pictures of a dataset whose pixels are compared; of the others, what decides them
NAMES = plugins.names("staged")


def told(name: str) -> str:
    """Digest of a fresh staged dataset: of every item, of what decides its picture, and of some of the pixels."""
    data = plugins.find("staged", name)(SMALL)
    seal = blake2b(f"{data.revision} {data.classes} {sorted(data.taxonomy.items())}".encode(), digest_size=16)
    for split in (data, data.train):
        items = [] if split is None else list(split.items)
        drawn = {len(items) * turn // DRAWN for turn in range(DRAWN)}
        for number, item in enumerate(items):
            said = (item.id, item.picture.digest(), item.label, item.captions, item.distractors, item.group)
            seal.update(repr((*said, sorted(item.facts.items()))).encode())
            seal.update(item.picture.load().tobytes() if number in drawn else b"")
    return seal.hexdigest()


@pytest.fixture(scope="module")
def elsewhere() -> dict[str, str]:
    """What another process tells of every staged dataset, by name."""
    seeded = {**os.environ, "PYTHONHASHSEED": "7", "OMP_NUM_THREADS": "1"}
    ran = subprocess.run([sys.executable, __file__], capture_output=True, check=True, text=True, env=seeded)
    return dict(line.split() for line in ran.stdout.splitlines())


@pytest.mark.parametrize("name", NAMES)
def test_two_runs_give_identical_bytes_in_one_process_and_in_another(name: str, elsewhere: dict[str, str]) -> None:
    assert told(name) == told(name) == elsewhere[name]


@pytest.mark.parametrize("name", NAMES)
def test_pictures_that_differ_have_digests_that_differ(name: str) -> None:
    items = list(plugins.find("staged", name)(SMALL).items)[:: max(1, 40 // DRAWN)][:DRAWN]
    pixels = {item.picture.digest(): item.picture.load().tobytes() for item in items}
    assert len(set(pixels.values())) == len(pixels)


if __name__ == "__main__":
    for asked in NAMES:
        print(asked, told(asked))
