"""The library as a LangChain retriever, for use in chains of one's own."""

from __future__ import annotations

from typing import Annotated, Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field, SkipValidation

from index.filters import NO_FILTERS, Filters
from index.papers import Hit
from index.search import search
from index.store import Store


class LocusRetriever(BaseRetriever):
    """Ranked passages of a Locus library as LangChain documents.

        retriever = LocusRetriever(library=library, k=5)
        retriever.invoke("What does Pygo2 do in the kidney?")

    ``page_content`` is the passage verbatim; ``metadata`` says paper, section and character offsets.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    library: Annotated[Store, SkipValidation]
    k: int = Field(default=10, ge=1)
    filters: Filters = NO_FILTERS

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return [document(hit) for hit in search(self.library, query, self.k, filters=self.filters)]


def document(hit: Hit) -> Document:
    """A hit as a LangChain document."""
    passage, paper = hit.passage, hit.paper
    metadata: dict[str, Any] = {
        "paper_id": paper.id,
        "title": paper.title,
        "authors": list(paper.authors),
        "journal": paper.journal,
        "year": paper.year,
        "pmid": paper.pmid,
        "pmcid": paper.pmcid,
        "doi": paper.doi,
        "heading": passage.heading,
        "section": passage.section,
        "start": passage.start,
        "end": passage.end,
        "page": passage.page,
        "score": hit.score,
        "similarity": hit.similarity,
    }
    return Document(page_content=passage.text, metadata=metadata, id=str(passage.id))
