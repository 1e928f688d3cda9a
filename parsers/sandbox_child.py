"""The far side of the sandbox: a process that has the libraries loaded and forks a limited child for each file to be read.

It never looks at a file itself. Spoken over one socket with ``parsers.sandbox``: a request is a JSON object with two descriptors, the
file's bytes and the pipe for results; answers are ``{"pid": n}`` at the start of a child and ``{"status": n, "seconds": s}`` at its end.
The child writes lines to the pipe, each a letter and JSON: O opened, P page, E end, M models wanted, X broke off.
"""

from __future__ import annotations

import ctypes
import gc
import io
import json
import os
import resource
import select
import shutil
import signal
import socket
import sys
import tempfile
from contextlib import suppress
from typing import IO, Any

import pikepdf

from parsers.read_file import read_file
from parsers.read_limits import ReadLimits
from parsers.values import FileKind, Page

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_CLONE_NEWNET, _CLONE_NEWUSER = 0x40000000, 0x10000000
MEGABYTE = 1 << 20
MOST_WRITTEN = 256 * MEGABYTE  # of one file that a child or its tools may write
MOST_REQUEST = 65536

_libc = ctypes.CDLL(None, use_errno=True)


class ModelsWanted(Exception):
    """Raised in a child that needs the reading models where they are not loaded yet: they are loaded once, outside, for all children."""


class _Results:
    """The child's lines to whoever asked (a ``Progress``)."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe

    def line(self, letter: str, body: str) -> None:
        self._pipe.write(letter.encode() + body.encode() + b"\n")
        self._pipe.flush()

    def opened(self, page_count: int, signed: bool) -> None:
        self.line("O", json.dumps({"page_count": page_count, "signed": signed}))

    def read(self, page: Page) -> None:
        self.line("P", page.model_dump_json())
        _libc.malloc_trim(0)  # what one page's pictures took is given back: a file of thirty pages takes hardly more than one page


class Zygote:
    """Serves requests one after another until the socket closes. ``loaded`` tells whether the reading models are in memory."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self.loaded = False
        self._knows_forms = False

    def serve(self) -> None:
        _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        _warm()
        self._say({"ready": True})
        while True:
            try:
                message, descriptors, _, _ = socket.recv_fds(self._channel, MOST_REQUEST, 2)
            except ConnectionResetError:
                return
            if not message:
                return
            if len(descriptors) == 2:
                self._serve(json.loads(message), *descriptors)

    def _serve(self, request: dict[str, Any], file: int, pipe: int) -> None:
        self._prepare(request)
        pid = os.fork()
        if pid == 0:
            self._channel.close()
            _child(request, file, pipe, loaded=self.loaded)
        os.close(file)
        os.close(pipe)
        self._say({"pid": pid})
        self._watch(pid, request["temporary"])

    def _prepare(self, request: dict[str, Any]) -> None:
        """Before the first file: the blank forms, and with them the shapes of their characters; before the first picture: the models."""
        before = self._knows_forms, self.loaded
        if not self._knows_forms:
            _know_forms(request["limits"])
            self._knows_forms = True
        if request["load_models"] and not self.loaded:
            from parsers.seeing import load_models

            load_models()
            self.loaded = True
        if before != (self._knows_forms, self.loaded):
            gc.collect()
            gc.freeze()

    def _watch(self, pid: int, temporary: str) -> None:
        """Wait for the child's end, or for word to end it; then end its whole group and reap it."""
        child = os.pidfd_open(pid)
        try:
            waiting = select.poll()
            waiting.register(child, select.POLLIN)
            waiting.register(self._channel, select.POLLIN)
            told_by = {descriptor for descriptor, _ in waiting.poll()}
            gone = self._channel.fileno() in told_by and not self._word()
        finally:
            os.close(child)
        _kill_group(pid)
        _, status, usage = os.wait4(pid, 0)
        _reap_orphans()
        if gone:
            shutil.rmtree(temporary, ignore_errors=True)
            sys.exit(0)
        self._say({"status": os.waitstatus_to_exitcode(status), "seconds": round(usage.ru_utime + usage.ru_stime, 3)})

    def _word(self) -> bytes:
        """What was said meanwhile; nothing where whoever asked is gone."""
        try:
            return self._channel.recv(MOST_REQUEST)
        except ConnectionResetError:
            return b""

    def _say(self, answer: dict[str, Any]) -> None:
        """Whoever asked may be gone, stopped in the midst of it: then nobody hears, and the next look at the channel ends this process."""
        with suppress(BrokenPipeError, ConnectionResetError):
            self._channel.sendall(json.dumps(answer).encode())


def _know_forms(limits: dict[str, Any]) -> None:
    """Read the office's own blank forms, once for all children, and learn the shapes of their characters, which stand on other papers too."""
    from parsers.blank_forms import blank_pages
    from parsers.glyph_shapes import learn

    pages = blank_pages(ReadLimits.model_validate(limits).known_forms)
    learn("".join(word.text for page in pages for word in page.words))


def _warm() -> None:
    """Import what reading needs, once for all children. OpenCV must not start threads: they do not survive a fork."""
    import cv2

    cv2.setNumThreads(1)
    import parsers.seeing
    import parsers.sheet_pages
    import parsers.word_pages  # noqa: F401

    read_file(_own_page(), FileKind.PDF, ReadLimits())
    gc.collect()
    gc.freeze()


def _own_page() -> bytes:
    """A page of our own making, read once so that fonts and tables stand ready: 40 ms that no child spends again."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(300, 200))
        named = {"/L": ("/Helvetica", None), "/C": ("/MSung-Light", "/UniCNS-UCS2-H")}
        fonts = pikepdf.Dictionary()
        for name, (base, encoding) in named.items():
            font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name(base))
            if encoding:
                below = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.CIDFontType0, BaseFont=pikepdf.Name(base))
                below.CIDSystemInfo = pikepdf.Dictionary(Registry="Adobe", Ordering="CNS1", Supplement=0)
                font.Subtype, font.Encoding, font.DescendantFonts = pikepdf.Name.Type0, pikepdf.Name(encoding), pikepdf.Array([below])
            fonts[name] = font
        page.Resources = pikepdf.Dictionary(Font=fonts)
        page.Contents = pdf.make_stream(b"BT /L 12 Tf 20 150 Td (Application) Tj /C 12 Tf 0 -30 Td <7533 8ACB> Tj ET")
        pdf.save(out)
    return out.getvalue()


def _kill_group(pid: int) -> None:
    for ended in (os.killpg, os.kill):  # the group is not there yet when the child is killed at its very start
        try:
            ended(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _reap_orphans() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            continue
    except ChildProcessError:
        return


def _child(request: dict[str, Any], file: int, pipe: int, *, loaded: bool) -> None:
    """Read one file within its limits and end the process; whatever goes wrong is told in a line, or shows by the lack of one."""
    with os.fdopen(pipe, "wb") as out:
        results = _Results(out)
        try:
            limits = ReadLimits.model_validate(request["limits"])
            confine(limits, request["temporary"])
            data = _bytes(file)
            os.close(file)

            def before_ocr() -> None:
                if not loaded:
                    raise ModelsWanted

            read = read_file(data, FileKind(request["kind"]), limits, first_page=request["first_page"], progress=results, before_ocr=before_ocr)
            results.line("E", read.model_copy(update={"pages": ()}).model_dump_json())
        except ModelsWanted:
            results.line("M", "{}")
        except BaseException as error:  # noqa: BLE001 (the boundary around one file: its cause is told, and the process ends)
            results.line("X", json.dumps({"error": type(error).__name__}))
            os._exit(1)
        os._exit(0)


def _bytes(file: int) -> bytes:
    with open(os.dup(file), "rb") as stream:  # noqa: PTH123 (a descriptor)
        stream.seek(0)
        return stream.read()


def confine(limits: ReadLimits, temporary: str) -> None:
    """Limits on this process and all that it starts: own session, dies with its parent, memory, time, file size, no network where permitted."""
    os.setsid()
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    _no_network()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    os.environ["TMPDIR"] = tempfile.tempdir = temporary
    memory = limits.memory_mb * MEGABYTE + _address_space()
    cpu = int(1.2 * limits.file_seconds) + 5
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, MOST_WRITTEN),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 256),
    ):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def _address_space() -> int:
    """Bytes of address space in use: what the libraries took before any file was looked at."""
    with open("/proc/self/statm", encoding="ascii") as numbers:  # noqa: PTH123 (kept to one call)
        return int(numbers.read().split()[0]) * resource.getpagesize()


def _no_network() -> None:
    """An empty network namespace, where the system allows one; elsewhere nothing changes."""
    if _libc.unshare(_CLONE_NEWNET) != 0:
        _libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def main() -> None:
    Zygote(socket.socket(fileno=int(sys.argv[1]))).serve()


if __name__ == "__main__":
    main()
