"""How long a VCF of many variants takes, and how much memory: `python benchmarks/genome_vcf.py [--variants N]`.

Makes a VEP-annotated VCF (three or four transcripts a variant, one sample, consequences in about the shares of an
exome) in a temporary folder, reads it in a process of its own, and gives seconds and the peak memory of that process
and its child together.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psutil

_HEADER = (
    "##fileformat=VCFv4.2\n##reference=GRCh38\n"
    '##INFO=<ID=CSQ,Number=.,Type=String,Description="Consequence annotations from Ensembl VEP. Format: Allele|'
    "Consequence|IMPACT|SYMBOL|Gene|Feature_type|Feature|BIOTYPE|EXON|INTRON|HGVSc|HGVSp|cDNA_position|CDS_position|"
    "Protein_position|Amino_acids|Codons|Existing_variation|DISTANCE|STRAND|FLAGS|SYMBOL_SOURCE|HGNC_ID|CANONICAL|"
    'SIFT|PolyPhen|gnomADe_AF|CLIN_SIG|SOMATIC|PHENO">\n'
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tsample\n"
)
_TERMS = (
    (0.45, "intron_variant", "MODIFIER"),
    (0.15, "downstream_gene_variant", "MODIFIER"),
    (0.10, "3_prime_UTR_variant", "MODIFIER"),
    (0.14, "synonymous_variant", "LOW"),
    (0.14, "missense_variant", "MODERATE"),
    (0.02, "stop_gained", "HIGH"),
)


def make(path: Path, variants: int) -> None:
    """Write the file; the same one for the same number."""
    from index.genes import table

    draw = random.Random(1)
    genes = [gene for gene in table() if gene.species == "human" and gene.biotype == "protein_coding" and gene.start]
    genes.sort(key=lambda gene: (gene.chromosome, gene.start))
    shares, terms = [share for share, _, _ in _TERMS], [(term, impact) for _, term, impact in _TERMS]
    with path.open("w", encoding="ascii") as file:
        file.write(_HEADER)
        for number in range(variants):
            gene = genes[number * len(genes) // variants]
            position = (gene.start or 0) + number % 5000
            items = []
            for transcript, (term, impact) in enumerate(draw.choices(terms, shares, k=draw.choice((3, 4)))):
                items.append(
                    f"G|{term}|{impact}|{gene.symbol}|{gene.ensembl}|Transcript|ENST{number:011}.{transcript}|"
                    f"protein_coding|3/12||ENST{number:011}.{transcript}:c.{number}A>G|ENSP{number:011}.1:p.Lys12Arg|"
                    f"{number}|{number}|12|K/R|aAa/aGa|rs{number}||1||HGNC|{gene.accession}|YES|tolerated(0.2)|"
                    f"benign(0.1)|{draw.random() ** 6:.6f}|||"
                )
            genotype = draw.choice(("0/1", "1/1", "0/1"))
            file.write(
                f"{gene.chromosome}\t{position}\trs{number}\tA\tG\t60\tPASS\tAC=1;AN=2;DP=30;CSQ={','.join(items)}"
                f"\tGT:AD:DP:GQ\t{genotype}:10,20:30:99\n"
            )


def measure(path: Path, impact: str) -> dict[str, float]:
    """Seconds, and peak memory of both processes together in MB."""
    script = (
        "import sys, json; from pathlib import Path; from assistant.genome.vcf import *; "
        f"d = read_vcf(Path(sys.argv[1]), VcfOptions(impact=Impact.{impact})); print(len(d.genes))"
    )
    started = time.perf_counter()
    command = [sys.executable, "-c", script, str(path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).resolve().parents[1])
    peak, done = 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        parent = psutil.Process(process.pid)
        while not done.wait(0.2):
            try:
                peak = max(peak, sum(p.memory_info().rss for p in (parent, *parent.children(recursive=True))))
            except psutil.Error:
                continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    out, _ = process.communicate()
    done.set()
    watcher.join()
    seconds = time.perf_counter() - started
    return {"seconds": round(seconds, 1), "peak_mb": round(peak / 1e6), "genes": int(out or 0)}


def main() -> None:
    """Make, read, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--variants", type=int, default=1_000_000)
    parser.add_argument("--impact", default="MODERATE", help="least impact kept: HIGH, MODERATE, LOW, MODIFIER")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.vcf"
        make(path, options.variants)
        told = {"variants": options.variants, "file_mb": round(path.stat().st_size / 1e6), "impact": options.impact}
        print(json.dumps(told | measure(path, options.impact)))


if __name__ == "__main__":
    main()
