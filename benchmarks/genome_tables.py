"""How tables of genome data are ranked, and how long they take.

python benchmarks/genome_tables.py [--rows 60000]

Prints the ranks of known glucocorticoid-responsive genes in the default ranking of the airway table (dexamethasone
against control; skipped without ../shared), and the time to read, rank and draw a CSV and an XLSX table of ``--rows``
rows made here, each in a process of its own, with loading of the gene table and all modules.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from assistant.genome.tables import read_table
from index import genes

AIRWAY = Path(__file__).resolve().parents[2] / "shared" / "data" / "genome" / "airway_deseq2.csv"
KNOWN = "MAOA DUSP1 ZBTB16 SPARCL1 KLF15 STEAP2 PER1 CRISPLD2 FKBP5 TSC22D3".split()
RUNS = 3
TIMED = (
    "import time; start = time.perf_counter(); from pathlib import Path; "
    "from assistant.genome.recognising import read_genome; import sys; data = read_genome(Path(sys.argv[1])); "
    "print(time.perf_counter() - start, time.process_time(), len(data.genes))"
)


def made(path: Path, rows: int) -> Path:
    """A table of ``rows`` rows as DESeq2 writes it, one gene in twenty significant; the same on every machine."""
    known = [gene.ensembl for gene in genes.table() if gene.ensembl and gene.species == "human"][:rows]
    random = np.random.default_rng(1)
    p = np.where(np.arange(rows) % 20 == 0, random.random(rows) * 1e-6, random.random(rows))
    fold = random.normal(0, 1, rows)
    with path.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["gene", "baseMean", "log2FoldChange", "lfcSE", "stat", "pvalue", "padj"])
        for n in range(rows):
            name = known[n] if n < len(known) else f"ENSG{n + 90_000_000_000:011d}"
            figures = (n + 1.5, round(fold[n], 6), 0.2, round(fold[n] / 0.2, 5), float(f"{p[n]:.6g}"), min(1, p[n] * 2))
            writer.writerow([name, *map(float, figures)])
    return path


def as_workbook(table: Path, path: Path) -> Path:
    """The same table as XLSX, figures as numbers."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("results")
    with table.open(newline="") as file:
        for number, row in enumerate(csv.reader(file)):
            sheet.append(row if number == 0 else [row[0], *map(float, row[1:])])
    book.save(path)
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=60_000)
    rows = parser.parse_args().rows
    if AIRWAY.exists():
        ranks = {gene.symbol: gene.rank for gene in read_table(AIRWAY).genes}
        print("airway, default ranking:", ", ".join(f"{name} {ranks.get(name, '-')}" for name in KNOWN))
    with tempfile.TemporaryDirectory() as folder:
        table = made(Path(folder) / "table.csv", rows)
        for path in (table, as_workbook(table, Path(folder) / "table.xlsx")):
            times = []
            for _ in range(RUNS):
                out = subprocess.run(
                    [sys.executable, "-c", TIMED, str(path)],
                    cwd=Path(__file__).resolve().parents[1],
                    capture_output=True,
                    text=True,
                    check=True,
                ).stdout.split()
                times.append((float(out[0]), float(out[1])))
            wall, processor = (min(column) for column in zip(*times, strict=True))
            print(f"{rows:,} rows, {path.suffix[1:]}: {wall:.2f} s ({processor:.2f} s of processor), best of {RUNS}")


if __name__ == "__main__":
    main()
