"""What both recipes of the zoo share: pictures of the world to disk, batches of them, a watch, and the export."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import platform
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from timm.layers import PatchDropout
from torch import Tensor

from eyechart.core import Fact, Model, Preprocessing
from eyechart.data.reels import Order, ShownScene, open_reel
from eyechart.errors import Refused
from eyechart.learn.loop import Batch, Recipe, Watch, order, train
from eyechart.learn.objectives.clip import Clip
from eyechart.machine import gains_from_bf16
from eyechart.models.checkpoint import read, save
from eyechart.models.dual import Dual, describe
from eyechart.models.tokens import Words
from eyechart.models.towers import ImagePlan, Plan, TextPlan, TwoTowers
from eyechart.models.wish import Wish
from eyechart.models.zoo import FOLDER
from eyechart.progress import Bars
from eyechart.world import NAMES, VERSION, View, World

SEED, SIZE, SHIFT = 0, 64, 3
NAMED = 0.4  # share of the captions that only name the main thing, once the first lessons are over
PREPROCESSING = Preprocessing(size=(SIZE, SIZE), resize="crop", mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25))
TEMPLATES = ("{}", "a {}", "a photo of a {}", "a photo of a {}.", "a picture of a {}.", "a drawing of a {}.")

# Plain English names of classes, so that words beyond the world are cut into few pieces.
ENGLISH = """
airplane automobile bird cat deer dog frog horse ship truck person man woman child face hand eye road street sky
cloud water river sea mountain forest grass field garden building window door wall floor kitchen bedroom bathroom
room bed sofa television computer keyboard mouse telephone book paper pen pencil letter word number digit zero one
two three four five six seven eight nine ten sign light fire snow rain winter summer night day food bread cheese
cake pizza fruit orange lemon grape vegetable carrot potato tomato meat fish egg milk coffee tea wine beer glass
plate bowl spoon knife fork dress coat shoe sock glove bag suitcase backpack wallet ring watch train subway tram
bridge tower church castle school hospital shop market station airport motorcycle helicopter tractor ambulance wheel
engine tool ladder rope chain nail screw saw drill ball bat racket kite skateboard surfboard ski toy doll robot game
card dice music piano violin drum trumpet lion tiger bear wolf fox rabbit squirrel mouse rat cow pig sheep goat
chicken duck goose turkey penguin owl eagle parrot snake lizard turtle crocodile frog spider ant bee fly mosquito
beetle worm crab lobster shrimp whale dolphin shark seal texture pattern satellite flower leaf branch root seed
circle square triangle line small large big tiny old new young long short high low red green blue yellow white black
brown purple pink orange gray left right above below behind front near far inside with without and or not no the
this that these those photo picture image drawing painting sketch blurry close bright dark of in on at by a an is
are there handwritten
"""


@dataclass(frozen=True, slots=True)
class Pictures:
    """Rendered pictures of the training split: pixels mapped from disk, captions in memory."""

    pixels: NDArray[np.uint8]  # n h w 3
    captions: list[list[str]]
    names: list[str]  # of the main thing of a scene; empty for what is no scene
    easy: NDArray[np.int64]  # scenes that one thing fills, fully drawn

    def batch(self, step: int, *, size: int, lessons: int) -> Batch:
        """Each picture with one caption, drawn anew, and shifted by a few pixels; never mirrored (left is left).

        Place and colour are learnt at once and would suffice to tell most pictures apart, and shapes would be learnt
        late. So the first `lessons` steps show easy scenes, and their captions name the main thing and nothing else;
        over as many steps again the other scenes and fuller captions come in.
        """
        rng = np.random.default_rng([SEED, 1, step])
        later = min(max(step / lessons - 1, 0.0), 1.0)  # 0 during the lessons, then rising to 1
        rows = self._rows(step, size, easy=rng.random() >= later)
        named = 1 - later * (1 - NAMED)
        texts = [self._text(row, named, rng) for row in rows]
        shifts = rng.integers(-SHIFT, SHIFT + 1, size=(size, 2))
        shifted = [_shifted(self.pixels[row], *shift) for row, shift in zip(rows, shifts, strict=True)]
        return Batch(pixels=as_pixels(np.stack(shifted)), texts=texts)

    def _rows(self, step: int, size: int, *, easy: bool) -> NDArray[np.int64]:
        if easy:
            return self.easy[order(step, batch=size, total=len(self.easy), seed=SEED)]
        return order(step, batch=size, total=len(self.captions), seed=SEED + 1)

    def _text(self, row: int, named: float, rng: np.random.Generator) -> str:
        if rng.random() < named and self.names[row]:
            return TEMPLATES[rng.integers(len(TEMPLATES))].format(self.names[row])
        return self.captions[row][rng.integers(len(self.captions[row]))]


def _shifted(picture: NDArray[np.uint8], down: int, right: int) -> NDArray[np.uint8]:
    """What leaves on one side is replaced by the repeated edge on the other."""
    rows = np.clip(np.arange(SIZE) - down, 0, SIZE - 1)
    columns = np.clip(np.arange(SIZE) - right, 0, SIZE - 1)
    return picture[rows][:, columns]


def as_pixels(pictures: NDArray[np.uint8]) -> Tensor:
    """``n h w 3`` of bytes to ``n 3 h w`` in [0, 1]."""
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255


def rendered(folder: Path, pictures: Mapping[str, int]) -> Pictures:
    """So many pictures of each kind of the training split, rendered once by all cores and kept in `folder`."""
    named = "-".join(f"{kind}{count}" for kind, count in pictures.items())
    folder = folder / f"world-{VERSION}-{SEED}-{SIZE}-{named}"
    if not folder.exists():
        scratch = folder.with_name(f".{folder.name}")
        scratch.mkdir(parents=True, exist_ok=True)
        _render_all(scratch, pictures)
        scratch.rename(folder)
    told = json.loads((folder / "told.json").read_text())
    easy = np.flatnonzero(told["easy"])
    return Pictures(np.load(folder / "pixels.npy", mmap_mode="r"), told["captions"], told["names"], easy)


def _render_all(folder: Path, pictures: Mapping[str, int]) -> None:
    total = sum(pictures.values())
    pixels = np.lib.format.open_memmap(folder / "pixels.npy", "w+", np.uint8, (total, SIZE, SIZE, 3))
    told: dict[str, list[Any]] = {"captions": [], "names": [], "easy": []}
    chunks = [
        (kind, range(first, min(first + 500, count)))
        for kind, count in pictures.items()
        for first in range(0, count, 500)
    ]
    pool = ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn"))
    with pool, Bars().track("rendering", total) as done:
        for drawn, said in pool.map(_render, chunks):
            start = len(told["names"])
            pixels[start : start + len(drawn)] = drawn
            for what, values in said.items():
                told[what] += values
            done(len(drawn))
    pixels.flush()
    (folder / "told.json").write_text(json.dumps(told))


def _render(chunk: tuple[str, range]) -> tuple[NDArray[np.uint8], dict[str, list[Any]]]:
    kind, numbers = chunk
    reel = open_reel(Order(of=kind, seed=SEED, size=SIZE), "train")
    shown = [reel[index] for index in numbers]
    views = [one.view if isinstance(one, ShownScene) else None for one in shown]
    told: dict[str, list[Any]] = {
        "captions": [one.captions for one in shown],
        "names": [view.name if view else "" for view in views],
        "easy": [view is not None and _is_easy(view) for view in views],
    }
    return np.stack([one.drawn().pixels for one in shown]), told


def _is_easy(view: View) -> bool:
    """Whether one large thing, not only its outline, is what there is to see."""
    main = view.scene.main
    return main.side >= 0.55 and len(view.scene.things) <= 2 and main.style in ("outlined", "flat")


@dataclass(frozen=True, slots=True)
class Examiner:
    """Top-1 of naming the main thing of test scenes among all concepts; a glance while learning, not the exam."""

    pixels: Tensor
    labels: Tensor
    words: Words

    @classmethod
    def of(cls, scenes: int, words: Words) -> Examiner:
        """On test scenes of the next seed, so that those of the exams are not looked at while choices are made."""
        views = [World(seed=SEED + 1, size=SIZE, split="test")[index] for index in range(scenes)]
        pixels = as_pixels(np.stack([view.pixels for view in views]))
        return cls(pixels, torch.tensor([view.label for view in views]), words)

    def __call__(self, towers: TwoTowers) -> float:
        """The share of pictures whose name scores highest."""
        with torch.inference_mode():
            return (self._answers(towers) == self.labels).double().mean().item()

    def _answers(self, towers: TwoTowers) -> Tensor:
        prompts = [template.format(name) for name in NAMES for template in TEMPLATES]
        text = torch.nn.functional.normalize(towers.encode_tokens(self.words(prompts)), dim=-1)
        names = text.reshape(len(NAMES), len(TEMPLATES), -1).mean(dim=1)
        image = torch.cat([towers.encode_image(part) for part in self.pixels.split(250)])
        return (image @ torch.nn.functional.normalize(names, dim=-1).T).argmax(dim=1)


def main(
    name: str,
    image: ImagePlan,
    recipe: Recipe,
    *,
    pictures: Mapping[str, int],
    lessons: int,
    drop: float = 0.0,
) -> None:
    """Render, learn, export to the zoo from time to time and at the end; goes on where it was stopped.

    `drop` is the share of the tokens of a vit that are left out while it learns, which buys as many more steps (Li et
    al. 2023, FLIP).
    """
    given = _arguments()
    torch.set_num_threads(given.threads)
    torch.manual_seed(SEED)
    seen = rendered(given.work, pictures)
    words = Words.learn(_texts(seen), entries=1023, context=48)
    text = TextPlan(entries=words.entries, context=words.context, width=128, depth=3)
    towers = TwoTowers(Plan(image=image, text=text, space=128, preprocessing=PREPROCESSING))
    if drop:
        towers.image.net.patch_drop = PatchDropout(drop, num_prefix_tokens=0)
    examiner = Examiner.of(1000, words)

    def export(step: int, _: Model) -> dict[str, float]:  # the product is made of the towers
        rounded = exported(towers, words, given.out / name, {})
        top1 = examiner(rounded)
        exported(rounded, words, given.out / name, {"samples_seen": step * recipe.batch, **_facts(name, top1)})
        return {"zero_shot_top1": top1}

    recipe = replace(recipe, precision="bf16" if gains_from_bf16() else "fp32")
    source = partial(seen.batch, size=recipe.batch, lessons=lessons)
    watch = Watch(log_every=20, save_every=100, exam_every=500, exam=export)  # the last exam is of the last step
    train(Clip(towers, words), source, recipe, given.work / name, watch, Bars())


def exported(towers: TwoTowers, words: Words, folder: Path, facts: dict[str, Fact]) -> TwoTowers:
    """Saved in fp16 to where the zoo finds it; returned as it will be loaded."""
    card = describe(towers, words, folder.name, facts)
    save(Dual(towers, words, card, facts), folder, facts, dtype=torch.float16)
    again = read(folder, folder.name, Wish())
    if not isinstance(again, Dual):
        raise Refused(f"{folder} was saved as a pair of towers and was read as a {type(again).__name__}")
    return again.towers


def _facts(name: str, top1: float) -> dict[str, Fact]:
    return {
        "trained_on": f"world {VERSION}, seed {SEED}, training split",
        "licence": "Apache-2.0",
        "loss": "symmetric InfoNCE over the batch",
        "hardware": f"2 CPU cores ({platform.machine()})",
        "recipe": f"recipes/zoo_{name.replace('-', '_')}.py",
        "reached": f"zero-shot top-1 {top1:.3f} on 1000 test scenes of another seed, {len(NAMES)} names",
    }


def _texts(pictures: Pictures) -> Iterator[str]:
    for told in pictures.captions[::8]:
        yield from told
    for _ in range(50):
        yield from (*ENGLISH.split(), *NAMES)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train one model of the zoo.")
    parser.add_argument(
        "--work", type=Path, default=Path(tempfile.gettempdir()) / "eyechart-zoo", help="scratch folder"
    )
    parser.add_argument("--out", type=Path, default=FOLDER, help="where the model is exported to")
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()
