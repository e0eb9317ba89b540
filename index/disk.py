"""Writing to disk safely: files replaced at once, one writer at a time, and disk errors told in words."""

from __future__ import annotations

import errno
import hashlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from filelock import FileLock, Timeout

from index.errors import LibraryError

_CHUNK = 1 << 20


def replace_atomically(path: Path, write: Callable[[IO[bytes]], Any]) -> None:
    """Give ``path`` the content that ``write`` puts into the open file: all of it, or the old content stays.

    The new content is flushed to disk before it takes the name, and the name before this returns, so that
    neither a kill nor a power cut leaves half a file.
    """
    temporary = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        with temporary.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Make the names in ``folder`` durable, where the system allows it (Windows does not)."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def digest(file: IO[bytes]) -> str:
    """SHA-256, in hexadecimal, of what is left to read in ``file``."""
    checksum = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        checksum.update(chunk)
    return checksum.hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256, in hexadecimal, of a file."""
    with path.open("rb") as file:
        return digest(file)


def size_of(folder: Path) -> int:
    """Bytes of all files below ``folder``; a file that goes away meanwhile counts nothing."""
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):
            total += path.stat().st_size if path.is_file() else 0
    return total


class WriteLock:
    """One writer at a time, among the threads of this process and all processes on one folder.

    The lock dies with its process, so a killed writer never blocks the next one. Re-entrant within a thread.
    """

    def __init__(self, path: Path) -> None:
        self._threads = threading.RLock()
        self._processes = FileLock(path, thread_local=False)

    @contextmanager
    def held(self, *, seconds: float = 120.0) -> Iterator[None]:
        """Hold the lock; LibraryError (``retry``) where another writer keeps it for longer than ``seconds``."""
        if not self.acquire(seconds):
            raise LibraryError(
                f"Another Locus has been writing to this library for more than {seconds:.0f} seconds.",
                hint="Wait until it has finished, or stop it, and try again.",
                retry=True,
            )
        try:
            yield
        finally:
            self.release()

    def acquire(self, seconds: float = 0.0) -> bool:
        """Try for ``seconds`` to take the lock; whether it was taken."""
        if not self._threads.acquire(timeout=max(0.0, seconds)):
            return False
        try:
            self._processes.acquire(timeout=seconds, poll_interval=0.02)
        except Timeout:
            self._threads.release()
            return False
        except BaseException:
            self._threads.release()
            raise
        return True

    def release(self) -> None:
        """Give the lock back."""
        self._processes.release()
        self._threads.release()


@contextmanager
def disk_errors_in_words(folder: Path) -> Iterator[None]:
    """Turn errors of the disk and of SQLite into LibraryErrors that say what is wrong with ``folder``."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise _in_words(folder, error) from error


def _in_words(folder: Path, error: OSError | sqlite3.Error) -> LibraryError:
    text = str(error).lower()
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.ENOSPC, errno.EDQUOT) or "is full" in text:
        return LibraryError(
            f"The disk that holds the library {folder} is full.",
            hint="Free some space and run the same command again: what was finished is kept.",
            retry=True,
        )
    if number in (errno.EACCES, errno.EPERM, errno.EROFS) or "readonly" in text or "unable to open" in text:
        return LibraryError(
            f"The library folder {folder} can't be written to.",
            hint="Check its permissions, or name another folder with --library or LOCUS_LIBRARY.",
        )
    if "locked" in text or "busy" in text:
        return LibraryError(
            f"The library {folder} is busy: another program holds its catalogue.",
            hint="Wait until it has finished and try again.",
            retry=True,
        )
    if any(sign in text for sign in ("malformed", "not a database", "corrupt", "disk image")):
        return LibraryError(
            f"The catalogue of the library {folder} is damaged ({error}).",
            hint="Restore catalogue.sqlite from a copy, or name a new folder and add the papers again.",
        )
    return LibraryError(f"The library {folder} can't be used: {error}.", hint="Check the disk and the folder.")
