"""A library and a question in, a grounded and cited answer out."""
