"""The process in which pages are drawn: it has the libraries loaded and forks a limited child for each page, as ``parsers.sandbox_child`` does.

A request is a JSON object with two descriptors, the file's bytes and the pipe for the answer; the process answers with the child's process id and,
at its end, with an empty object. The child writes one JSON line and the picture's bytes.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from contextlib import suppress
from typing import Any

from parsers.page_drawing import CannotDraw, draw_page
from parsers.read_limits import ReadLimits
from parsers.sandbox_child import confine
from parsers.values import FileKind

_MOST_REQUEST = 65536


def serve(channel: socket.socket) -> None:
    """Draws one page after another until the other side closes."""
    while True:
        message, descriptors, _, _ = socket.recv_fds(channel, _MOST_REQUEST, 2)
        if not message:
            return
        if len(descriptors) != 2:
            continue
        file, pipe = descriptors
        pid = os.fork()
        if pid == 0:
            channel.close()
            _draw(json.loads(message), file, pipe)
        os.close(file)
        os.close(pipe)
        channel.sendall(json.dumps({"pid": pid}).encode())
        os.waitpid(pid, 0)
        channel.sendall(b"{}")


def _draw(request: dict[str, Any], file: int, pipe: int) -> None:
    with os.fdopen(pipe, "wb") as out:
        try:
            limits = ReadLimits.model_validate(request["limits"])
            confine(limits, request["temporary"])
            with open(file, "rb") as stream:
                stream.seek(0)
                data = stream.read()
            png, width, height = draw_page(data, FileKind(request["kind"]), request["page"], request["dpi"], limits)
            out.write(json.dumps({"width": width, "height": height}).encode() + b"\n" + png)
        except CannotDraw as error:
            out.write(json.dumps({"error": str(error)}).encode() + b"\n")
        except BaseException as error:  # noqa: BLE001 (the boundary around one page: its cause is told, and the process ends)
            out.write(json.dumps({"error": type(error).__name__}).encode() + b"\n")
        out.flush()
    os._exit(0)


if __name__ == "__main__":
    with suppress(BrokenPipeError, ConnectionResetError):  # whoever asked is gone, stopped in the midst of it: nobody waits for a page
        serve(socket.socket(fileno=int(sys.argv[1])))
