"""Colours and type of the page: system fonts only, so that nothing is fetched from anywhere."""

from __future__ import annotations

from typing import Any

import gradio as gr

SANS = (
    "Inter",
    "-apple-system",
    "Segoe UI",
    "Roboto",
    "Noto Sans",
    "Helvetica Neue",
    "Liberation Sans",
    "Arial",
    "sans-serif",
)
MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "Liberation Mono", "monospace")
ACCENT = gr.themes.Color(
    name="locus",
    c50="#effaf8",
    c100="#d6f1ed",
    c200="#afe3dc",
    c300="#7bcdc4",
    c400="#46b0a6",
    c500="#23958b",
    c600="#0f7a70",
    c700="#0f625b",
    c800="#114f4a",
    c900="#12413e",
    c950="#052624",
)
HEAD = (
    '<meta name="description" content="Answers from your genetics papers, every sentence tied to a quote">'
    '<meta name="color-scheme" content="light dark">'
)


def theme() -> Any:
    """The theme: one accent colour on calm greys."""
    return gr.themes.Base(
        primary_hue=ACCENT,
        secondary_hue=ACCENT,
        neutral_hue="slate",
        radius_size="lg",
        font=[gr.themes.Font(name) for name in SANS],
        font_mono=[gr.themes.Font(name) for name in MONO],
    )
