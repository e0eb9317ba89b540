"""A loopback HTTP server that serves gene files in the formats of HGNC, NCBI and MGI."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HGNC_COLUMNS = (
    "hgnc_id symbol name locus_group locus_type status location location_sortable alias_symbol alias_name prev_symbol "
    "prev_name gene_group gene_group_id date_approved_reserved date_symbol_changed date_name_changed date_modified "
    "entrez_id ensembl_gene_id vega_id ucsc_id ena refseq_accession ccds_id uniprot_ids pubmed_id mgd_id rgd_id"
).split()
GENE_INFO_COLUMNS = (
    "#tax_id GeneID Symbol LocusTag Synonyms dbXrefs chromosome map_location description type_of_gene "
    "Symbol_from_nomenclature_authority Full_name_from_nomenclature_authority Nomenclature_status Other_designations "
    "Modification_date Feature_type"
).split()
HOMOLOGY_COLUMNS = (
    "DB Class Key\tCommon Organism Name\tNCBI Taxon ID\tSymbol\tEntrezGene ID\tMouse MGI ID\tHGNC ID\tOMIM Gene ID\t"
    "Genetic Location\tGenome Coordinates (mouse: GRCm39 human: GRCh38)\tName\tSynonyms"
).split("\t")


def table(columns: list[str], rows: list[dict[str, str]], empty: str = "") -> str:
    """Rows as tab-separated text under their header."""
    lines = ["\t".join(columns)]
    lines += ["\t".join(row.get(column, empty) for column in columns) for row in rows]
    return "\n".join(lines) + "\n"


def human(number: int, symbol: str, **more: str) -> dict[str, str]:
    """A row of HGNC's complete set."""
    return {
        "hgnc_id": f"HGNC:{number}", "symbol": symbol, "name": f"{symbol.lower()} test gene", "status": "Approved",
        "locus_type": "gene with protein product", "location": "17p13.1", "entrez_id": str(number), **more,
    }  # fmt: skip


def mouse(number: int, symbol: str, **more: str) -> dict[str, str]:
    """A row of mouse gene_info."""
    return {
        "#tax_id": "10090", "GeneID": str(number), "Symbol": symbol,
        "dbXrefs": f"MGI:MGI:{number}|Ensembl:ENSMUSG{number}",
        "chromosome": "11", "map_location": "11 42.83 cM", "description": f"{symbol.lower()} of the mouse",
        "type_of_gene": "protein-coding", **more,
    }  # fmt: skip


def files(humans: list[dict[str, str]], mice: list[dict[str, str]], pairs: list[tuple[int, int]]) -> dict[str, bytes]:
    """The four files by their paths."""
    in_ncbi = [
        {"#tax_id": "9606", "GeneID": row["entrez_id"], "Symbol": row["symbol"], "type_of_gene": "protein-coding",
         "dbXrefs": f"MIM:1|HGNC:{row['hgnc_id']}", "chromosome": "17", "description": row["name"]}
        for row in humans if row["entrez_id"]
    ]  # fmt: skip
    homologs = [
        {"DB Class Key": str(number), "NCBI Taxon ID": taxon, "EntrezGene ID": str(gene)}
        for number, (person, animal) in enumerate(pairs)
        for taxon, gene in (("10090", animal), ("9606", person))
    ]
    return {
        "/hgnc.txt": table(HGNC_COLUMNS, humans).encode(),
        "/human.gz": gzip.compress(table(GENE_INFO_COLUMNS, in_ncbi, "-").encode()),
        "/mouse.gz": gzip.compress(table(GENE_INFO_COLUMNS, mice, "-").encode()),
        "/homology.rpt": table(HOMOLOGY_COLUMNS, homologs).encode(),
    }


@contextmanager
def serving(content: dict[str, bytes], failures: dict[str, list[int]] | None = None) -> Iterator[str]:
    """Serve ``content``; ``failures`` are statuses with which a path answers first. Gives the server's address."""
    left = {path: list(statuses) for path, statuses in (failures or {}).items()}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = content.get(self.path)
            status = left[self.path].pop(0) if left.get(self.path) else 200 if body is not None else 404
            self.send_response(status)
            if status != 200 or body is None:
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Last-Modified", "Tue, 03 Nov 2026 05:00:00 GMT")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
