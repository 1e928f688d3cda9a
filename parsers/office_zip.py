"""The outer shell of Word and Excel files: a ZIP that must be small, whole, and without programs or document types in it."""

from __future__ import annotations

import io
import zipfile
import zlib

from parsers.opened_file import Refused
from parsers.read_limits import ReadLimits

MOST_MEMBERS = 2000
MOST_RATIO = 200  # of text parts; XML packs well
_ZIP_ERRORS = (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, ValueError, EOFError, NotImplementedError, RuntimeError, KeyError)


def office_zip(data: bytes, limits: ReadLimits) -> zipfile.ZipFile | Refused:
    """The opened ZIP; Refused as damaged, too_large (a bomb), encrypted, or unsafe (macros, document types)."""
    try:
        members = zipfile.ZipFile(io.BytesIO(data))
        infos = members.infolist()
    except _ZIP_ERRORS as error:
        return Refused("damaged", type(error).__name__)
    if len(infos) > MOST_MEMBERS or sum(info.file_size for info in infos) > limits.max_unpacked:
        return Refused("too_large", "unpacks to too much")
    if any(info.file_size > 1_000_000 and info.file_size > MOST_RATIO * max(info.compress_size, 1) for info in infos):
        return Refused("too_large", "packed too tightly")
    if any(info.flag_bits & 1 for info in infos):
        return Refused("encrypted", "needs a password")
    if any("vbaproject" in info.filename.lower() for info in infos):
        return Refused("unsafe", "macros")
    return _without_document_types(members, infos)


def _without_document_types(members: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> zipfile.ZipFile | Refused:
    """Office never writes a DOCTYPE: one that has it wants entities expanded or outside files fetched."""
    for info in infos:
        if not info.filename.lower().endswith((".xml", ".rels")):
            continue
        try:
            part = members.read(info)
        except (*_ZIP_ERRORS, zlib.error) as error:
            return Refused("damaged", type(error).__name__)
        if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
            return Refused("unsafe", "document type")
        if info.filename == "[Content_Types].xml" and b"macroEnabled" in part:
            return Refused("unsafe", "macros")
    return members
