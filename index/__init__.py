"""Papers in, ranked passages out: the searchable library of Locus."""
