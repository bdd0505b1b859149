"""Intake: from what a provider sends to activities, grams and points. One way for one act, a batch and a file."""

from puhui.intake.decoding import Refused, decode
from puhui.intake.taking import Answer, Tally, rider_key, take_batch, take_in, tally_of

__all__ = ["Answer", "Refused", "Tally", "decode", "rider_key", "take_batch", "take_in", "tally_of"]
