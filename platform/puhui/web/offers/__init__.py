"""The catalogue of offers: what there is, what I can afford now, what is left."""
