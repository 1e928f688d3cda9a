"""The programme's folder, read once and strictly: what a programme officer wrote is either wholly good or refused with file, line and the way out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, TypeVar

from pydantic import ValidationError

from checks.policy import Edition, Policy, overlapping
from intake.programme_faults import dotted, faults_of
from intake.retention_policy import Retention
from intake.toml_source import KeyPath, Table, TomlSource, TomlSourceError, read_toml
from parsers.catalogue import Catalogue, FieldType, MailWords
from parsers.values import Language, Value, Words
from replies.letters import LettersError, LetterSet, load_letters

SHIPPED = (Path(__file__).parent.parent / "programmes" / "cppp", Path(__file__).parent / "_programmes" / "cppp")
CATALOGUE_FILES = ("forms.toml", "fields.toml", "documents.toml", "labels.toml", "confidence.toml")
POLICY_FILES = ("programme.toml", "editions.toml", "requirements.toml", "places.toml", "rules.toml")
MAIL_FILE = "mail.toml"
LETTERS = "letters"
INITIATIVE = "project.initiative"

V = TypeVar("V", bound=Value)


class ProgrammeError(ValueError):
    """The programme's folder is not good: ``file`` (within the folder), ``line`` (from 1, None for the file as a whole), what and the way out."""

    def __init__(self, file: str, line: int | None, message: str) -> None:
        super().__init__(f"{file}, line {line}: {message}" if line else f"{file}: {message}")
        self.file = file
        self.line = line
        self.message = message


_CLAUSES = ("clause", "clause_zh_hant")


@dataclass(frozen=True)
class Programme:
    """Everything that the programme's folder says. ``hash``: SHA-256 over names and bytes of all its files, recorded with every decision."""

    path: Path
    hash: str
    name: Words
    catalogue: Catalogue
    policy: Policy
    mail_words: MailWords
    letters: LetterSet
    retention: Retention


def load_programme(path: Path | None = None) -> Programme:
    """The programme of a folder; without one, the programme shipped. ProgrammeError where anything in it is not good."""
    folder = path if path is not None else next((each for each in SHIPPED if each.is_dir()), SHIPPED[0])
    if not folder.is_dir():
        raise ProgrammeError(str(folder), None, "there is no such folder; set [programme] path to the programme's folder")
    sources = {name: _source(folder, name) for name in (*CATALOGUE_FILES, *POLICY_FILES, MAIL_FILE)}
    _refuse_unknown_files(folder, sources)
    catalogue = _catalogue(sources)
    mail = sources[MAIL_FILE]
    return Programme(
        path=folder,
        hash=hash_of(folder),
        name=_named(sources["programme.toml"]),
        catalogue=catalogue,
        policy=_policy(sources, catalogue),
        mail_words=_model(MailWords, mail, mail.table, ()),
        letters=_letters(folder),
        retention=_model(Retention, sources["programme.toml"], sources["programme.toml"].table["retention"], ("retention",)),
    )


def hash_of(folder: Path) -> str:
    """SHA-256 over the sorted relative names and the bytes of all files of the folder; hidden files are not part of it."""
    whole = hashlib.sha256()
    files = sorted((file.relative_to(folder).as_posix(), file) for file in folder.rglob("*") if file.is_file())
    for name, file in files:
        if not any(part.startswith(".") for part in name.split("/")):
            data = file.read_bytes()
            whole.update(f"{name}\0{len(data)}\0".encode() + data)
    return whole.hexdigest()


# ------------------------------------------------------------------ reading


def _source(folder: Path, name: str) -> TomlSource:
    try:
        return read_toml(folder / name)
    except TomlSourceError as error:
        raise ProgrammeError(name, error.line, error.message) from error


def _refuse_unknown_files(folder: Path, known: Iterable[str]) -> None:
    names = set(known)
    unknown = sorted(file.name for file in folder.glob("*.toml") if file.name not in names)
    if unknown:
        raise ProgrammeError(unknown[0], None, f"this file is not part of a programme; known are {', '.join(sorted(names))}. Rename or remove it")


def _refuse(source: TomlSource, path: KeyPath, message: str) -> NoReturn:
    raise ProgrammeError(source.path.name, source.line_of(path), message)


def _model(kind: type[V], source: TomlSource, table: object, at: KeyPath) -> V:
    """A value made of a table. Its first fault is told with the line where it stands."""
    try:
        return kind.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        path = (*at, *first["loc"])
        _refuse(source, path, f"{dotted(path)}: {_in_words(first['type'], first['msg'])}")


def _in_words(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "unknown key; correct its spelling or remove it"
    if kind == "missing":
        return "this key is missing; add it"
    return message.removeprefix("Value error, ") if kind == "value_error" else f"{message}; correct the value"


def _letters(folder: Path) -> LetterSet:
    try:
        return load_letters(folder / LETTERS)
    except LettersError as error:
        raise ProgrammeError(LETTERS, None, str(error)) from error


def _named(source: TomlSource) -> Words:
    table = source.table.get("programme")
    if not isinstance(table, dict) or set(table) != {"code", "name"}:
        _refuse(source, ("programme",), "[programme] must hold code and name, and nothing else")
    return _model(Words, source, table["name"], ("programme", "name"))


# ------------------------------------------------------------------ catalogue


def _catalogue(sources: dict[str, TomlSource]) -> Catalogue:
    whole: Table = {}
    owner: dict[str, TomlSource] = {}
    for name in CATALOGUE_FILES:
        for key, value in sources[name].table.items():
            if key in owner:
                _refuse(sources[name], (key,), f"{key} stands in {owner[key].path.name} as well; leave it in one file")
            whole[key], owner[key] = value, sources[name]
    whole.setdefault("initiatives", _initiatives(whole))
    try:
        catalogue = Catalogue.model_validate(whole)
    except ValidationError as error:
        first = error.errors()[0]
        source = owner.get(str(first["loc"][0]) if first["loc"] else "", sources[CATALOGUE_FILES[0]])
        _refuse(source, first["loc"], f"{dotted(first['loc'])}: {_in_words(first['type'], first['msg'])}")
    _refuse_twice("fields", [spec.key for spec in catalogue.fields], owner)
    _refuse_twice("documents", [spec.code for spec in catalogue.documents], owner)
    _refuse_twice("forms", [spec.code for spec in catalogue.forms], owner)
    for place, field in enumerate(catalogue.fields):
        labels = [field.label, *field.label_on.values(), *(choice.words for choice in field.choices)]
        _refuse_empty(labels, owner["fields"], ("fields", place), f"{field.key}: a label is empty; write it in all three languages")
    for place, document in enumerate(catalogue.documents):
        _refuse_empty(
            [document.label], owner["documents"], ("documents", place), f"{document.code}: the label is empty; write it in all three languages"
        )
    for place, form in enumerate(catalogue.forms):
        for initiative in form.initiatives:
            if initiative not in catalogue.initiatives:
                _refuse(owner["forms"], ("forms", place, "initiatives"), f"form {form.code}: {initiative} is not among the initiatives; add it there")
    return catalogue


def _initiatives(whole: Table) -> Table:
    """The initiatives are the answers to the question for the type of application, unless a table of their own names them."""
    fields = whole.get("fields")
    question = next((field for field in fields if isinstance(field, dict) and field.get("key") == INITIATIVE), {}) if isinstance(fields, list) else {}
    choices = question.get("choices", [])
    return {choice["code"]: choice["words"] for choice in choices if isinstance(choice, dict) and {"code", "words"} <= choice.keys()}


def _refuse_twice(what: str, codes: list[str], owner: dict[str, TomlSource]) -> None:
    for place, code in enumerate(codes):
        if code in codes[:place]:
            _refuse(owner[what], (what, place), f"{code} stands twice; remove one of the two")


def _refuse_empty(words: Iterable[Words], source: TomlSource, path: KeyPath, message: str) -> None:
    if any(not each.in_language(language).strip() for each in words for language in Language):
        _refuse(source, path, message)


# ------------------------------------------------------------------ policy


def _policy(sources: dict[str, TomlSource], catalogue: Catalogue) -> Policy:
    programme, requirements, rules = sources["programme.toml"], sources["requirements.toml"], sources["rules.toml"]
    _refuse_unknown_tables(programme, ("programme", "eligibility", "thresholds", "problems", "retention"))
    _refuse_unknown_tables(sources["editions.toml"], ("editions",))
    _refuse_unknown_tables(requirements, ("fields", "documents"))
    _refuse_unknown_tables(rules, ("common", "rules"))
    parts: dict[str, tuple[TomlSource, str]] = {
        "editions": (sources["editions.toml"], "editions"),
        "required_fields": (requirements, "fields"),
        "required_documents": (requirements, "documents"),
        "problems": (programme, "problems"),
        "thresholds": (programme, "thresholds"),
        "eligibility": (programme, "eligibility"),
        "rules": (rules, "rules"),
        "common_words": (rules, "common"),
    }
    whole: Table = {key: source.table.get(name) for key, (source, name) in parts.items()}
    whole["rules"] = _rule_tables(rules)
    whole |= {"places": sources["places.toml"].table, **_from_catalogue(catalogue)}
    try:
        policy = Policy.model_validate(whole)
    except ValidationError as error:
        first = error.errors()[0]
        if not first["loc"]:
            _refuse(sources["editions.toml"], _place_of_overlap(sources["editions.toml"]), _in_words(first["type"], first["msg"]))
        source, name = parts.get(str(first["loc"][0]), (sources["places.toml"], ""))
        path = (*((name,) if name else ()), *(part for part in first["loc"][1:] if part != "cases"))
        _refuse(source, path, f"{dotted(path)}: {_in_words(first['type'], first['msg'])}")
    for fault in faults_of(policy, catalogue):
        _refuse(sources[fault.file], fault.path, fault.message)
    return policy


def _place_of_overlap(source: TomlSource) -> KeyPath:
    """The later of two editions that overlap, each of them good by itself."""
    editions = [Edition.model_validate(table) for table in source.table["editions"]]
    pair = overlapping(editions)
    return ("editions", editions.index(pair[1]), "from") if pair else ("editions",)


def _refuse_unknown_tables(source: TomlSource, known: tuple[str, ...]) -> None:
    for key in source.table:
        if key not in known:
            _refuse(source, (key,), f"unknown key {key}; known are {', '.join(known)}")
    for key in known:
        if key not in source.table:
            _refuse(source, (), f"[{key}] is missing; add it")


def _rule_tables(source: TomlSource) -> Table:
    """Each rule as its clause and its cases."""
    tables: Table = {}
    for check, rule in source.table["rules"].items():
        if not isinstance(rule, dict):
            _refuse(source, ("rules", check), f"rules.{check} must be a table with a clause and its cases")
        cases = {case: words for case, words in rule.items() if case not in _CLAUSES}
        tables[check] = {"cases": cases} | {name: rule[name] for name in _CLAUSES if name in rule}
    return tables


def _from_catalogue(catalogue: Catalogue) -> Table:
    """What the rules need of the catalogue: which initiatives a form is for, the types of fields, the words for codes."""
    types: dict[str, FieldType] = {spec.key: spec.type for spec in catalogue.fields}
    labels: dict[str, Words] = dict(catalogue.initiatives)
    for document in catalogue.documents:
        labels[document.code] = document.label
        types |= {spec.key: spec.type for spec in document.fields}
    for field in catalogue.fields:
        labels[field.key] = field.label
        for choice in field.choices:
            labels[f"{field.key}.{choice.code}"] = choice.words
            labels.setdefault(choice.code, choice.words)
    return {
        "form_initiatives": {form.code: form.initiatives for form in catalogue.forms},
        "field_types": types,
        "labels": labels,
        "calibration": catalogue.calibration,
    }
