"""Variants in a VCF file to key genes: `read_vcf` reads, gathers and ranks.

The file is decompressed and checked here (`text`, `header`, `reading`), parsed by cyvcf2 in a process of its own
(`child`, `gathering`, `annotations`), ranked by points (`scoring`, `ranking`) and told in words (`wording`, `telling`).
"""

from __future__ import annotations

from assistant.genome.vcf.consequences import Impact
from assistant.genome.vcf.entry import read_vcf
from assistant.genome.vcf.options import VcfOptions

__all__ = ["Impact", "VcfOptions", "read_vcf"]
