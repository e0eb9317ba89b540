"""The files of a genome session: moved out of the upload folder at once, kept only so that filters can be moved.

They lie in a folder of their own, readable by this account alone, until another file comes, the reader clears them,
the page is closed or Locus ends.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.genome.explaining import NOTHING_EXPLAINED, Explained
from assistant.genome.records import GenomeData
from assistant.genome.report import NO_SETS, Sets
from index.errors import LocusError

LARGEST = 500 * 10**6
"""Bytes of a file that the page takes; the command line takes larger ones."""


@dataclass(frozen=True, slots=True)
class Session:
    """What a reader has given and what became of it; lives in memory, but for the files in ``folder``."""

    folder: Path | None = None
    file: Path | None = None
    ped: Path | None = None
    gmt: Path | None = None
    pasted: str = ""
    data: GenomeData | None = None
    explained: Explained = NOTHING_EXPLAINED
    sets: Sets = NO_SETS

    @property
    def name(self) -> str:
        """What is read."""
        return self.file.name if self.file else "your list"

    def with_file(self, uploaded: str, kind: str) -> Session:
        """A session that holds an uploaded file as its ``kind``: "file", "ped" or "gmt". LocusError."""
        path = Path(uploaded)
        _refuse_large(path)
        folder = self.folder or _folder(path)
        kept, moved = replace(self, folder=folder), _moved(path, folder / kind)
        match kind:
            case "ped":
                return replace(kept, ped=moved)
            case "gmt":
                return replace(kept, gmt=moved)
        return replace(kept, file=moved, pasted="", data=None)

    def with_list(self, text: str) -> Session:
        """A session that holds pasted symbols in the place of a file."""
        if self.folder:
            shutil.rmtree(self.folder / "file", ignore_errors=True)
        return replace(self, file=None, pasted=text, data=None)

    def forget(self) -> None:
        """Deletes the files."""
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)


def forget(session: Session | None) -> None:
    """Deletes the files of a session that has ended."""
    if session is not None:
        session.forget()


def _folder(uploaded: Path) -> Path:
    # Beside the folder that Gradio made for this upload, so that it dies with the process.
    return Path(tempfile.mkdtemp(prefix="genome-", dir=uploaded.parent.parent))


def _refuse_large(path: Path) -> None:
    try:
        size = path.stat().st_size
    except OSError:
        raise _unreadable(path) from None
    if size > LARGEST:
        path.unlink(missing_ok=True)
        raise LocusError(
            f"{path.name} has {size / 1e6:,.0f} MB; the page takes {LARGEST / 1e6:,.0f} MB.",
            hint="Use the command line for it: locus genome FILE",
        )


def _moved(path: Path, place: Path) -> Path:
    """The file at its new place, alone there; it is gone from the old one whatever happens."""
    try:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(mode=0o700)
        return Path(shutil.move(path, place / path.name))
    except OSError:
        raise _unreadable(path) from None
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _unreadable(path: Path) -> LocusError:
    return LocusError(f"{path.name} can't be read.", hint="Drop it again.", retry=True)
