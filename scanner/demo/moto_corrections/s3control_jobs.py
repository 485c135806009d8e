"""Jobs of S3 Batch Operations, which moto knows nothing of: they are taken and kept on record, and never run.

Nothing here claims that objects were copied: a job stays as new as it came.
"""

from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.moto_api._internal import mock_random
from moto.s3control import urls
from moto.s3control.responses import S3ControlResponse

_PATHS = (
    r"{0}/v20180820/jobs$",
    r"{0}/v20180820/jobs/(?P<job_id>[^/]+)$",
    "/v20180820/jobs",
    "/v20180820/jobs/<job_id>",
)
_SHOWN = ("ConfirmationRequired", "Description", "ManifestGenerator", "Operation", "Priority", "Report", "RoleArn")


class _NotFoundError(ServiceException):
    """Of this module, for moto takes the module of an exception for the name of the service."""


def add() -> None:
    """Let S3 Control answer CreateJob and DescribeJob. May be called any number of times."""
    for path in _PATHS:
        urls.url_paths.setdefault(path, S3ControlResponse.dispatch)
    for name, answer in (("create_job", _create), ("describe_job", _describe)):
        if not hasattr(S3ControlResponse, name):
            setattr(S3ControlResponse, name, answer)


def _create(self: S3ControlResponse) -> ActionResult:
    """The same token asks for the same job, so that a call can be repeated."""
    token = self._get_param("ClientRequestToken")
    jobs = _jobs(self)
    known = next((id_ for id_, job in jobs.items() if job["token"] == token), None)
    if known is None:
        known = str(mock_random.uuid4())
        jobs[known] = {"token": token, **{name: self._get_param(name) for name in _SHOWN}}
    return ActionResult({"JobId": known})


def _describe(self: S3ControlResponse) -> ActionResult:
    id_ = self._get_param("JobId")
    job = _jobs(self).get(id_)
    if job is None:
        raise _NotFoundError("NotFoundException", f"there is no job {id_}")
    shown = {name: job[name] for name in _SHOWN if job[name] is not None}
    place = f"{self.partition}:s3:{self.region}:{self.current_account}"
    return ActionResult({"Job": {**shown, "JobId": id_, "JobArn": f"arn:{place}:job/{id_}", "Status": "New"}})


def _jobs(self: S3ControlResponse) -> dict[str, dict[str, Any]]:
    """The jobs of the account, kept where moto keeps the rest, so that they are forgotten with it."""
    jobs: dict[str, dict[str, Any]] = self.backend.__dict__.setdefault("batch_jobs", {})
    return jobs
