"""The store's bucket: made when it is missing, with rules for what expires in it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lectern.worker.bucket import RuleReport
from lectern.worker.failures import Missing
from lectern.worker.retention import ExpiryRule, declare_rules
from lectern.worker.s3_store import describe_failure, open_client
from lectern.worker.settings import Settings

_UPLOAD_DAYS = 7  # until the parts of an upload that never ended are deleted
_NO_RULES = "NoSuchLifecycleConfiguration"
_UNWILLING = {HTTPStatus.FORBIDDEN, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED}
_UNWILLING_CODES = {"AccessDenied", "MethodNotAllowed", "NotImplemented", "UnsupportedOperation"}
_NOT_OURS = {"InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"}  # 403 as well, whatever is asked
_SIZE_LIMIT = "TransitionDefaultMinimumObjectSize"  # of AWS, beside the rules: putting rules without it resets it


async def find_bucket(settings: Settings, *, make: bool) -> bool:
    """True if the store has the bucket of the settings; with `make` it is made when it is missing, and False returned.

    Raises Unavailable when the store is, or does not let us make one.
    """
    async with open_client(settings) as client:
        try:
            await client.head_bucket(Bucket=settings.s3_bucket)
            return True
        except (ClientError, BotoCoreError) as error:
            failure = describe_failure(error, settings.s3_bucket)
            if not isinstance(failure, Missing):
                raise failure from error
        if make:
            try:
                await client.create_bucket(Bucket=settings.s3_bucket)
            except (ClientError, BotoCoreError) as error:
                raise describe_failure(error, settings.s3_bucket) from error
    return False


async def apply_rules(settings: Settings, *, change: bool) -> RuleReport:
    """Compares the bucket's rules with those declared; with `change` they are set. Rules of others stay as they are.

    A store that has no such rules, or keys that may not see or set them, are reported as a refusal. Raises Unavailable
    when the store is.
    """
    bucket = settings.s3_bucket
    async with open_client(settings) as client:
        try:
            answer = await _read_rules(client, bucket)
            actual: list[dict[str, Any]] = answer.get("Rules", [])
            found = {rule: _find_differences(rule, actual) for rule in declare_rules(settings)}
            lines = [line for each in found.values() for line in each]
            if lines and change:
                await _write_rules(client, bucket, answer, tuple(found))
                lines = [f"store rule {rule.name}" for rule, differences in found.items() if differences]
        except (ClientError, BotoCoreError) as error:
            if isinstance(error, ClientError) and _is_unwilling(error):
                return RuleReport(refusal=_describe_refusal(error, settings))
            raise describe_failure(error, bucket) from error
    return RuleReport(lines=lines)


async def _read_rules(client: Any, bucket: str) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = await client.get_bucket_lifecycle_configuration(Bucket=bucket)
        return answer
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == _NO_RULES:
            return {}
        raise


async def _write_rules(client: Any, bucket: str, answer: dict[str, Any], declared: tuple[ExpiryRule, ...]) -> None:
    """All rules of a bucket are replaced at once, so those of others are written back as they were read."""
    names = {rule.name for rule in declared}
    rules = [rule for rule in answer.get("Rules", []) if rule.get("ID") not in names]
    rules += [_encode_rule(rule) for rule in declared if rule.days]
    if not rules:
        await client.delete_bucket_lifecycle(Bucket=bucket)
        return
    beside = {_SIZE_LIMIT: answer[_SIZE_LIMIT]} if _SIZE_LIMIT in answer else {}
    await client.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules}, **beside)


def _encode_rule(rule: ExpiryRule) -> dict[str, Any]:
    return {
        "ID": rule.name,
        "Status": "Enabled",
        "Filter": {"Prefix": rule.prefix},
        "Expiration": {"Days": rule.days},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": _UPLOAD_DAYS},
    }


def _find_differences(rule: ExpiryRule, actual: list[dict[str, Any]]) -> list[str]:
    found = next((each for each in actual if each.get("ID") == rule.name), None)
    if not rule.days:
        return [f"store rule {rule.name} deletes what is to be kept for good"] if found else []
    if found is None:
        return [f"store rule {rule.name} is missing: {rule.prefix} expires after {rule.days} days"]
    differing = _flatten(found).items() ^ _flatten(_encode_rule(rule)).items()
    fields = sorted({field for field, _ in differing})
    return [
        f"store rule {rule.name}: {field} is {_flatten(found).get(field)!r},"
        f" declared {_flatten(_encode_rule(rule)).get(field)!r}"
        for field in fields
    ]


def _flatten(rule: dict[str, Any]) -> dict[str, Any]:
    """What a rule does, however the store writes it: in the older form the prefix is outside of the filter."""
    filter_ = rule.get("Filter", {})
    return {
        "status": rule.get("Status"),
        "prefix": filter_.get("Prefix", filter_.get("And", {}).get("Prefix", rule.get("Prefix"))),
        "days": rule.get("Expiration", {}).get("Days"),
        "days of unfinished uploads": rule.get("AbortIncompleteMultipartUpload", {}).get("DaysAfterInitiation"),
    }


def _is_unwilling(error: ClientError) -> bool:
    """True if the store answers, and has no rules or does not let these keys see or set them."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    return code not in _NOT_OURS and (code in _UNWILLING_CODES or status in _UNWILLING)


def _describe_refusal(error: ClientError, settings: Settings) -> str:
    code = error.response.get("Error", {}).get("Code", "no reason")
    wanted = ", ".join(f"{rule.prefix} {rule.days} days" for rule in declare_rules(settings) if rule.days)
    return (
        f"Nothing expires by Lectern's rules: the store does not let these keys set rules for bucket"
        f" {settings.s3_bucket}, or has none ({code}). Set them where the store is administered: {wanted or 'none'}."
    )
