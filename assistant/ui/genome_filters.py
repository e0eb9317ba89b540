"""The filters of the Genome tab: those of a VCF, those of tables, and what holds for both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from assistant.genome.choices import BUILDS, DIRECTIONS, IMPACTS, Choices
from assistant.genome.explaining import TOP
from assistant.genome.records import FileKind
from index.errors import LocusError

MOST_EXPLAINED = 50
"""Genes explained on the page at most; the command line takes any number."""
_AS_TOLD = "as the file says"


class Filters:
    """The widgets; `inputs` go into events, `choices` makes of their values what the readers take."""

    def __init__(self) -> None:
        with gr.Accordion("Filters and facts on the file", open=False, elem_id="genome-filters") as self.box:
            with gr.Row():
                self.species = _dropdown("Species", (_AS_TOLD, "human", "mouse"))
                self.build = _dropdown("Genome build", (_AS_TOLD, *BUILDS))
                self.top = gr.Number(TOP, label="Genes to explain", minimum=1, maximum=MOST_EXPLAINED, precision=0)
            with gr.Row(visible=False) as self.variants:
                self.impact = _dropdown("Least impact", IMPACTS, "moderate")
                # 1 keeps all: an empty number is shown as 0, which would keep none.
                self.max_af = gr.Number(1, label="Greatest allele frequency", minimum=0, maximum=1)
                self.passed = gr.Checkbox(label="Only FILTER = PASS", min_width=200)
            with gr.Row(visible=False) as self.family:
                self.proband = _textbox("Proband (sample name)")
                self.mother = _textbox("Mother")
                self.father = _textbox("Father")
            with gr.Row(visible=False) as self.expression:
                self.max_padj = gr.Number(0.05, label="Greatest adjusted p", minimum=0, maximum=1)
                self.min_lfc = gr.Number(0, label="Least log2 fold change", minimum=0)
                self.direction = _dropdown("Direction", DIRECTIONS)
                self.cluster = _textbox("Cluster or comparison")
            with gr.Row(visible=False) as self.association:
                self.max_p = gr.Number(5e-8, label="Greatest p", minimum=0, maximum=1)
            with gr.Row(elem_id="genome-files"):
                self.ped = _upload("Pedigree (PED)", "genome-ped")
                self.gmt = _upload("Your gene sets (GMT)", "genome-gmt")
            self.apply = gr.Button("Apply", size="sm", variant="primary", elem_id="genome-apply", min_width=90)

    @property
    def inputs(self) -> list[Any]:
        """The widgets whose values `choices` takes, in its order; the pedigree is kept with the session's files."""
        return [
            self.build, self.species, self.impact, self.max_af, self.passed, self.proband, self.mother, self.father,
            self.max_padj, self.min_lfc, self.direction, self.cluster, self.max_p,
        ]  # fmt: skip

    @property
    def rows(self) -> list[Any]:
        """What `shown_for` changes."""
        return [self.variants, self.family, self.expression, self.association]

    def shown_for(self, kind: FileKind) -> dict[Any, Any]:
        """The filters that concern a kind of file, and no others."""
        vcf = kind is FileKind.VCF
        return {
            self.variants: gr.Row(visible=vcf),
            self.family: gr.Row(visible=vcf),
            self.expression: gr.Row(visible=kind is FileKind.EXPRESSION),
            self.association: gr.Row(visible=kind is FileKind.GWAS),
        }


def choices(values: tuple[Any, ...], ped: Path | None) -> Choices:
    """What the widgets hold as choices. LocusError where a number is lacking."""
    (build, species, impact, max_af, passed, proband, mother, father,
     max_padj, min_lfc, direction, cluster, max_p) = values  # fmt: skip
    for name, number in (("greatest adjusted p", max_padj), ("least log2 fold change", min_lfc), ("greatest p", max_p)):
        if number is None:
            raise LocusError(f"The {name} is empty.", hint="Type a number.")
    return Choices(
        build="" if build in (None, _AS_TOLD) else str(build),
        species="" if species in (None, _AS_TOLD) else str(species),
        impact=str(impact or "moderate"),
        max_af=None if max_af is None or max_af >= 1 else float(max_af),
        passed=bool(passed),
        proband=str(proband or ""),
        mother=str(mother or ""),
        father=str(father or ""),
        ped=ped,
        max_padj=float(max_padj),
        min_lfc=float(min_lfc),
        direction=str(direction or "both"),
        cluster=str(cluster or ""),
        max_p=float(max_p),
    )


def _dropdown(label: str, options: tuple[str, ...], value: str = "") -> Any:
    return gr.Dropdown(list(options), value=value or options[0], label=label, filterable=False, min_width=130)


def _textbox(label: str) -> Any:
    plain = gr.InputHTMLAttributes(autocomplete="off", spellcheck=False)
    return gr.Textbox(label=label, max_length=200, lines=1, min_width=130, html_attributes=plain)


def _upload(label: str, name: str) -> Any:
    return gr.UploadButton(label, size="sm", file_count="single", type="filepath", elem_id=name, min_width=140)
