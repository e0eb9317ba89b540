"""What a library says of one gene: which gene is meant, a cited digest, its papers, the genes it is named with."""
