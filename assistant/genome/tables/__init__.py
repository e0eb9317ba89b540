"""Tables of results and lists of genes: recognised by name and content, read, ranked and drawn."""

from __future__ import annotations

from assistant.genome.tables.lists import read_list
from assistant.genome.tables.options import TableOptions
from assistant.genome.tables.reading import kind_of_table, read_table

__all__ = ["TableOptions", "kind_of_table", "read_list", "read_table"]
