"""Classes in a tree: which branches they share, and how far apart they hang."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from eyechart.core import Dataset
from eyechart.errors import BadInput, Refused

Branch = frozenset[int]
REST = "others"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """The classes of a dataset as leaves; knots with a single branch below them count for nothing.

    `heights` are cophenetic: the height of the lowest knot above both classes, a knot being one higher than the
    highest knot below it. So the classes within one height of a class are its branch, and branches are nested.
    """

    classes: tuple[str, ...]
    heights: NDArray[np.int64]  # [c, c], 0 on the diagonal
    branches: Mapping[Branch, str]  # every branch with more than one class, and its name

    def nearest(self) -> NDArray[np.bool_]:
        """``[c, c]``: which classes are nearest kin of each; siblings, where a class has any."""
        apart = self.heights + np.diag(np.full(len(self.heights), self.heights.max() + 1))
        return np.asarray(apart == apart.min(axis=1, keepdims=True))

    def groups(self, count: int) -> tuple[str, ...]:
        """For every class the name of one of at most `count` large branches, or "others".

        Starts from the branches right below the root, puts those of less than a twentieth of the classes together, and
        takes the largest branch out of the largest group until there are enough.
        """
        everything = frozenset(range(len(self.classes)))
        tops = self._below(everything)
        groups = {self._named(top): set(top) for top in tops if 20 * len(top) >= len(everything)}
        while groups and len(groups) < count - 1:
            largest = max(groups, key=lambda name: (len(groups[name]), name))
            inner = [
                branch for branch in self.branches if branch < groups[largest] and self.branches[branch] != largest
            ]
            if not inner:
                break
            taken = max(inner, key=lambda branch: (len(branch), self.branches[branch]))
            groups[largest] -= taken
            groups[self.branches[taken]] = set(taken)
        named = {label: name for name, labels in groups.items() for label in labels}
        return tuple(named.get(label, REST) for label in range(len(self.classes)))

    def _below(self, whole: Branch) -> list[Branch]:
        """The largest branches within one, single classes too."""
        found: list[Branch] = []
        single = (frozenset({label}) for label in whole)
        for branch in sorted((*self.branches, *single), key=len, reverse=True):
            if branch < whole and not any(branch <= other for other in found):
                found.append(branch)
        return found

    def _named(self, branch: Branch) -> str:
        return self.branches.get(branch, self.classes[min(branch)])


def tree(data: Dataset) -> Tree:
    """The tree of a dataset's classes. Several roots are taken for branches of one root without a name.

    Raises:
        BadInput: a class is missing in the taxonomy, or a line of parents runs in a ring.
        Refused: all classes hang from one knot, so that none is nearer than another.
    """
    missing = [name for name in data.classes if name not in {*data.taxonomy, *data.taxonomy.values()}]
    if missing:
        raise BadInput(
            f"the taxonomy of {data.name} has a hole: {len(missing)} of {len(data.classes)} classes are not in it, "
            f"such as {missing[0]!r}; give every class a parent"
        )
    lines = [line(name, data.taxonomy, data.name) for name in data.classes]
    below: dict[str, set[int]] = defaultdict(set)
    for label, above in enumerate(lines):
        for name in above:
            below[name].add(label)
    chains = [_chain(label, above, below, len(lines)) for label, above in enumerate(lines)]
    heights = _heights(chains)
    if max(heights.values(), default=0) < 2:
        raise Refused(
            f"the taxonomy of {data.name} is flat: its {len(data.classes)} classes all hang from one knot, "
            "so none is nearer to another; give one with groups of classes"
        )
    table = np.zeros((len(lines), len(lines)), dtype=np.int64)
    for branch in sorted(heights, key=len, reverse=True):
        table[np.ix_(sorted(branch), sorted(branch))] = heights[branch]
    names = {frozenset(labels): name for name, labels in sorted(below.items(), key=lambda pair: -_depth(pair[0], data))}
    return Tree(
        classes=data.classes,
        heights=table,
        branches={branch: names.get(branch, "everything") for branch in heights if len(branch) > 1},
    )


def line(name: str, parents: Mapping[str, str], where: str) -> tuple[str, ...]:
    """A class and everything above it, up to its root.

    Raises:
        BadInput: the parents run in a ring; the message shows it.
    """
    found = [name]
    while found[-1] in parents:
        above = parents[found[-1]]
        if above in found:
            ring = " → ".join([*found[found.index(above) :], above])
            raise BadInput(f"the taxonomy of {where} runs in a ring: {ring}; a parent cannot be its own descendant")
        found.append(above)
    return tuple(found)


def knots(data: Dataset) -> NDArray[np.float64]:
    """Which names stand at or above each class, ``[c, names]`` of 0 and 1; those above all tell nothing.

    Raises:
        BadInput, Refused: as `tree` does.
    """
    tree(data)
    lines = [line(name, data.taxonomy, data.name) for name in data.classes]
    counts = Counter(name for above in lines for name in above)
    telling = sorted(name for name, count in counts.items() if count < len(lines))
    return np.array([[float(name in above) for name in telling] for above in lines])


def _chain(label: int, above: tuple[str, ...], below: Mapping[str, set[int]], count: int) -> list[Branch]:
    """From the class alone to all classes: the distinct branches that it is in."""
    branches = [frozenset({label}), *(frozenset(below[name]) for name in above), frozenset(range(count))]
    return list(dict.fromkeys(branches))


def _heights(chains: Sequence[list[Branch]]) -> dict[Branch, int]:
    kids: dict[Branch, set[Branch]] = defaultdict(set)
    for chain in chains:
        for inner, outer in pairwise(chain):
            kids[outer].add(inner)
    heights = {chain[0]: 0 for chain in chains}
    for branch in sorted(kids, key=len):
        heights[branch] = 1 + max(heights[kid] for kid in kids[branch])
    return heights


def _depth(name: str, data: Dataset) -> int:
    return len(line(name, data.taxonomy, data.name))
