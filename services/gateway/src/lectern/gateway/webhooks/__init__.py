"""Webhooks: an owner's endpoints are told of their videos' events, by the Standard Webhooks specification."""

from lectern.gateway.webhooks.announcing import Announcer
from lectern.gateway.webhooks.changes import change, make_test_delivery, redeliver, register, rotate_secret
from lectern.gateway.webhooks.connecting import CheckedBackend
from lectern.gateway.webhooks.deliveries import Deliveries, DeliveryAttempt, WebhookDelivery, make_delivery_id
from lectern.gateway.webhooks.dispatching import Dispatcher
from lectern.gateway.webhooks.endpoints import MAX_ENDPOINTS, Endpoints, WebhookEndpoint
from lectern.gateway.webhooks.mapping import map_delivery, map_new_webhook, map_webhook
from lectern.gateway.webhooks.payloads import make_body
from lectern.gateway.webhooks.sending import Sender

__all__ = [
    "MAX_ENDPOINTS",
    "Announcer",
    "CheckedBackend",
    "Deliveries",
    "DeliveryAttempt",
    "Dispatcher",
    "Endpoints",
    "Sender",
    "WebhookDelivery",
    "WebhookEndpoint",
    "change",
    "make_body",
    "make_delivery_id",
    "make_test_delivery",
    "map_delivery",
    "map_new_webhook",
    "map_webhook",
    "redeliver",
    "register",
    "rotate_secret",
]
