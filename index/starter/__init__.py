"""The papers that Locus ships: 67 short digests of open-access genetics papers, so that there is something to ask."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import as_file, files

from index.merging import STARTER
from index.papers import Paper

logger = logging.getLogger(__name__)


def starter_papers() -> Iterator[Paper]:
    """The shipped digests in the order of their file names, marked as of the collection "starter"."""
    # The readers bring their parsers with them: loaded only when digests are.
    from index.readers import read  # noqa: PLC0415

    for resource in sorted(files(__name__).iterdir(), key=lambda item: item.name):
        if not resource.name.endswith(".md"):
            continue
        with as_file(resource) as path:
            for item in read(path):
                if isinstance(item, Paper):
                    yield replace(item, info=replace(item.info, collection=STARTER))
                else:
                    logger.error("The shipped digest %s can't be read: %s", resource.name, item)
