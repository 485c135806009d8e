"""A subscription by e-mail or web reaches nobody until its owner confirms it; moto calls every one confirmed."""

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.sns.exceptions import SNSInvalidParameter
from moto.sns.models import SNSBackend, Subscription
from moto.sns.responses import SNSResponse

from scanner.demo.moto_corrections.patching import Correction

Original = Callable[..., Any]

_ASK_FIRST = frozenset({"email", "email-json", "http", "https"})
_PENDING = "PendingConfirmation"


def _subscribe(original: Original, self: SNSBackend, topic_arn: str, endpoint: str, protocol: str) -> Subscription:
    known = set(self.subscriptions)
    subscription: Subscription = original(self, topic_arn, endpoint, protocol)
    if subscription.arn not in known:
        subscription.attributes[_PENDING] = protocol in _ASK_FIRST
    return subscription


def _subscribe_response(original: Original, self: SNSResponse) -> ActionResult:
    arn = original(self).result["SubscriptionArn"]
    asked = str(self._get_param("ReturnSubscriptionArn")).lower() == "true"
    told = asked or not _is_pending(self.backend.subscriptions[arn])
    return ActionResult({"SubscriptionArn": arn if told else "pending confirmation"})


def _confirm(_original: Original, self: SNSResponse) -> ActionResult:
    """ConfirmSubscription. Nothing is mailed here, so the token is the ARN of the subscription."""
    arn = self._get_param("Token")
    if arn not in self.backend.subscriptions:
        raise SNSInvalidParameter("Invalid token")
    self.backend.subscriptions[arn].attributes[_PENDING] = False
    return ActionResult({"SubscriptionArn": arn})


def _list(original: Original, self: SNSResponse) -> ActionResult:
    """Listings hide the ARN of a subscription that is not confirmed, and that is how one tells."""
    result = original(self).result
    return ActionResult({**result, "Subscriptions": [_listed(item) for item in result["Subscriptions"]]})


def _listed(subscription: Subscription) -> dict[str, Any]:
    return {
        "SubscriptionArn": _PENDING if _is_pending(subscription) else subscription.arn,
        "Owner": subscription.owner,
        "Protocol": subscription.protocol,
        "Endpoint": subscription.endpoint,
        "TopicArn": subscription.topic_arn,
    }


def _topic_attributes(original: Original, self: SNSResponse) -> ActionResult:
    """GetTopicAttributes with the subscriptions counted."""
    attributes = original(self).result["Attributes"]
    pending = [_is_pending(s) for s in self.backend.subscriptions.values() if s.topic_arn == attributes["TopicArn"]]
    counts = {"SubscriptionsPending": sum(pending), "SubscriptionsConfirmed": len(pending) - sum(pending)}
    return ActionResult({"Attributes": {**attributes, **counts}})


def _is_pending(subscription: Subscription) -> bool:
    return bool(subscription.attributes[_PENDING])


CORRECTIONS = (
    Correction(SNSBackend, "subscribe", _subscribe),
    Correction(SNSResponse, "subscribe", _subscribe_response),
    Correction(SNSResponse, "confirm_subscription", _confirm),
    Correction(SNSResponse, "list_subscriptions", _list),
    Correction(SNSResponse, "list_subscriptions_by_topic", _list),
    Correction(SNSResponse, "get_topic_attributes", _topic_attributes),
)
