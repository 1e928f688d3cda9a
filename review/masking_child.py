"""Papers masked in a limited process of their own: what takes a sender's file apart never does so in the site's process.

The process is started for one file, gets it with what stands for what, and has a memory of its own, ten seconds, no network and no standard streams
(parsers.sandbox_child.confine). What it makes comes back as bytes and is read again by the service's reader before anybody trusts it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from parsers.read_limits import ReadLimits
from parsers.sandbox_child import confine
from parsers.temporary_folders import MASKING, temporary_folder
from parsers.values import FileKind, Part, PartRole
from review.masked_files import CannotMask, remade
from review.masking import Masks

_SECONDS = 20.0
_LIMITS = ReadLimits(file_seconds=10.0, memory_mb=600)
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH")


def remade_apart(part: Part, masks: Masks, *, pictures: bool = True) -> bytes:
    """As ``masked_files.remade``, in a process of its own. Raises CannotMask; ``not_plain`` too where the process did not end well."""
    asked = {"kind": part.kind.value, "name": part.name or "", "masks": masks.as_told(), "pictures": pictures}
    with ExitStack() as open_files:
        request, result = (open_files.enter_context(os.fdopen(os.memfd_create(name), "w+b")) for name in ("asked", "made"))
        request.write(json.dumps(asked).encode() + b"\n" + part.data)
        request.flush()
        temporary = open_files.enter_context(temporary_folder(MASKING))
        if not _ended_well(request, result, temporary):
            raise CannotMask("not_plain", part.name or "")
        result.seek(0)
        head, _, made = result.read().partition(b"\n")
    told = json.loads(head)
    if "code" in told:
        raise CannotMask(str(told["code"]), part.name or "")
    return made


def _ended_well(request: BinaryIO, result: BinaryIO, temporary: str) -> bool:
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    environment |= {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path(__file__).resolve().parent.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-P", "-m", "review.masking_child", str(request.fileno()), str(result.fileno()), temporary]
    try:
        ended = subprocess.run(  # noqa: S603 (our own module)
            command, pass_fds=(request.fileno(), result.fileno()), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=environment, timeout=_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return False
    return ended.returncode == 0


def _serve(request: int, result: int, temporary: str) -> None:
    """The process itself: one file, and its end."""
    with os.fdopen(request, "rb") as asking:
        asking.seek(0)
        head, _, data = asking.read().partition(b"\n")
    asked = json.loads(head)
    kind = FileKind(asked["kind"])
    part = Part(path="1", sha256="0" * 64, size=len(data), data=data, name=asked["name"], declared_type="", kind=kind, role=PartRole.PAPER)
    confine(_LIMITS, temporary)
    with os.fdopen(result, "wb") as out:
        try:
            made = remade(part, Masks.told(asked["masks"]), pictures=asked["pictures"])
        except CannotMask as error:
            out.write(json.dumps({"code": error.code}).encode() + b"\n")
        else:
            out.write(b"{}\n" + made)


if __name__ == "__main__":
    _serve(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
