"""What an event refuses. In this order: the first that applies is raised.

DomainError
├── EventUnknown           event: there is none, or it is another organisation's
├── CertificateUnknown     code
├── InventoryUnknown       event: no inventory in this state
├── PlanUnknown            event: no offset plan in this state
├── ParticipantUnknown     participant
├── ItemUnknown            item
├── EventInvalid           fields
├── EventCancelled         event
├── EventRetired           event: units were retired for it, so it cannot be cancelled
├── EventNotOver           ends_at: an inventory is of what was
├── MeasuresMissing        event: reduce before offsetting
├── InventoryEmpty         event
├── InventoryOpen          event: there is a version that waits for its author or for its reviewer
├── InventoryNotApproved   event
├── PlanOpen               event
├── FactorMissing          item: no citable factor, so a number with its source is needed
├── QuantityInvalid        item
├── SampleTooSmall         answers, people
├── OwnWork                who wrote it cannot review it
├── AlreadyReviewed        at
├── OrderReasonMissing     kind: a later kind of unit is used without saying why
├── PlanShort              target_grams, planned_grams
├── ProofInvalid           fields: the registry's record of a cancellation is not whole
├── DeadlinePassed         kind, until
├── ShortFormTooLarge      grams, limit_grams: take the full form
├── SignInClosed           opens_at, closes_at
├── SignInCodeInvalid      the code on screen has changed, or the poster is no longer in use
└── EventConflict          event: the id was used for another event
"""

from __future__ import annotations

from ledger.kernel.errors import DomainError


class EventUnknown(DomainError):
    """There is no such event, or it is another organisation's."""

    code = "event_unknown"


class CertificateUnknown(DomainError):
    """No certificate has this code."""

    code = "event_certificate_unknown"


class InventoryUnknown(DomainError):
    """The event has no inventory in the state that is needed."""

    code = "inventory_unknown"


class PlanUnknown(DomainError):
    """The event has no offset plan in the state that is needed."""

    code = "offset_plan_unknown"


class ParticipantUnknown(DomainError):
    """The event has no such participant."""

    code = "event_participant_unknown"


class ItemUnknown(DomainError):
    """There is no such thing to count."""

    code = "event_item_unknown"


class EventInvalid(DomainError):
    """Something about the event cannot be; the facts name the fields."""

    code = "event_invalid"


class EventCancelled(DomainError):
    """The event was cancelled."""

    code = "event_cancelled"


class EventRetired(DomainError):
    """Units were retired for the event; that cannot be undone, so neither can the event."""

    code = "event_retired"


class EventNotOver(DomainError):
    """The inventory is of what was: it is submitted after the event."""

    code = "event_not_over"


class MeasuresMissing(DomainError):
    """Reduce before offsetting: no measure was written down."""

    code = "event_measures_missing"


class InventoryEmpty(DomainError):
    """The inventory has no line."""

    code = "inventory_empty"


class InventoryOpen(DomainError):
    """A version of the inventory waits for its author or its reviewer."""

    code = "inventory_open"


class InventoryNotApproved(DomainError):
    """Only an approved inventory can be offset."""

    code = "inventory_not_approved"


class PlanOpen(DomainError):
    """A version of the offset plan waits for its author, its reviewer or the retirement."""

    code = "offset_plan_open"


class FactorMissing(DomainError):
    """No citable factor was found: a number and where it comes from are needed."""

    code = "event_factor_missing"


class QuantityInvalid(DomainError):
    """The quantity is no number that can be."""

    code = "event_quantity_invalid"


class SampleTooSmall(DomainError):
    """One answer says nothing about the others."""

    code = "travel_sample_too_small"


class OwnWork(DomainError):
    """A second person reviews."""

    code = "own_work"


class AlreadyReviewed(DomainError):
    """It was reviewed already."""

    code = "already_reviewed"


class OrderReasonMissing(DomainError):
    """Units of a later kind are used and nobody said why."""

    code = "offset_order_reason_missing"


class PlanShort(DomainError):
    """The plan's lines do not cover the inventory."""

    code = "offset_plan_short"


class ProofInvalid(DomainError):
    """The registry's record of the cancellation is not whole."""

    code = "registry_proof_invalid"


class DeadlinePassed(DomainError):
    """The time for this kind of units is over."""

    code = "offset_deadline_passed"


class ShortFormTooLarge(DomainError):
    """The event is too large for the short form."""

    code = "short_form_too_large"


class SignInClosed(DomainError):
    """Nobody signs in now."""

    code = "sign_in_closed"


class SignInCodeInvalid(DomainError):
    """The code is no longer shown anywhere."""

    code = "sign_in_code_invalid"


class EventConflict(DomainError):
    """The id belongs to another event."""

    code = "request_conflict"
