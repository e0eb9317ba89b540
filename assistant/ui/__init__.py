"""The page in the browser: chat, library and summaries, served to this machine."""

from __future__ import annotations

import logging
import sys

from pydantic import ValidationError

from assistant.settings import Settings
from index.errors import LocusError
from index.settings import in_words


def serve(settings: Settings | None = None) -> int:
    """Serves the page until interrupted; gives the exit status. What goes wrong is told in words, no traceback."""
    from assistant.ui.server import serve_page  # noqa: PLC0415 - `import assistant.ui` stays light

    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    logging.getLogger("assistant").setLevel(logging.INFO)
    log = logging.getLogger(__name__)
    try:
        serve_page(settings or Settings())
    except LocusError as error:
        log.error("%s\n%s", error.message, error.hint)
    except ValidationError as error:
        log.error("%s Correct or unset it.", in_words(error))
    except KeyboardInterrupt:
        return 0
    else:
        return 0
    return 1
