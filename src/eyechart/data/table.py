"""Tables of pictures (Parquet, Hugging Face, CSV): which column means what, and the items that come of it.

Options of these sources name the columns: ``image``, ``label``, ``caption`` and ``distractors`` (several, joined by
commas), ``group``, ``id``, ``facts`` (several). Those that are not named are guessed from what such columns are usually
called, but for ``distractors``, ``group`` and ``facts``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from eyechart.core import Dataset, Fact, Item, Picture
from eyechart.data import labels, splits
from eyechart.errors import BadInput

ROLES = ("image", "label", "caption", "distractors", "group", "id", "facts")
OPTIONS = (*ROLES, "names", "templates", "train", "carve")

_GUESSES: Mapping[str, tuple[str, ...]] = {
    "image": (
        *("image", "img", "jpg", "jpeg", "png", "webp", "picture", "photo"),
        *("image_path", "img_path", "filepath", "file_path", "filename", "file_name", "image_name", "file", "path"),
    ),
    "label": ("label", "labels", "cls", "class", "class_name", "category", "fine_label", "target"),
    "caption": ("caption", "captions", "text", "texts", "txt", "title", "sentence", "sentences", "raw", "description"),
    "id": ("id", "key", "image_id", "img_id", "uid"),
}
_NO_FACTS: Mapping[str, Fact] = {}  # shared by all items that have none
_EXPECTED = {
    "image": "encoded images, or paths of image files",
    "label": "numbers or names of classes",
    "caption": "texts or lists of texts",
    "distractors": "texts or lists of texts",
    "facts": "texts, numbers or yes and no",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns by what they mean; "" or () where there is none."""

    image: str
    label: str = ""
    caption: tuple[str, ...] = ()
    distractors: tuple[str, ...] = ()
    group: str = ""
    id: str = ""
    facts: tuple[str, ...] = ()

    def beside_the_image(self) -> list[str]:
        """All that has to be read to know the items."""
        single = [name for name in (self.label, self.group, self.id) if name]
        return list(dict.fromkeys([*single, *self.caption, *self.distractors, *self.facts]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One split: its columns but for the image, and the pictures by row."""

    split: str
    table: pa.Table
    picture: Callable[[int], Picture]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a table says of itself, beside its rows."""

    name: str
    revision: str
    columns: Columns
    classes: tuple[str, ...] = ()  # of numbered labels, where the table names them
    licence: str = "unknown"
    by_picture: bool = False  # whether all pictures may be read to keep what is learnt from apart


def columns_of(schema: pa.Schema, options: Mapping[str, str], where: str) -> Columns:
    """Which column means what: as named in `options`, else as guessed.

    Raises:
        BadInput: a named column is absent or holds something else; no column holds images.
    """
    image = _one("image", schema, options, where)
    if not image:
        raise BadInput(f"no column of {where} looks like images; name it with image=…, columns: {_listed(schema)}")
    caption = _several("caption", schema, options, where)
    guessed = _guess("caption", schema, taken={image})
    return Columns(
        image=image,
        label=_one("label", schema, options, where),
        caption=caption or ((guessed,) if guessed and options.get("caption") != "no" else ()),
        distractors=_several("distractors", schema, options, where),
        group=_one("group", schema, options, where),
        id=_one("id", schema, options, where),
        facts=_several("facts", schema, options, where),
    )


def dataset(part: Part, train: Part | None, sheet: Sheet, options: Mapping[str, str]) -> Dataset:
    """The dataset of these splits, what is learnt from kept apart or carved out.

    Raises:
        BadInput: labels do not fit their names; `carve` is no share; a guess went wrong.
    """
    if len(set(sheet.classes)) < len(sheet.classes):
        raise BadInput(f"{sheet.name} names a class twice: {sorted(sheet.classes)}; every class needs its own name")
    columns = sheet.columns
    if "id" not in options and not _tells_apart(part, train, columns.id):
        columns = replace(columns, id="")  # it was guessed, and it numbers something else
    kinds = _kinds([part.table] + ([train.table] if train else []), sheet)
    data = Dataset(
        name=sheet.name,
        split=part.split,
        revision=sheet.revision,
        items=_items(part, columns, sheet.classes, kinds),
        classes=labels.in_words(list(kinds), options, numbered=not sheet.classes and all(map(str.isdecimal, kinds))),
        templates=labels.templates(options),
        licence=sheet.licence,
    )
    if options.get("train") == "no":
        return data
    learnt = _items(train, columns, sheet.classes, kinds) if train else None
    return splits.beside(data, learnt, share=share(options), by_picture=sheet.by_picture)


def share(options: Mapping[str, str]) -> float | None:
    """The option ``carve``: which share of a single split is learnt from. Raises `BadInput`."""
    text = options.get("carve")
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1:
        raise BadInput(f"carve is the share of the items to learn from, from 0 to below 1; got {text!r}")
    return value


def _one(role: str, schema: pa.Schema, options: Mapping[str, str], where: str) -> str:
    if role not in options:
        return _guess(role, schema, taken=set())
    return "" if options[role] == "no" else _checked(role, options[role], schema, where)


def _several(role: str, schema: pa.Schema, options: Mapping[str, str], where: str) -> tuple[str, ...]:
    named = options.get(role, "no")
    return () if named == "no" else tuple(_checked(role, name.strip(), schema, where) for name in named.split(","))


def _guess(role: str, schema: pa.Schema, taken: set[str]) -> str:
    found = {name.lower(): name for name in reversed(schema.names) if name not in taken}
    fitting = (found[name] for name in _GUESSES.get(role, ()) if name in found)
    return next((name for name in fitting if _fits(role, schema.field(name).type)), "")


def _checked(role: str, name: str, schema: pa.Schema, where: str) -> str:
    if name not in schema.names:
        raise BadInput(f"{where} has no column {name!r}, which {role}= names; its columns are: {_listed(schema)}")
    kind = schema.field(name).type
    if not _fits(role, kind):
        raise BadInput(f"the column {name!r} of {where} holds {kind}; {role}= expects {_EXPECTED[role]}")
    return name


def _listed(schema: pa.Schema) -> str:
    return ", ".join(schema.names) or "none"


def _fits(role: str, kind: pa.DataType) -> bool:
    if role == "image":
        return _is_bytes(kind) or _is_text(kind) or (pa.types.is_struct(kind) and _is_image_struct(kind))
    if role == "label":
        return _is_text(kind) or _is_number(kind)
    if role in ("caption", "distractors"):
        return _is_text(kind) or (_is_list(kind) and _is_text(kind.value_type))
    return role == "group" or _is_text(kind) or _is_number(kind)


def _is_text(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind))


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind))


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))


def _is_image_struct(kind: pa.DataType) -> bool:
    return any(field.name in ("bytes", "path") for field in kind)


def _kinds(tables: Sequence[pa.Table], sheet: Sheet) -> dict[str, int]:
    """What the table calls its classes → label. Where it names none they are sorted, numbers by their values."""
    column = sheet.columns.label
    if not column:
        return {}
    if sheet.classes and not _is_text(tables[0].schema.field(column).type):
        return {name: label for label, name in enumerate(sheet.classes)}
    values = {word for table in tables for word in _words(table[column], ()) if word}
    ordered = sorted(values, key=int) if all(value.isdecimal() for value in values) else sorted(values)
    return {value: label for label, value in enumerate(ordered)}


def _words(column: pa.ChunkedArray, classes: Sequence[str]) -> list[str]:
    """Labels as the table calls them; "" for an empty cell and for -1, by which unlabelled splits are marked."""
    if _is_text(column.type):
        return [(text or "").strip() for text in column.to_pylist()]
    try:  # numbers with gaps are often held as floats
        numbers = column.cast(pa.int64()).to_pylist()
    except pa.ArrowInvalid as error:
        raise BadInput(f"labels are whole numbers or names of classes; these are not: {error}") from error
    low, high = min(filter(_given, numbers), default=0), max(filter(_given, numbers), default=0)
    if classes and not 0 <= low <= high < len(classes):
        raise BadInput(f"the table names {len(classes)} classes, its labels reach from {low} to {high}")
    return [(classes[number] if classes else str(number)) if _given(number) else "" for number in numbers]


def _given(label: int | None) -> bool:
    return label is not None and label != -1


def _items(part: Part, columns: Columns, classes: Sequence[str], kinds: Mapping[str, int]) -> list[Item]:
    table = part.table
    words = _words(table[columns.label], classes) if columns.label else [""] * table.num_rows
    strange = set(words) - set(kinds) - {""}
    if strange:
        raise BadInput(f"the split {part.split!r} has labels that are no class: {', '.join(sorted(strange)[:5])}")
    captions, distractors = _texts(table, columns.caption), _texts(table, columns.distractors)
    groups = _strings(table[columns.group]) if columns.group else [""] * table.num_rows
    facts = _facts(table, columns.facts)
    return [
        Item(
            id=identity,
            picture=part.picture(row),
            label=kinds[words[row]] if words[row] else None,
            captions=captions[row],
            distractors=distractors[row],
            group=groups[row],
            facts=facts[row],
        )
        for row, identity in enumerate(_ids(part, columns.id))
    ]


def _ids(part: Part, column: str) -> list[str]:
    """Ids begin with the split, because many tables number each split from 0."""
    if column:
        return [f"{part.split}/{text}" for text in _strings(part.table[column])]
    width = len(str(part.table.num_rows))
    return [f"{part.split}/{row:0{width}d}" for row in range(part.table.num_rows)]


def _tells_apart(part: Part, train: Part | None, column: str) -> bool:
    """Whether a column that looks like ids has one of its own for every row."""
    tables = [part.table, train.table] if train else [part.table]
    return bool(column) and all(len(set(_strings(one[column])) - {""}) == one.num_rows for one in tables)


def _strings(column: pa.ChunkedArray) -> list[str]:
    return ["" if value is None else str(value) for value in column.to_pylist()]


def _texts(table: pa.Table, columns: Sequence[str]) -> list[tuple[str, ...]]:
    """All texts of a row, from one column or several, without empty ones and repetitions."""
    if not columns:
        return [()] * table.num_rows
    cells = zip(*(table[column].to_pylist() for column in columns), strict=True)
    return [tuple(dict.fromkeys(text for cell in row for text in _stripped(cell))) for row in cells]


def _stripped(cell: str | Sequence[str | None] | None) -> list[str]:
    texts = [cell] if isinstance(cell, str) else cell or []
    return [text.strip() for text in texts if text and text.strip()]


def _facts(table: pa.Table, columns: Sequence[str]) -> list[Mapping[str, Fact]]:
    if not columns:
        return [_NO_FACTS] * table.num_rows
    cells = zip(*(table[column].to_pylist() for column in columns), strict=True)
    return [{name: cell for name, cell in zip(columns, row, strict=True) if cell is not None} for row in cells]
