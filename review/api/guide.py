"""The API's description as a page shows it: each operation with what it takes and answers, each object with its fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_REF = "#/components/schemas/"


@dataclass(frozen=True)
class Kind:
    """Of what kind a value is: words around the ``name`` of an object, where it is one."""

    words: str
    name: str = ""


@dataclass(frozen=True)
class Given:
    """A parameter or a field. ``place``: path, query, header, or empty for a field of an object."""

    name: str
    place: str
    required: bool
    kinds: tuple[Kind, ...]
    words: str


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    title: str
    words: str
    parameters: tuple[Given, ...]
    body: tuple[Kind, ...]
    answers: tuple[tuple[str, str, tuple[Kind, ...]], ...]  # status, words, what comes

    @property
    def anchor(self) -> str:
        return "o-" + "".join(letter if letter.isalnum() else "-" for letter in f"{self.method} {self.path}".lower()).strip("-")


@dataclass(frozen=True)
class Shape:
    """An object with its fields, or a set of codes."""

    name: str
    words: str
    fields: tuple[Given, ...]
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Guide:
    """``groups``: the operations by what they are about."""

    about: str
    base: str
    groups: Mapping[str, tuple[Operation, ...]]
    shapes: tuple[Shape, ...]


def guide_of(description: Mapping[str, Any]) -> Guide:
    """The guide to an API that OpenAPI describes."""
    groups: dict[str, list[Operation]] = {}
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            groups.setdefault((operation.get("tags") or ["other"])[0], []).append(_operation(method, path, operation))
    schemas = description["components"]["schemas"]
    return Guide(
        about=description["info"]["description"],
        base=description["servers"][0]["url"],
        groups={name: tuple(group) for name, group in groups.items()},
        shapes=tuple(_shape(name, schemas[name]) for name in sorted(schemas)),
    )


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> Operation:
    answers = ((status, answer["description"], _content(answer)) for status, answer in sorted(operation["responses"].items()))
    return Operation(
        method=method.upper(),
        path=path,
        title=operation["summary"],
        words=operation.get("description", ""),
        parameters=tuple(
            Given(each["name"], each["in"], each.get("required", False), kinds_of(each["schema"]), each.get("description", ""))
            for each in operation.get("parameters", ())
        ),
        body=_content(operation.get("requestBody", {})),
        answers=tuple(answers),
    )


def _content(holder: Mapping[str, Any]) -> tuple[Kind, ...]:
    return next((kinds_of(each["schema"]) for each in holder.get("content", {}).values() if "schema" in each), ())


def _shape(name: str, schema: Mapping[str, Any]) -> Shape:
    required = schema.get("required", ())
    fields = tuple(Given(own, "", own in required, kinds_of(each), each.get("description", "")) for own, each in schema.get("properties", {}).items())
    return Shape(name, schema.get("description", ""), fields, tuple(str(code) for code in schema.get("enum", ())))


def kinds_of(schema: Mapping[str, Any]) -> tuple[Kind, ...]:
    """Of what kind a value may be, in words; several where there is a choice."""
    if "$ref" in schema:
        return (Kind("", schema["$ref"].removeprefix(_REF)),)
    if "anyOf" in schema:
        return tuple(kind for each in schema["anyOf"] for kind in kinds_of(each))
    if schema.get("type") == "array":
        return tuple(Kind(f"list of {kind.words}".rstrip(), kind.name) for kind in kinds_of(schema.get("items", {})))
    if "enum" in schema:
        return (Kind(" | ".join(str(code) for code in schema["enum"])),)
    if "const" in schema:
        return (Kind(str(schema["const"])),)
    return (Kind(_plain(schema)),)


def _plain(schema: Mapping[str, Any]) -> str:
    words = str(schema.get("format") or schema.get("type") or "any value")
    bounds = [
        f"{said} {schema[name]}"
        for name, said in (("minLength", "at least"), ("maxLength", "at most"), ("minimum", "from"), ("maximum", "to"))
        if name in schema
    ]
    unit = " characters" if "minLength" in schema or "maxLength" in schema else ""
    return f"{words} ({', '.join(bounds)}{unit})" if bounds else words
