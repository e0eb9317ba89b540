"""What a user can choose of how genome data is read, whatever kind the file turns out to be, and the reading itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assistant.genome.recognising import read_genome
from assistant.genome.records import GenomeData, Progress
from assistant.genome.tables import TableOptions, read_list
from assistant.genome.tables.options import Direction
from assistant.genome.vcf import Impact, VcfOptions
from index.errors import LocusError
from index.genes import Species

IMPACTS = ("high", "moderate", "low", "modifier")
BUILDS = ("GRCh38", "GRCh37", "GRCm38")
DIRECTIONS = ("both", "up", "down")
PASTED = "pasted list"


@dataclass(frozen=True, slots=True)
class Choices:
    """Filters and facts that a user gives; what does not concern a file's kind is passed over.

    ``impact`` to ``ped`` are of a VCF (see `VcfOptions`), ``max_padj`` to ``sheet`` of tables (see `TableOptions`).
    """

    build: str = ""
    species: str = ""
    impact: str = "moderate"
    max_af: float | None = None
    passed: bool = False
    proband: str = ""
    mother: str = ""
    father: str = ""
    ped: Path | None = None
    max_padj: float = 0.05
    min_lfc: float = 0.0
    direction: str = "both"
    cluster: str = ""
    max_p: float = 5e-8
    sheet: str = ""
    key_genes: int = 200

    def vcf(self) -> VcfOptions:
        """The choices for a VCF. Raises LocusError."""
        if self.impact.lower() not in IMPACTS:
            raise LocusError(f"There is no impact {self.impact!r}.", hint=f"Choose one of: {', '.join(IMPACTS)}.")
        if self.max_af is not None and not 0 <= self.max_af <= 1:
            raise LocusError("The allele frequency must lie between 0 and 1.", hint="For 1 percent give 0.01.")
        return VcfOptions(
            build=self.build,
            species=self._species(),
            impact=Impact[self.impact.upper()],
            frequency=self.max_af,
            passed=self.passed,
            proband=self.proband.strip(),
            mother=self.mother.strip(),
            father=self.father.strip(),
            ped=self.ped,
        )

    def table(self) -> TableOptions:
        """The choices for a table or a list. Raises LocusError."""
        return TableOptions(
            max_adjusted_p=self.max_padj,
            min_log2_fold=self.min_lfc,
            direction=self._direction(),
            key_genes=self.key_genes,
            contrast=self.cluster.strip(),
            max_p=self.max_p,
            species=self._species(),
            build=self.build,
            sheet=self.sheet.strip(),
        )

    def _direction(self) -> Direction:
        match self.direction.strip().lower():
            case "both":
                return "both"
            case "up":
                return "up"
            case "down":
                return "down"
            case other:
                raise LocusError(f"There is no direction {other!r}.", hint=f"Choose one of: {', '.join(DIRECTIONS)}.")

    def _species(self) -> Species | None:
        match self.species.strip().lower():
            case "":
                return None
            case "human":
                return "human"
            case "mouse":
                return "mouse"
            case other:
                raise LocusError(f"There is no gene table of {other!r}.", hint="Choose human or mouse.")


def read_file(path: Path, choices: Choices, progress: Progress | None = None) -> GenomeData:
    """A file of any kind that is taken, read and ranked. Raises LocusError."""
    return read_genome(path, choices.table(), choices.vcf(), progress)


def read_pasted(text: str, choices: Choices) -> GenomeData:
    """Symbols that were typed or pasted. Raises LocusError."""
    return read_list(text, PASTED, choices.table())
