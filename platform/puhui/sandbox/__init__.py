"""A payment service to develop and test against: shaped like Stripe, with a memory, a process of its own.

It listens on this machine alone, keeps everything in memory, knows no card numbers, and does harm on demand: declined
cards, 429, 500, slow and broken connections, webhooks twice, late or in the wrong order. ``docs/payments.md``.
"""
