"""One public service asked over HTTP as its keepers wish: slowly, patiently, and saying who asks.

NCBI allows 3 requests a second, 10 with a key (https://www.ncbi.nlm.nih.gov/books/NBK25497/); Europe PMC states no
number, so that it is asked a modest 5 times a second at most. The pace is kept for the whole process, however many
readers fetch at once.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import httpx

from index.errors import SourceError

logger = logging.getLogger(__name__)

LARGEST = 64 << 20
"""Bytes of one reply; the largest articles of PMC are below 10 MB, a page of records below 5."""
LONGEST_WAIT = 60.0
"""Seconds that a service may ask us to wait; where it asks for more, the user is told instead."""
_SLICE = 0.1
_BUSY = frozenset((408, 425, 429, 500, 502, 503, 504))

Check = Callable[[bytes], Any]
"""Reads a reply; raises ValueError where it is damaged, which is worth another try."""


class Unwanted(SourceError):  # noqa: N818 - not a fault of anything
    """The user stopped the fetching."""

    def __init__(self) -> None:
        super().__init__("Stopped.", hint="Run it again to continue.", retry=True)


class Pace:
    """Lets callers through one at a time, at least ``1 / per_second`` seconds apart. Safe to use from many threads."""

    def __init__(self, per_second: float) -> None:
        self._gap = 1.0 / per_second
        self._lock = threading.Lock()
        self._next = 0.0

    def turn(self) -> float:
        """Seconds to wait until one's turn, which is taken by asking."""
        with self._lock:
            now = time.monotonic()
            at = max(now, self._next)
            self._next = at + self._gap
            return at - now

    def hold(self, seconds: float) -> None:
        """Nobody is let through for so long: the service has asked for quiet."""
        with self._lock:
            self._next = max(self._next, time.monotonic() + seconds)


@cache
def pace_of(base: str, per_second: float) -> Pace:
    """The one pace of this process for the service at ``base``."""
    return Pace(per_second)


@dataclass(frozen=True, slots=True)
class Manners:
    """How a service is asked: requests a second, tries for each, seconds before the second try (doubled each time).

    ``timeout`` are seconds without a byte, ``longest`` those that one reply may take in all.
    """

    per_second: float = 5.0
    tries: int = 4
    wait: float = 1.0
    timeout: float = 20.0
    longest: float = 180.0


class Service:
    """A service at one base address. ``name`` is what users call it; ``stop`` says whether the work is unwanted by now.

    All methods raise SourceError: ``offline`` where the service can't be reached at all, ``missing`` where it has no
    such thing; Unwanted where ``stop`` said so.
    """

    def __init__(
        self,
        name: str,
        base: str,
        *,
        manners: Manners | None = None,
        mail: str = "",
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self.name = name
        self._base = base.rstrip("/")
        self._manners = manners or Manners()
        self._pace = pace_of(self._base, self._manners.per_second)
        self._stop = stop
        try:
            self._client = httpx.Client(
                timeout=httpx.Timeout(self._manners.timeout, connect=10.0), headers={"User-Agent": agent(mail)}
            )
        except (ValueError, OSError, ImportError) as error:  # a proxy variable that means nothing
            raise SourceError(f"{name} can't be asked: {error}.", hint="Correct the proxy settings.") from error

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def get(self, path: str, params: Mapping[str, str], check: Check = lambda body: body) -> Any:
        """What ``check`` reads from the reply to a GET of ``path`` under the base address."""
        return self._ask("GET", path, params, check)

    def post(self, path: str, params: Mapping[str, str], check: Check = lambda body: body) -> Any:
        """The same by POST: what is sent, a key among it, then stands in no address and no log."""
        return self._ask("POST", path, params, check)

    def _ask(self, method: str, path: str, params: Mapping[str, str], check: Check) -> Any:
        wait = self._manners.wait
        for left in range(self._manners.tries - 1, -1, -1):
            self._rest(self._pace.turn())
            try:
                return check(self._once(method, path, params))
            except _AgainError as error:
                if not left or (error.told.offline and left < self._manners.tries - 1):
                    raise error.told from error
                pause = max(wait, error.seconds)
                logger.info("%s: %s Trying again in %.1f s", self.name, error.told.message, pause)
            except ValueError as error:
                if not left:
                    raise self._damaged(error) from error
                pause = wait
                logger.info("%s sent a damaged reply (%s); trying again in %.1f s", self.name, error, pause)
            self._pace.hold(pause)
            wait *= 2
        raise AssertionError("unreachable")

    def _once(self, method: str, path: str, params: Mapping[str, str]) -> bytes:
        begun = time.monotonic()
        sent: dict[str, Any] = {"data" if method == "POST" else "params": dict(params)}
        try:
            with self._client.stream(method, f"{self._base}/{path.lstrip('/')}", **sent) as response:
                if response.status_code != 200:
                    raise self._refused(response)
                body = bytearray()
                for block in response.iter_bytes():
                    body += block
                    if self._stop():
                        raise Unwanted
                    if len(body) > LARGEST:
                        raise SourceError(
                            f"{self.name} sent more than {LARGEST >> 20} MB at once.", hint="Ask for less."
                        )
                    if time.monotonic() - begun > self._manners.longest:
                        raise _AgainError(self._slow())
                return bytes(body)
        except httpx.TimeoutException as error:
            raise _AgainError(
                self._unreachable() if isinstance(error, httpx.ConnectTimeout) else self._slow()
            ) from error
        except httpx.UnsupportedProtocol as error:
            raise SourceError(
                f"The address of {self.name} is wrong: {self._base}.", hint="Correct the setting."
            ) from error
        except httpx.ConnectError as error:
            raise _AgainError(self._unreachable()) from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            told = SourceError(f"{self.name} broke off in mid-reply.", hint="Try again later.", retry=True)
            raise _AgainError(told) from error
        except (httpx.InvalidURL, UnicodeError) as error:
            raise SourceError(f"{self._base} is no address ({error}).", hint="Correct the setting.") from error

    def _refused(self, response: httpx.Response) -> Exception:
        code = response.status_code
        if code in _BUSY:
            asked = retry_after(response.headers.get("Retry-After", ""))
            if asked > LONGEST_WAIT:
                return SourceError(
                    f"{self.name} asks for a pause of {asked / 60:.0f} minutes.", hint="Try again then.", retry=True
                )
            why = "asks to be asked less often" if code == 429 else f"has a fault just now (HTTP {code})"
            return _AgainError(
                SourceError(f"{self.name} {why}.", hint="Try again in a few minutes.", retry=True), asked
            )
        if code in (404, 410):
            return SourceError(f"{self.name} doesn't have it.", missing=True)
        hint = "Check the words of the query, and LOCUS_NCBI_KEY where you have set it."
        return SourceError(f"{self.name} refused the request (HTTP {code}).", hint=hint)

    def _rest(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while True:
            if self._stop():
                raise Unwanted
            left = end - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, _SLICE))

    def _unreachable(self) -> SourceError:
        return SourceError(
            f"{self.name} can't be reached. You seem to be offline.",
            hint="Check the connection and try again; what is in the library works without it.",
            retry=True,
            offline=True,
        )

    def _slow(self) -> SourceError:
        return SourceError(f"{self.name} doesn't answer in time.", hint="Try again later.", retry=True)

    def _damaged(self, error: ValueError) -> SourceError:
        return SourceError(f"{self.name} sent what can't be read ({error}).", hint="Try again later.", retry=True)


class _AgainError(Exception):
    """A fault that may pass; ``told`` is what the user hears if it doesn't, ``seconds`` what the service asked for."""

    def __init__(self, told: SourceError, seconds: float = 0.0) -> None:
        super().__init__(told.message)
        self.told = told
        self.seconds = seconds


def retry_after(value: str) -> float:
    """Seconds that a Retry-After header asks for, given in seconds or as a date; 0 where it says nothing sensible."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return 0.0
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())


def agent(mail: str = "") -> str:
    """The User-Agent: name, version, and where the user gave one the address to write to."""
    try:
        number = version("locus-assistant")
    except PackageNotFoundError:
        number = "0"
    clean = "".join(c for c in mail if c.isascii() and c.isprintable())
    return f"Locus/{number} (literature assistant{f'; mailto:{clean}' if clean else ''})"
