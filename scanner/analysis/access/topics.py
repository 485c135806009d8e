"""Whether CloudWatch gets through to the topics that alarms name: past the topic's policy, and past its key's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from scanner.analysis.access.deliveries import Judged, alarm_is_published, key_serves_alarm
from scanner.analysis.arns import account_of, partition_of, region_of
from scanner.analysis.keys import KeyNames, KeyUse, key_names
from scanner.analysis.kinds import KEY, TOPIC_POLICY
from scanner.analysis.reading import elements, text
from scanner.analysis.replication.documents import compiled, unseen
from scanner.analysis.truth import Truth
from scanner.estate.estate import Estate
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown
from scanner.policy.statements import PolicyKind

AWS_MANAGED_KEY = "alias/aws/sns"


@dataclass(frozen=True)
class Topics:
    """The policies of topics and of the keys that they are encrypted with. Make one for each estate; it remembers."""

    estate: Estate
    _kept: dict[str, Judged] = field(default_factory=dict, repr=False)

    def is_published(self, topic: Resource, alarm: Resource) -> Truth:
        """Whether the topic's policy lets CloudWatch publish for the alarm."""
        if topic.arn not in self._kept:
            self._kept[topic.arn] = self._policy(topic)
        policy = self._kept[topic.arn]
        if policy is None:
            # Without one of its own a topic has SNS's default policy, which admits what acts for its account.
            return alarm.account == topic.account
        return alarm_is_published(policy, topic.arn, topic.account, alarm)

    def key_serves(self, topic: Resource, alarm: Resource) -> Truth:
        """Whether CloudWatch may use the key of the topic; True where the topic is not encrypted with one.

        The key that AWS manages for SNS never lets it.
        """
        written = text(topic.properties, "KmsMasterKeyId")
        if not isinstance(written, str):
            return written or True
        if written.endswith(AWS_MANAGED_KEY):
            return False
        use = KeyUse(topic.arn, written, topic.account, topic.region, partition_of(topic.arn))
        arn = self._key_names.arn(use)
        if not isinstance(arn, str):
            return arn or False
        key = self.estate.get(KEY, arn)
        if key is None:
            return self.estate.blind(KEY, account_of(arn), region_of(arn)) or False
        return key_serves_alarm(self._key_policy(key), key.arn, key.account, topic.arn, alarm)

    def _key_policy(self, key: Resource) -> Judged:
        if key.arn not in self._kept:
            document = key.properties.get("KeyPolicy")
            self._kept[key.arn] = compiled(document, PolicyKind.RESOURCE, f"of key {key.name}")
        return self._kept[key.arn]

    def _policy(self, topic: Resource) -> Judged:
        found = self._policies.get(topic.arn)
        if found is None:
            doubt = self.estate.blind(TOPIC_POLICY, topic.account, topic.region) or self._policies_doubt
            return None if doubt is None else unseen(doubt)
        return compiled(found.properties.get("PolicyDocument"), PolicyKind.RESOURCE, f"of topic {topic.name}")

    @cached_property
    def _key_names(self) -> KeyNames:
        return key_names(self.estate)

    @cached_property
    def _policies(self) -> Mapping[str, Resource]:
        named = ((arn, one) for one in self.estate.of_type(TOPIC_POLICY) for arn in _topics(one))
        return {arn: policy for arn, policy in named if isinstance(arn, str)}

    @cached_property
    def _policies_doubt(self) -> Unknown | None:
        """Why some policy may be that of any topic."""
        named = (arn for one in self.estate.of_type(TOPIC_POLICY) for arn in _topics(one))
        return next((arn for arn in named if isinstance(arn, Unknown)), None)


def _topics(policy: Resource) -> list[object]:
    return elements(policy.properties.get("Topics"))
