"""What lies in an opaquely signed mail or file (S/MIME, application/pkcs7-mime; RFC 5652 section 5): its content, the signature not looked at.

The content is read as that of an unsigned mail is: who signed it proves nothing to us. Encrypted and compressed content is not opened.
"""

from __future__ import annotations

from typing import NamedTuple

_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_DATA = bytes.fromhex("2a864886f70d010701")
_SEQUENCE, _SET, _OID, _OCTETS, _OCTETS_IN_PIECES, _EXPLICIT = 0x30, 0x31, 0x06, 0x04, 0x24, 0xA0
_MOST_ELEMENTS = 100_000  # of the encoding: a program that signs while it reads writes a piece for each kilobyte or more
_DEEPEST = 10


class _Element(NamedTuple):
    """One element of a BER encoding (X.690): where its content begins and ends, and where the next element begins."""

    tag: int
    start: int
    stop: int
    next: int


class _Unfit(Exception):
    """The bytes are no such encoding, or one that costs too much to read."""


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._left = _MOST_ELEMENTS

    def element(self, at: int, end: int, depth: int = 0) -> _Element:
        """The element at an offset; of one without a length its end is found by reading what is in it."""
        self._left -= 1
        if self._left < 0 or depth > _DEEPEST or at + 2 > end:
            raise _Unfit
        tag, first, start = self._data[at], self._data[at + 1], at + 2
        if first == 0x80:
            inner = start
            while self._data[inner : inner + 2] != b"\x00\x00":
                inner = self.element(inner, end, depth + 1).next
            return _Element(tag, start, inner, inner + 2)
        if first & 0x80:
            size = first & 0x7F
            length, start = int.from_bytes(self._data[start : start + size], "big"), start + size
            if size > 4:
                raise _Unfit
        else:
            length = first
        if start + length > end:
            raise _Unfit
        return _Element(tag, start, start + length, start + length)

    def inside(self, at: int, end: int, tag: int) -> _Element:
        found = self.element(at, end)
        if found.tag != tag:
            raise _Unfit
        return found

    def octets(self, found: _Element, depth: int = 0) -> list[bytes]:
        """An octet string, whole or in pieces."""
        if found.tag == _OCTETS:
            return [self._data[found.start : found.stop]]
        if found.tag != _OCTETS_IN_PIECES or depth > _DEEPEST:
            raise _Unfit
        pieces, at = [], found.start
        while at < found.stop:
            piece = self.element(at, found.stop)
            pieces += self.octets(piece, depth + 1)
            at = piece.next
        return pieces

    def is_oid(self, found: _Element, wanted: bytes) -> bool:
        return found.tag == _OID and self._data[found.start : found.stop] == wanted

    def content(self) -> bytes | None:
        """ContentInfo, SignedData, EncapsulatedContentInfo (RFC 5652 sections 3 and 5.1), the last one's content."""
        whole = self.inside(0, len(self._data), _SEQUENCE)
        kind = self.element(whole.start, whole.stop)
        if not self.is_oid(kind, _SIGNED_DATA):
            return None
        wrapped = self.inside(kind.next, whole.stop, _EXPLICIT)
        signed = self.inside(wrapped.start, wrapped.stop, _SEQUENCE)
        version = self.element(signed.start, signed.stop)
        digests = self.inside(version.next, signed.stop, _SET)
        capsule = self.inside(digests.next, signed.stop, _SEQUENCE)
        inner = self.element(capsule.start, capsule.stop)
        if not self.is_oid(inner, _DATA) or inner.next >= capsule.stop:
            return None
        explicit = self.inside(inner.next, capsule.stop, _EXPLICIT)
        return b"".join(self.octets(self.element(explicit.start, explicit.stop)))


def content_of_signed(data: bytes) -> bytes | None:
    """The content of a signed object; None where it is encrypted, compressed, signed apart from its content, damaged, or none. Never raises."""
    try:
        return _Reader(data).content() or None
    except (_Unfit, IndexError):
        return None
