"""``POST /api/v1/webhooks/payments``: messages of the payment service.

Open to everyone, for the service cannot log in: the signature is what is believed. A message is stored and committed
before anything is done with it, so that a fault of ours afterwards loses nothing: the worker takes it in later.
"""

from __future__ import annotations

import structlog
from flask import request
from flask_smorest import Blueprint

from partners import payments
from puhui.api.webhooks.schemas import ReceiptSchema
from puhui.settlement_jobs import book_news
from puhui.web import Audience, apart, audience, house, now

LONGEST_BYTES = 1024 * 1024
AT_ONCE = 20

log = structlog.get_logger()
blueprint = Blueprint("webhooks_api", __name__, url_prefix="/api/v1/webhooks", description="Messages from services")


@blueprint.route("/payments", methods=["POST"])
@blueprint.response(200, ReceiptSchema)
@audience(Audience.PUBLIC)
def receive() -> dict[str, bool]:
    """Take a signed message of the payment service.

    Safe to repeat: a message is taken in once, whatever the order. Without a valid signature in time the answer
    is 400 and never says why.
    """
    request.max_content_length = LONGEST_BYTES
    body = request.get_data()
    try:
        payments.verify(
            body,
            header=request.headers.get(payments.HEADER, ""),
            secret=house().settings.payments_webhook_secret,
            now=now(),
        )
        with apart() as opened:
            is_new = payments.store_event(opened, body=body, now=now())
    except payments.WebhookNotAccepted as refused:
        log.warning("webhook.refused", reason=refused.facts["reason"])
        raise
    log.info("webhook.stored", is_new=is_new)
    _take_in()
    return {"received": True}


def _take_in() -> None:
    """Take in what waits now, rather than at the worker's next round; what fails here waits for the worker."""
    try:
        house().database.run(lambda opened: payments.process_events(opened, now=now(), limit=AT_ONCE))
        book_news(house().database, now())
    except Exception:
        log.exception("webhook.waits_for_the_worker")
