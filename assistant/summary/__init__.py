"""Summaries: of one paper, of many, of what is new, and drafts from notes; every borrowed sentence cited."""
