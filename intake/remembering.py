"""Memories of reading: the same bytes are never read twice by the same version of the reader, nor taken apart twice by the same code."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from intake.mail_reading import FileReader, MailExtract, MailRead, classified, is_certain, reading_key, without_papers, words_key
from parsers.catalogue import MailWords
from parsers.read_limits import ReadLimits
from parsers.values import FileKind, FileRead

if TYPE_CHECKING:
    from storage.database import Database, Transaction

TRIES = 3  # readings that ran out of time or broke the reader before the outcome is taken for the file's own


class RememberingReader:
    """Asks the record first, then the reader, and keeps what came out.

    What may be chance is read again the next time, until it came thrice under the same limits: else every reprocess of an archive would wait
    for the same hopeless scans.
    """

    def __init__(self, reader: FileReader, database: Database, limits: ReadLimits | None = None) -> None:
        self._reader, self._database = reader, database
        self._key, self._key_of_time = (reading_key(limits or ReadLimits(), of_time=of_time) for of_time in (False, True))

    def read(self, data: bytes, kind: FileKind) -> FileRead:
        from storage.reads import remember_chance, remember_read

        sha256 = hashlib.sha256(data).hexdigest()
        known = self._known(sha256)
        if known is not None and known.kind is kind:
            return known
        made = self._reader.read(data, kind)
        with self._database.transaction() as tx, suppress(PydanticSerializationError):  # half a character, which no JSON can carry
            if is_certain(made):
                remember_read(tx, made, self._key, datetime.now(UTC))
            else:
                remember_chance(tx, made, self._key_of_time, datetime.now(UTC))
        return made

    def _known(self, sha256: str) -> FileRead | None:
        from storage.reads import remembered_read

        with self._database.reading() as tx:
            return remembered_read(tx, sha256, self._key) or remembered_read(tx, sha256, self._key_of_time, tries=TRIES)


class MailMemory:
    """What mails say, remembered in the record under one key; and, of the mails in hand, what is remembered nowhere else.

    A mail one of whose papers ran out of time, or broke its reader, is not remembered in the record: it is read again the next time.
    """

    def __init__(self, database: Database, key: str, *, holds: int = 0) -> None:
        """``holds``: of how many mails what must not be remembered is held until the process ends."""
        self.key = key
        self._database, self._holds = database, holds
        self._in_hand: OrderedDict[str, str] = OrderedDict()
        self._keyed: tuple[MailWords | None, str] = (None, "")

    def _key_of(self, words: MailWords) -> str:
        """``words_key``, worked out once for the same words."""
        known, key = self._keyed
        if known is not words:
            key = words_key(words)
            self._keyed = (words, key)
        return key

    def recall(self, sha256: str, words: MailWords, tx: Transaction | None = None) -> MailExtract | None:
        """What the mail of these bytes says; its class by these words. None where that is not remembered."""
        from storage.extracts import remembered_extract

        text = self._in_hand.get(sha256)
        if text is None:
            with self._database.reading() if tx is None else nullcontext(tx) as tx:
                text = remembered_extract(tx, sha256, self.key)
        if text is None:
            return None
        try:
            extract = MailExtract.model_validate_json(text)
        except ValidationError:  # whatever cannot be understood is made anew
            return None
        if extract.words != self._key_of(words):
            known = classified(extract.message, words, extract.application)
            extract = extract.model_copy(update={"words": self._key_of(words), "classified": known})
            self._remember(sha256, _as_json(extract), certain=sha256 not in self._in_hand)
        return extract

    def keep(self, sha256: str, mail: MailRead, words: MailWords) -> None:
        """Remembers what an extracted mail says. Raises StorageError."""
        if mail.application is None or mail.classified is None:
            return
        message = without_papers(mail.message)
        extract = MailExtract(message=message, application=mail.application, classified=mail.classified, words=self._key_of(words))
        self._remember(sha256, _as_json(extract), certain=mail.is_certain)

    def hold(self, sha256: str, extract: str) -> None:
        """Holds what came of a mail and may be chance, as JSON, so that it is read once in a run; forgotten when ``holds`` others came after it."""
        if self._holds:
            self._in_hand[sha256] = extract
            while len(self._in_hand) > self._holds:
                self._in_hand.popitem(last=False)

    def take(self, sha256: str) -> str | None:
        """What is held of a mail and remembered nowhere else, as JSON; held no longer."""
        return self._in_hand.pop(sha256, None)

    def lacking(self, sha256s: Sequence[str]) -> frozenset[str]:
        """Those of these mails that a reprocess would have to read: neither remembered, nor erased, nor settled as something else."""
        from storage.extracts import extracts_lacking, needing_no_extract

        with self._database.reading() as tx:
            lacking = extracts_lacking(tx, sha256s, self.key) - self._in_hand.keys()
            return lacking - needing_no_extract(tx, list(lacking))

    def _remember(self, sha256: str, extract: str | None, *, certain: bool) -> None:
        from storage.extracts import remember_extract

        if extract is None:
            return
        if not certain:
            self.hold(sha256, extract)
            return
        with self._database.transaction() as tx:
            remember_extract(tx, sha256, self.key, extract, datetime.now(UTC))


def _as_json(extract: MailExtract) -> str | None:
    """None where the mail holds half a character that no JSON can carry: it is read anew each time."""
    try:
        return extract.model_dump_json()
    except PydanticSerializationError:
        return None
