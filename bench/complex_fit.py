"""ComplEx on FB15k-237, ten epochs: the bar `complex_fb15k_mrr`.

Some eight minutes on one quiet core; what a kill left goes on.
"""
