"""What S3 says in XML where moto has no words for it: errors with the status that AWS gives them."""

from xml.sax.saxutils import escape

Answer = tuple[int, dict[str, str], str]
"""Status, headers and body, as moto's S3 handlers return them."""


def error(status: int, code: str, message: str, **fields: str) -> Answer:
    """An S3 error document; `fields` become further elements (`Bucket`, `Endpoint`)."""
    further = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
    body = f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message>{further}</Error>"
    return status, {}, f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'


def access_denied() -> Answer:
    """The refusal that S3 gives to strangers, with nothing on the reason."""
    return error(403, "AccessDenied", "Access Denied")


def not_implemented(what: str) -> Answer:
    """The honest answer to a question that this emulation does not know."""
    return error(501, "NotImplemented", f"The emulated S3 does not implement {what}.")


def permanent_redirect(bucket: str, region: str) -> Answer:
    """What S3 says to a request that was signed for another region than the bucket's."""
    status, headers, body = error(
        301,
        "PermanentRedirect",
        "The bucket you are attempting to access must be addressed using the specified endpoint.",
        Bucket=bucket,
        Endpoint=f"s3.{region}.amazonaws.com",
    )
    return status, {**headers, "x-amz-bucket-region": region}, body
