"""A local page over a shelf: compare records, ask a picture, watch a run. Only `tab_*` and `serve` know Gradio."""
