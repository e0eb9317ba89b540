"""Generators: numbered passages and a question in, a draft with markers out."""
