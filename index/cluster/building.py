"""A build on a Ray cluster: files are read, cut, tagged and embedded on all its nodes, and written to Milvus.

A worker or a node that dies costs the groups of papers that it had in hand, which Ray gives to another: ids are
hashes of what is written (`index.milvus`), so that what was half done is done again over itself. A build that is
broken off is continued by the same command: papers that are there, by the hash of what their source offers, are
passed over without embedding.
"""

from __future__ import annotations

import functools
import logging
import os
import pickle
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.address import Address
from index.cluster.claims import Claims
from index.cluster.work import GroupWriter, read_groups
from index.errors import LocusError
from index.milvus.options import Options
from index.results import AddResult, AddSummary, Progress

if TYPE_CHECKING:
    from index.embedding import Embedder

logger = logging.getLogger(__name__)

LOCAL = "local"
PATIENCE = 300.0
"""Seconds that a worker waits for a Milvus server that is away before its group is given to another."""

_READING = 0.1
_BLOCK = 1 << 20
_RETRIES = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """``ray`` is a cluster's address, or LOCAL for this machine's own processors; ``workers`` 0 = one a processor."""

    ray: str
    to: Address
    options: Options
    workers: int = 0
    gpus: float = 0.0
    """Of each worker."""


def embedder_of(name: str, threads: int = 1) -> Callable[[], Embedder]:
    """What loads an embedder on a worker."""
    from index.embedding import load_embedder  # noqa: PLC0415

    return functools.partial(load_embedder, name, threads=threads)


def build(
    sources: Iterable[Path], plan: Plan, load: Callable[[], Embedder], *, progress: Progress | None = None
) -> AddSummary:
    """Add the papers of files and of all files in folders; ``progress`` is told of each once it is kept.

    The files must have the same names on every node. ``load`` gives the embedder, here and on the workers. Raises
    LocusError where the cluster or the server isn't there, or the build can't go on.
    """
    from index.milvus.library import MilvusLibrary  # noqa: PLC0415
    from index.readers import papers_in  # noqa: PLC0415

    files = [str(path.expanduser().resolve()) for path in papers_in(sources)]
    summary = AddSummary()
    if not files:
        return summary
    # The collections are made here, once, before many workers open them.
    with MilvusLibrary.open(plan.to, load(), plan.options):
        pass
    ray = _connected(plan.ray)
    try:
        for results in _results(ray, files, plan, load):
            for result in results:
                summary.note(result)
                if progress:
                    progress(result)
    except ray.exceptions.RayError as error:
        raise LocusError(
            f"The build on Ray broke off: {_reason(error)}.",
            hint="Run the same command again: what is written already is passed over.",
            retry=True,
        ) from None
    finally:
        ray.shutdown()
    return summary


def _results(ray: Any, files: list[str], plan: Plan, load: Callable[[], Embedder]) -> Iterable[list[AddResult]]:
    context = ray.data.DataContext.get_current()
    # Small blocks, so that a file of thousands of records is spread over all workers while it is read.
    context.target_max_block_size = _BLOCK
    context.enable_progress_bars = False
    context.log_internal_stack_trace_to_stdout = False
    claims = ray.remote(Claims).options(num_cpus=0, max_restarts=-1, max_task_retries=-1).remote()
    workers = plan.workers or max(1, int(ray.cluster_resources().get("CPU", 1)))
    paths = ray.data.from_items([{"path": path} for path in files], override_num_blocks=len(files))
    warnings.filterwarnings("ignore", message=".*ray_remote_args.*")  # told of names that the next Ray drops
    written = paths.map_batches(
        read_groups, batch_size=1, num_cpus=_READING, max_retries=-1, zero_copy_batch=False
    ).map_batches(
        GroupWriter,
        fn_constructor_kwargs={
            "address": plan.to,
            "options": replace(plan.options, patience=PATIENCE),
            "load": load,
            "claims": claims,
        },
        batch_size=1,
        num_cpus=1 - _READING,
        num_gpus=plan.gpus or None,
        # A pool that may shrink to one survives the loss of nodes; one of a fixed size waits for them for ever.
        compute=ray.data.ActorPoolStrategy(min_size=1, max_size=workers),
        max_restarts=-1,
        max_task_retries=_RETRIES,
    )
    for batch in written.iter_batches(batch_size=None, prefetch_batches=0):
        for packed in batch["results"]:
            yield pickle.loads(packed)  # noqa: S301 - what `GroupWriter` has made


def _connected(address: str) -> Any:
    # Ray reads these from the environment only, before it starts: nothing is reported to anyone.
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_DEDUP_LOGS", "1")
    try:
        import ray  # noqa: PLC0415 - of the extra [cluster]
        import ray.data  # noqa: PLC0415
    except ImportError:
        raise LocusError("locus build needs the package ray.", hint="Install it: pip install '.[cluster]'.") from None
    for name in ("ray", "ray.data"):
        logging.getLogger(name).setLevel(logging.ERROR)
    more: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    try:
        if address == LOCAL:
            ray.init(address=LOCAL, include_dashboard=False, _node_ip_address="127.0.0.1", **more)
        else:
            ray.init(address=address, **more)
    except (ConnectionError, RuntimeError, ValueError, TimeoutError, OSError) as error:
        raise LocusError(
            f"There is no Ray cluster at {address}: {_reason(error)}.",
            hint="Start one with ray start --head, give its address (host:6379), or --ray local for this machine.",
        ) from None
    return ray


def _reason(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[-1] if lines else type(error).__name__).rstrip(".")[:300]
