"""A small library on key genes, and hand-made genome data whose private parts are unmistakable."""

from __future__ import annotations

from assistant.genome.records import FileKind, GenomeData, KeyGene, Plot, Reason
from index.genes import table
from index.papers import Paper
from tests.index.test_filters import paper

EVIL = "<img src=x onerror=alert(1)>"
PRIVATE = ("SAMPLE-Q7X", "chr11:31790723", "0/1", "c.718C>T", "rs121907912")


def shelf_papers() -> list[Paper]:
    return [
        paper(
            1,
            (
                "Abstract",
                "Pygo2 is required for canonical Wnt signaling in the kidney. "
                "Pygo2 null mice died shortly after birth with small kidneys. "
                "We found that Pygo2 binds Ctnnb1 in the nucleus and regulates Wnt signaling.",
            ),
            ("Results", "Pygo2 mRNA was detected in the ureteric bud of the embryo."),
            ("Discussion", "Mutations of PYGO2 were found in patients with a congenital kidney disease."),
            title="Pygo2 in the kidney",
            year=2007,
        ),
        paper(
            2,
            (
                "Abstract",
                "PAX6 is a transcription factor that is required for the eye. "
                "Pax6 null mice lacked eyes and died at birth. "
                "Mutations of PAX6 cause aniridia in patients.",
            ),
            ("Results", "Pax6 and Pygo2 act together in the lens, where both activate Wnt signaling targets."),
            title="Pax6 in the eye",
            year=2004,
        ),
        paper(3, ("Abstract", f"Ttn {EVIL} was named here and there by all who wrote."), title=f"Named {EVIL}"),
        *(paper(10 + n, ("Abstract", "Actb was measured in all samples of the study."), title="A") for n in range(5)),
    ]


def key_gene(rank: int, name: str, *reasons: Reason, **values: float) -> KeyGene:
    best = table().resolve(name).best
    symbol, concept = (best.symbol, best.concept) if best else (name, "")
    return KeyGene(rank, symbol, name, concept, 1.0 / rank, reasons or (Reason("It is listed", (rank,)),), values)


def pasted(*names: str) -> GenomeData:
    genes = tuple(key_gene(rank, name) for rank, name in enumerate(names, start=1))
    return GenomeData("pasted symbols", FileKind.GENES, (f"{len(names)} symbols.",), (), ("As listed.",), genes)


def variants() -> GenomeData:
    """A VCF as read: what is private of it stands in reasons and in a plot, marked."""
    sample, place, genotype, change, rs = PRIVATE
    secret = Reason(f"Missense {change} ({rs}) at {place}, {genotype} in {sample}", (41,), True, "A missense variant")
    whole = Reason(f"Inherited by {sample} at {place}", (42, 43), True)
    return GenomeData(
        f"{sample}.vcf",
        FileKind.VCF,
        ("VCF 4.2, 3 records, annotated by VEP.",),
        ("The build is not stated.",),
        ("Consequence, the most severe first.", "Frequency, the rarest first."),
        (
            key_gene(1, "PAX6", secret, whole, **{"allele frequency": 0.0001}),
            key_gene(2, "PYGO2", secret),
            key_gene(3, "=HYPERLINK(1)", Reason("A stop was gained", (44,))),
        ),
        notes=(Reason(f"Samples: {sample}", (9,), True),),
        plots=(
            Plot("all", "Consequences", "<svg xmlns='http://www.w3.org/2000/svg'/>", "Bars of consequences"),
            Plot("who", "Genotypes", f"<svg><text>{sample}</text></svg>", f"Genotypes of {sample}", True),
        ),
    )
