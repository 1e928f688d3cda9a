"""Builds the files that Outlook writes, as small as they can be: winmail.dat (TNEF) and .msg (a compound file)."""

from __future__ import annotations

import struct

FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_LARGE = 4096
Storage = dict[str, "bytes | Storage"]


def _tnef_object(level: int, name: int, kind: int, data: bytes) -> bytes:
    return struct.pack("<BHHI", level, name, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def _mapi_text(name: int, text: str) -> bytes:
    raw = text.encode("utf-16-le") + b"\x00\x00"
    return struct.pack("<HHII", 0x1F, name, 1, len(raw)) + raw + b"\x00" * (-len(raw) % 4)


def winmail(files: dict[str, bytes]) -> bytes:
    """A winmail.dat with the files; the short title of each is unreadable, the long name is in its MAPI properties."""
    out = struct.pack("<IH", 0x223E9F78, 1) + _tnef_object(1, 0x9006, 8, struct.pack("<I", 0x10000))
    for name, data in files.items():
        out += _tnef_object(2, 0x9002, 6, b"\x01\x00" + b"\x00" * 12)
        out += _tnef_object(2, 0x8010, 1, b"FILE~1.PDF\x00") + _tnef_object(2, 0x800F, 6, data)
        out += _tnef_object(2, 0x9005, 6, struct.pack("<I", 1) + _mapi_text(0x3707, name))
    return out


def _properties(texts: dict[int, str], binaries: dict[int, bytes], header: int, numbers: dict[int, int] | None = None) -> Storage:
    table, out = b"\x00" * header, Storage()
    for prop, text in texts.items():
        raw = text.encode("utf-16-le")
        table += struct.pack("<HHIII", 0x1F, prop, 6, len(raw) + 2, 0)
        out[f"__substg1.0_{prop:04X}001F"] = raw
    for prop, raw in binaries.items():
        table += struct.pack("<HHIII", 0x102, prop, 6, len(raw), 0)
        out[f"__substg1.0_{prop:04X}0102"] = raw
    for prop, number in (numbers or {}).items():
        table += struct.pack("<HHIII", 3, prop, 6, number, 0)
    out["__properties_version1.0"] = table
    return out


def msg(subject: str, body: str, files: dict[str, bytes], sender: str = "chan@wahfung.example") -> bytes:
    """An Outlook message with the files attached."""
    root = _properties({0x001A: "IPM.Note", 0x0037: subject, 0x1000: body, 0x0C1A: "Chan", 0x0C1F: sender, 0x5D01: sender}, {}, 32)
    for number, (name, data) in enumerate(files.items()):
        root[f"__attach_version1.0_#{number:08X}"] = _properties({0x3707: name, 0x370E: "application/pdf"}, {0x3701: data}, 8, {0x3705: 1})
    return compound(root)


def _chain(count: int, start: int) -> list[int]:
    return [*range(start + 1, start + count), END] if count else []


class _Compound:
    """Lays a tree out as a compound file, version 3: small streams in the mini stream, large ones in sectors of their own, siblings as a
    right-leaning tree. A large stream's start counts from the first sector of large streams, as a negative number until that is known."""

    def __init__(self) -> None:
        self.large: list[bytes] = []
        self.large_sectors = 0
        self.entries: list[tuple[str, int, int, int, int, int]] = []  # name, type, right, child, start, size
        self.mini = b""
        self.mini_fat: list[int] = []

    def add(self, name: str, content: bytes | Storage, right: int) -> int:
        if isinstance(content, bytes) and len(content) >= _LARGE:
            self.entries.append((name, 2, right, FREE, -1 - self.large_sectors, len(content)))
            self.large.append(content + b"\x00" * (-len(content) % 512))
            self.large_sectors += len(self.large[-1]) // 512
            return len(self.entries) - 1
        if isinstance(content, bytes):
            start = len(self.mini) // 64
            padded = content + b"\x00" * (-len(content) % 64)
            self.mini += padded
            self.mini_fat += _chain(len(padded) // 64, start)
            self.entries.append((name, 2, right, FREE, start if content else END, len(content)))
            return len(self.entries) - 1
        child = FREE
        for inner in sorted(content, key=lambda n: (len(n), n.upper()), reverse=True):
            child = self.add(inner, content[inner], child)
        self.entries.append((name, 1, right, child, 0, 0))
        return len(self.entries) - 1


def _entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    raw = name.encode("utf-16-le") + b"\x00\x00"
    return struct.pack("<64sHBBIII16sIQQIQ", raw, len(raw), kind, 1, FREE, right, child, b"", 0, 0, 0, start, size)


def _shifted(number: int) -> int:
    return number if number == FREE else number + 1


def compound(tree: Storage) -> bytes:
    """A compound file (OLE) of the tree."""
    layout = _Compound()
    child = FREE
    for name in sorted(tree, key=lambda n: (len(n), n.upper()), reverse=True):
        child = layout.add(name, tree[name], child)
    mini = layout.mini + b"\x00" * (-len(layout.mini) % 512)
    mini_fat = b"".join(struct.pack("<I", n) for n in layout.mini_fat)
    mini_fat += b"\xff" * (-len(mini_fat) % 512)
    directory_size = -(-(len(layout.entries) + 1) // 4)
    others = directory_size + len(mini_fat) // 512 + len(mini) // 512 + layout.large_sectors
    fats = next(count for count in range(1, 110) if count * 128 >= count + others)  # more than 109 would need sectors that list them
    at_directory, at_mini_fat = fats, fats + directory_size
    at_mini = at_mini_fat + len(mini_fat) // 512
    at_large = at_mini + len(mini) // 512
    rows = [_entry("Root Entry", 5, FREE, _shifted(child), at_mini, len(layout.mini))]
    rows += [
        _entry(name, kind, _shifted(right), _shifted(inner), start if start >= 0 else at_large - 1 - start, size)
        for name, kind, right, inner, start, size in layout.entries
    ]
    directory = b"".join(rows)
    directory += b"\x00" * (-len(directory) % 512)
    chains = [FAT] * fats
    chains += [*_chain(directory_size, at_directory), *_chain(len(mini_fat) // 512, at_mini_fat), *_chain(len(mini) // 512, at_mini)]
    for stream in layout.large:
        chains += _chain(len(stream) // 512, len(chains))
    fat = b"".join(struct.pack("<I", n) for n in chains + [FREE] * (fats * 128 - len(chains)))
    head = struct.pack(
        "<8s16sHHHHH6sIIIIIIIII",
        bytes.fromhex("d0cf11e0a1b11ae1"),
        b"",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        b"",
        0,
        fats,
        at_directory,
        0,
        4096,
        at_mini_fat,
        len(mini_fat) // 512,
        END,
        0,
    )
    head += b"".join(struct.pack("<I", n) for n in range(fats)) + b"\xff" * (4 * (109 - fats))
    return head + fat + directory + mini_fat + mini + b"".join(layout.large)
