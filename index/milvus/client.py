"""The connection to a Milvus server: requests that are asked again where it is away, and its errors in words."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from index.address import Address
from index.errors import LibraryError
from index.milvus.options import Options

logger = logging.getLogger(__name__)

Row = dict[str, Any]

_T = TypeVar("_T")

_PAUSES = (0.1, 0.3, 1.0, 2.0, 3.0)
"""Seconds before the next attempt; the last one from then on."""
_BYTES = 16_000_000
"""Of one request that writes, about: the server takes 64 MB."""
STRONG, SESSION = "Strong", "Session"
"""See all that anybody has written (some 0.2 s), or at least what this process has (no wait), but for deletions."""
_WRONG = re.compile(
    r"cannot parse expression|invalid expression|dimension|field .* not exist|max_?length|capacity", re.I
)
_REFUSED = re.compile(r"auth|permission|privilege|token|denied", re.I)
_AWAY = re.compile(
    r"connect|unavailable|not ready|not healthy|abnormal|timeout|deadline|not loaded|loading|offline|no available"
    r"|channel|node not|shard|leader|service|retry|etcd|broken|reset|closed",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Server:
    """What a server can do."""

    version: str

    @property
    def numbers(self) -> tuple[int, int]:
        """Major and minor version; (0, 0) where it can't be told."""
        found = re.search(r"(\d+)\.(\d+)", self.version)
        return (int(found[1]), int(found[2])) if found else (0, 0)

    @property
    def lite(self) -> bool:
        """Whether it is milvus-lite, within this process."""
        return self.version.startswith("milvus_lite")

    @property
    def ranks_words(self) -> bool:
        """Whether it has full-text functions (BM25) and TEXT_MATCH."""
        return self.numbers >= (2, 5)

    @property
    def indexes_arrays(self) -> bool:
        """Whether lists of names can be indexed."""
        return self.numbers >= (2, 4) and not self.lite

    @property
    def matches_within(self) -> bool:
        """Whether text is found in the middle of a field."""
        return self.numbers >= (2, 4)


class Client:
    """Requests to one server. Safe to use from many threads."""

    def __init__(self, address: Address, options: Options) -> None:
        """Connects; LibraryError where the server isn't there or refuses."""
        self.address = address
        self.options = options
        self._guard = Lock()
        self._lent = _library()
        self._client: Any = None
        self.server = Server(str(self._again(lambda client: client.get_server_version(), options.patience)))

    def close(self) -> None:
        """Close the connection."""
        with self._guard:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    # Rows

    def query(
        self, collection: str, expression: str, fields: Sequence[str], *, limit: int = 0, strong: bool = False
    ) -> list[Row]:
        """Rows that satisfy ``expression``, at most ``limit`` of them (0 = all, where they are not many)."""
        more = {"limit": limit} if limit else {}
        level = STRONG if strong else SESSION
        found = self._again(
            lambda client: client.query(
                collection, filter=expression, output_fields=list(fields), consistency_level=level, **more, **self._time
            )
        )
        return [dict(row) for row in found]

    def count(self, collection: str, expression: str = "", *, strong: bool = False) -> int:
        """Number of rows that satisfy ``expression``."""
        return int(self.query(collection, expression, ["count(*)"], strong=strong)[0]["count(*)"])

    def scan(
        self,
        collection: str,
        expression: str,
        fields: Sequence[str],
        most: int,
        *,
        batch: int = 5000,
        strong: bool = False,
    ) -> Iterator[Row]:
        """Up to ``most`` of the rows that satisfy ``expression``, in no order, a block at a time."""
        # Most are few, and an iterator takes an older server a second.
        few = self.query(collection, expression, fields, limit=min(batch, most), strong=strong)
        if len(few) < batch or most <= batch:
            yield from few
            return
        iterator = self._again(
            lambda client: client.query_iterator(
                collection, filter=expression, output_fields=list(fields), batch_size=min(batch, most), limit=most,
                consistency_level=STRONG if strong else SESSION,
            )
        )  # fmt: skip
        try:
            while block := self._again(lambda _: iterator.next()):
                yield from (dict(row) for row in block)
        finally:
            iterator.close()

    def search(
        self, collection: str, field: str, data: Any, k: int, expression: str, parameters: Row, fields: Sequence[str]
    ) -> list[tuple[Row, float]]:
        """(row, score) of the ``k`` best by an index, best first."""
        found = self._again(
            lambda client: client.search(
                collection, data=[data], anns_field=field, limit=k, filter=expression, search_params=parameters,
                output_fields=list(fields), consistency_level=SESSION, **self._time,
            )
        )  # fmt: skip
        return [({"id": hit["id"], **hit["entity"]}, float(hit["distance"])) for hit in found[0]]

    def upsert(self, collection: str, rows: Sequence[Row], size: Callable[[Row], int]) -> None:
        """Write rows, those of the same id replaced; ``size`` tells the bytes of one, so that requests stay small."""
        block: list[Row] = []
        total = 0
        for row in rows:
            block.append(row)
            total += size(row)
            if total > _BYTES or len(block) >= 1000:
                self._write(collection, block)
                block, total = [], 0
        if block:
            self._write(collection, block)

    def delete(self, collection: str, ids: Sequence[int]) -> None:
        """Remove rows by their ids."""
        for first in range(0, len(ids), 5000):
            some = list(ids[first : first + 5000])
            self._remove(collection, some)

    def _remove(self, collection: str, ids: list[int]) -> None:
        self._again(lambda client: client.delete(collection, ids=ids, **self._time))

    def _write(self, collection: str, rows: list[Row]) -> None:
        self._again(lambda client: client.upsert(collection, rows, **self._time))

    # Collections

    def has(self, collection: str) -> bool:
        """Whether there is a collection of that name."""
        return bool(self._again(lambda client: client.has_collection(collection)))

    def drop(self, collection: str) -> None:
        """Remove a collection."""
        self._again(lambda client: client.drop_collection(collection))

    def call(self, work: Callable[[Any], _T], *, patience: float | None = None) -> _T:
        """What ``work`` gives of the client of pymilvus, asked again where the server is away."""
        return self._again(work, patience)

    @property
    def _time(self) -> Row:
        return {} if self.address.file else {"timeout": self.options.timeout}

    def _again(self, work: Callable[[Any], _T], patience: float | None = None) -> _T:
        start = time.monotonic()
        patience = self.options.patience if patience is None else patience
        attempt = 0
        while True:
            try:
                return work(self._connected())
            except LibraryError:
                raise
            except Exception as error:
                if not _known(error):
                    raise
                told = self._in_words(error)
                if not told.retry or time.monotonic() - start > patience:
                    raise told from None
                logger.info("Milvus at %s: %s; asked again", self.address, _first_line(error))
                time.sleep(_PAUSES[min(attempt, len(_PAUSES) - 1)])
                attempt += 1

    def _connected(self) -> Any:
        with self._guard:
            if self._client is None:
                more: Row = {}
                if self.options.tls:
                    more["secure"] = True
                if self.options.authority:
                    more["server_pem_path"] = self.options.authority
                if self.address.file:
                    folder = Path(self.address.file).parent
                    if not folder.is_dir():
                        raise LibraryError(f"There is no folder {folder} for {Path(self.address.file).name}.")
                else:
                    more["timeout"] = self.options.timeout
                self._client = self._lent.MilvusClient(
                    uri=self.address.uri(tls=self.options.tls), token=self.options.token, **more
                )
            return self._client

    def _in_words(self, error: Exception) -> LibraryError:
        line = _first_line(error)
        code = getattr(error, "code", None)
        if code in (1401, 1402, 1800, 22) or _REFUSED.search(line):
            return LibraryError(
                f"Milvus at {self.address} refuses access: {line}.", hint="Set LOCUS_MILVUS_TOKEN=user:password."
            )
        away = isinstance(error, OSError) or (not _WRONG.search(line) and (_AWAY.search(line) or code in (1, 2, 503)))
        if away:
            return LibraryError(
                f"Milvus at {self.address} doesn't answer: {line}.",
                hint="Is the server running, and the address right? LOCUS_MILVUS_TLS=true where it speaks TLS.",
                retry=True,
            )
        return LibraryError(f"Milvus at {self.address} could not do it: {line}.")


def _library() -> Any:
    try:
        import pymilvus  # noqa: PLC0415 - of the extra [cluster]
    except ImportError:
        raise LibraryError(
            "A library in Milvus needs the package pymilvus.", hint="Install it: pip install '.[cluster]'."
        ) from None
    # Its own account of errors is a traceback for each; ours is told once, in words.
    for name in ("pymilvus", "grpc._server"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return pymilvus


def _known(error: Exception) -> bool:
    """Whether an error is the server's or the network's, not a fault of this program."""
    return type(error).__module__.split(".")[0] in ("pymilvus", "grpc", "milvus_lite") or isinstance(error, OSError)


def _first_line(error: Exception) -> str:
    text = str(getattr(error, "message", "") or error).strip() or type(error).__name__
    return text.splitlines()[0].strip().rstrip(".")[:300]
