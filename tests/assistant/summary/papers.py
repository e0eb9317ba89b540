"""An invented paper long enough to need several readings, with one fact in its last section."""

from __future__ import annotations

from index.papers import Paper, PaperInfo, Section, SectionKind

LAST_FACT = "Finally, loss of Velt3 reduced survival of old mutant mice from 96% to 17% after 730 days."


def filler(topic: str, count: int) -> str:
    """Sentences that differ in a number and a tissue."""
    tissues = ("liver", "spleen", "tongue", "gut", "skin", "retina", "thymus")
    return " ".join(
        f"In the {tissues[n % 7]} of animal {n} the {topic} was examined at stage {n} and looked as in its littermate."
        for n in range(count)
    )


def long_paper(number: int = 1) -> Paper:
    """About 12,000 words in five sections; `LAST_FACT` ends the last one."""
    info = PaperInfo(f"Velt3 and the tail of voles, part {number}", ("Marsh A",), year=2004, pmid=str(7000 + number))
    return Paper(
        info,
        (
            Section("Abstract", "We asked whether Velt3 is required for the tail of voles.", SectionKind.ABSTRACT),
            Section(
                "Introduction",
                "Whether Velt3 acts in the tail of voles was unknown. To determine the role of Velt3, we generated "
                "mutant voles. " + filler("anatomy", 60),
            ),
            Section(
                "Results / The tail",
                "We found that voles without Velt3 had tails of 21 mm, against 34 mm in the wild type. Velt3 mutants "
                "failed to express Tbx6 in the tail bud. " + filler("histology", 250),
            ),
            Section("Methods", "We used homologous recombination to target Velt3. " + filler("fixation", 120)),
            Section(
                "Discussion",
                filler("literature", 120)
                + " Whether Velt3 acts in the adult tail remains unknown and needs further studies. "
                + LAST_FACT,
            ),
        ),
    )  # fmt: skip
