"""Why an offer cannot be taken, or not be changed. In this order: the first that applies is raised.

DomainError
├── OfferUnknown            offer
├── OfferNotOpen            offer, valid_from, valid_until
├── OfferSoldOut            offer
├── OfferLimitReached       offer, per_person
├── OfferInvalid            fields: an offer that nobody could take, or one opened before with other facts
├── OfferStateUnfit         offer, state, wanted: the step does not lead on from this state
├── OfferTermsFixed         offer: it was published, so its price and hours are what was promised
├── StockTooLow             offer, left: less is left than was to be taken out
└── StockConflict           change: the request id was used for another change of stock
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class OfferUnknown(DomainError):
    """No offer has this id."""

    code = "offer_unknown"


class OfferNotOpen(DomainError):
    """The offer has not begun, is paused, or is over."""

    code = "offer_not_open"


class OfferSoldOut(DomainError):
    """Nothing is left."""

    code = "offer_sold_out"


class OfferLimitReached(DomainError):
    """This person has taken as many as one person may."""

    code = "offer_limit_reached"


class OfferInvalid(DomainError):
    """The offer could never be taken, or its id was used for another offer."""

    code = "offer_invalid"


class OfferStateUnfit(DomainError):
    """From the offer's state no such step leads on."""

    code = "offer_state_unfit"


class OfferTermsFixed(DomainError):
    """Citizens have seen the offer: price, deal and hours of use stay as they were promised."""

    code = "offer_terms_fixed"


class StockTooLow(DomainError):
    """Less is left than was to be taken out."""

    code = "stock_too_low"


class StockConflict(DomainError):
    """The request id was used for another change of stock."""

    code = "request_conflict"
