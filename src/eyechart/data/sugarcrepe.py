"""SugarCrepe: ``sugarcrepe:/data/sugar-crepe/data?images=/data/coco/val2017``, a folder of its files or one of them.

Each file, ``add_att.json``, ``add_obj.json``, ``replace_att.json``, ``replace_obj.json``, ``replace_rel.json``,
``swap_att.json`` and ``swap_obj.json``, is an object of entries by number, each with ``filename`` (a picture of COCO
val2017), ``caption`` and ``negative_caption`` (Hsieh et al. 2023). An entry is an item with one caption and one
distractor; the file tells the kind of the falsehood. Entries of one picture are a group.

Option: ``images``, the folder of the pictures (else ``val2017`` or ``images`` beside the files).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from eyechart.core import Dataset, Item
from eyechart.data.falsehoods import dataset, folder_of, read_json, text_of
from eyechart.data.name import accept, existing
from eyechart.data.pictures import Within
from eyechart.errors import BadInput

OPTIONS = ("images",)
# File → kind, in the words of `eyechart.marking.wordings`.
KINDS = {
    "add_att": "attribute_added",
    "add_obj": "concept_added",
    "replace_att": "attribute_replaced",
    "replace_obj": "concept_replaced",
    "replace_rel": "relation_replaced",
    "swap_att": "attributes_swapped",
    "swap_obj": "things_swapped",
}


def load(location: str, options: Mapping[str, str]) -> Dataset:
    """The entries of all files that are there.

    Raises:
        UnknownName: there is no such option.
        BadInput: a file is absent or of another form.
    """
    accept(options, OPTIONS, "sugarcrepe")
    path = existing(location, "sugarcrepe")
    files = [path] if path.is_file() else [path / f"{name}.json" for name in KINDS if (path / f"{name}.json").is_file()]
    if not files or any(file.stem not in KINDS for file in files):
        raise BadInput(
            f"{path} holds none of SugarCrepe's files; expected {', '.join(f'{name}.json' for name in KINDS)}"
        )
    images = folder_of(options.get("images"), files[0].parent, ("val2017", "images", "coco/val2017"), "sugarcrepe")
    items = [item for file in files for item in _items(file, images)]
    return dataset("sugarcrepe", path, options, (files, items))


def _items(file: Path, images: Path) -> Iterator[Item]:
    entries = read_json(file)
    if not isinstance(entries, dict):
        raise BadInput(f"{file} is not of SugarCrepe's form; expected an object of entries by number")
    for number, entry in entries.items():
        where = f"{file}, entry {number}"
        name = text_of(entry, "filename", where)
        yield Item(
            id=f"{file.stem}/{number}",
            picture=Within(images, name),
            captions=(text_of(entry, "caption", where),),
            distractors=(text_of(entry, "negative_caption", where),),
            group=name,
            facts={"kinds": KINDS[file.stem]},
        )


PUBLIC = load
