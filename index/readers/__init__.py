"""Papers in: one module a format, chosen by what a file holds and not by its name."""

from __future__ import annotations

import logging
import os
import stat
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from index.errors import ReadError
from index.papers import Offered
from index.readers.files import HEAD, opened
from index.readers.sniffing import reader_for

FORMATS = "JATS, PubMed and BioC XML or JSON, PDF with text, .nbib, RIS, BibTeX, Markdown, plain text; each also as .gz"
"""What `read` reads, in words for users."""

_log = logging.getLogger(__name__)


def read(path: Path) -> Iterator[Offered]:
    """The papers of a file, in the file's order; what can't be read is yielded as a ReadError among them.

    The format is told by the content, gzip included. A broken record costs only itself; a file that can't be
    read at all yields exactly one ReadError. Raises nothing.
    """
    source = path.name
    count = 0
    try:
        _check(path, source)
        with opened(path, source) as stream:
            head = stream.read(HEAD)
        reader = reader_for(head, source)
        with opened(path, source) as stream:
            for item in reader(stream, source):
                count += 1
                yield item
    except ReadError as error:
        yield error
    except (EOFError, zlib.error) as error:
        _log.info("%s: %s", path, error)
        yield ReadError(f"{source}: the compressed file is damaged or incomplete.", hint="Download it again.")
    except OSError as error:
        yield _unreadable(source, error)
    except Exception:  # a fault of a parser on one file must not cost the other ninety-nine
        _log.exception("Reading %s failed", path)
        yield ReadError(
            f"{source} can't be read; its content surprised the reader of this format.",
            hint="Try the paper in another format (PDF or XML); the log holds the details.",
        )
    else:
        if not count:
            yield ReadError(f"{source} holds no paper.", hint=f"Locus reads {FORMATS}.")


def papers_in(paths: Iterable[Path]) -> Iterator[Path]:
    """The files among ``paths`` and, sorted, those in its folders at any depth, hidden ones left out.

    A path that doesn't exist is passed on, so that `read` can say so. Links to folders aren't followed.
    """
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for folder, folders, files in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            yield from (Path(folder) / name for name in sorted(files) if not name.startswith("."))


def _check(path: Path, source: str) -> None:
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise ReadError(f"{source} is a folder.", hint="Add the files in it.")
    if not stat.S_ISREG(status.st_mode):
        raise ReadError(f"{source} is not a file.", hint="Add files or folders of papers.")
    if not status.st_size:
        raise ReadError(f"{source} is empty (0 bytes).", hint="Download or save it again.")


def _unreadable(source: str, error: OSError) -> ReadError:
    if isinstance(error, FileNotFoundError):
        return ReadError(f"{source} doesn't exist.", hint="Check the path.")
    if isinstance(error, PermissionError):
        return ReadError(f"{source} may not be read.", hint="Give yourself read permission for it.")
    return ReadError(
        f"{source} can't be read ({error.strerror or 'damaged compressed file'}).",
        hint="Check the file or download it again.",
        retry=error.errno is not None,
    )
