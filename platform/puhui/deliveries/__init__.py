"""Messages to partners' own programs: an outbox in the database, sent by the worker, signed, tried again."""

from puhui.deliveries.actions import (
    MOST_ENDPOINTS,
    DeliveryRow,
    Endpoint,
    EndpointAddressRefused,
    EndpointLimitReached,
    EndpointUnknown,
    close_endpoint,
    deliveries_of,
    endpoints_of,
    enqueue,
    open_endpoint,
)
from puhui.deliveries.sending import SIGNATURE_HEADER, secret_of, send_due, signature_of

__all__ = [
    "MOST_ENDPOINTS",
    "SIGNATURE_HEADER",
    "DeliveryRow",
    "Endpoint",
    "EndpointAddressRefused",
    "EndpointLimitReached",
    "EndpointUnknown",
    "close_endpoint",
    "deliveries_of",
    "endpoints_of",
    "enqueue",
    "open_endpoint",
    "secret_of",
    "send_due",
    "signature_of",
]
