"""Genome data to explained key genes: a file is recognised, read, ranked by stated rules, and its genes explained.

`records` holds what a file becomes (`GenomeData`); everything private in it (samples, genotypes, positions) is
marked and stays on the machine.
"""
