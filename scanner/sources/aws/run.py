"""One reading: who is entered, what is listed, what is asked of each resource, and when it has to end.

Listings and questions of all accounts and regions wait in one line for the same threads, so that no thread idles while
any call is left. Everything here runs in the thread that reads; the threads of the crew only make calls.
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from scanner.estate.estate import Account, Unseen
from scanner.sources.aws import organizations
from scanner.sources.aws.calls import Call, Found, Place, Scope
from scanner.sources.aws.crew import Crew
from scanner.sources.aws.faults import Failure, Kind
from scanner.sources.aws.fetch import Outcome, fetch, is_askable
from scanner.sources.aws.ledger import Ledger, Record
from scanner.sources.aws.progress import Counts, Progress
from scanner.sources.aws.s3 import BUCKET
from scanner.sources.aws.sessions import Entered, Gate
from scanner.sources.aws.stopping import Stop
from scanner.sources.aws.tables import Plan
from scanner.sources.aws.targets import Target

_PROGRESS_SECONDS = 0.1


class Run:
    """Reads a plan from targets into `ledger`. `stopped` says why it ended early, empty when it did not."""

    def __init__(self, plan: Plan, targets: Sequence[Target], gate: Gate, workers: int, progress: Progress | None):
        self.ledger = Ledger()
        self.stopped = ""
        self._plan, self._targets, self._gate = plan, targets, gate
        self._crew = Crew(workers)
        self._progress = progress
        self._told = 0.0
        self._counts: Counter[str] = Counter(accounts_total=len(targets))
        self._left_in: Counter[tuple[str, str]] = Counter()
        self._closed: dict[tuple[str, str], Failure] = {}
        self._waiting: dict[str, list[tuple[Entered, Record]]] = {
            target.account_id: [] for target in targets if plan.of(organizations.ORGANIZATION)
        }

    def read(self) -> None:
        """Read until all is read, the credentials expire, or the user interrupts."""
        try:
            for target in self._targets:
                self._crew.submit(partial(self._gate.enter, target), partial(self._entered, target))
            self._crew.run(self._tick)
        except KeyboardInterrupt:
            self.stopped = str(Stop.INTERRUPTED)
        finally:
            self._crew.stop()
        self._crew.take_finished()
        self._tell()

    def _entered(self, target: Target, outcome: Entered | Failure) -> None:
        self._counts["accounts"] += 1
        if isinstance(outcome, Failure):
            self._not_entered(target, outcome)
            return
        regions = outcome.regions
        self.ledger.accounts.append(Account(target.account_id, target.name, regions))
        if outcome.blind_regions:
            self._gap(target.account_id, "", "region", outcome.blind_regions)
        self._counts["regions_total"] += len(regions)
        for call in self._plan.scoped(Scope.ACCOUNT):
            self.ledger.expect(call, target.account_id)
            self._submit(outcome, call, replace(outcome.home, region=""))
        for region in regions:
            self._list_region(outcome, region)

    def _not_entered(self, target: Target, failure: Failure) -> None:
        self.ledger.accounts.append(Account(target.account_id, target.name, target.regions))
        self._gap(target.account_id, "", "account", failure)
        if failure.kind is Kind.EXPIRED:
            self._stop(failure)
        self._release(target.account_id)

    def _list_region(self, entered: Entered, region: str) -> None:
        calls = self._plan.scoped(Scope.REGION)
        place = replace(entered.home, region=region)
        self._left_in[place.account, region] = len(calls)
        self._counts["regions"] += not calls
        for call in calls:
            self.ledger.expect(call, place.account, region)
            self._submit(entered, call, place)

    def _submit(self, entered: Entered, call: Call, place: Place, record: Record | None = None) -> None:
        self._counts["calls_total"] += 1
        work = partial(self._fetch, entered, call, place, record.found if record else None)
        self._crew.submit(work, partial(self._answered, entered, call, place, record))

    # Done by the threads of the crew: nothing of the run is changed.

    def _fetch(self, entered: Entered, call: Call, place: Place, subject: Found | None) -> Outcome:
        region = call.region or (subject.region if subject else "") or place.region
        if region:
            return self._fetch_in(entered, call, replace(place, region=region), subject)
        outcome = Outcome()
        # A call on the account as a whole goes to its first region, or the next where that one is not enabled.
        for home in (entered.home.region, *(r for r in entered.regions if r != entered.home.region)):
            outcome = self._fetch_in(entered, call, replace(place, region=home), subject)
            if outcome.failure is None or outcome.failure.kind is not Kind.REGION:
                break
        return outcome

    def _fetch_in(self, entered: Entered, call: Call, place: Place, subject: Found | None) -> Outcome:
        closed = self._closed.get((place.account, place.region))
        return Outcome(failure=closed) if closed else fetch(call, entered.clients, place, subject)

    # Done by the thread that reads.

    def _answered(self, entered: Entered, call: Call, place: Place, record: Record | None, outcome: Outcome) -> None:
        self._counts["calls"] += 1
        failure = outcome.failure
        if failure is not None and failure.kind is Kind.EXPIRED:
            self._stop(failure)
            return
        if record is not None and failure is not None and failure.kind is Kind.GONE:
            self._vanish(record)
        elif record is not None and call.locates:
            self._located(entered, place, record, outcome)
        else:
            self._settle(entered, call, place, record, outcome)

    def _settle(self, entered: Entered, call: Call, place: Place, record: Record | None, outcome: Outcome) -> None:
        failure = outcome.failure
        for found in outcome.found:
            self._found(entered, call, place, found, record)
        if failure is not None and failure.kind is Kind.REGION:
            self._close(entered, call, place, record, failure)
        if failure is not None and call.sole:
            sole = self.ledger.add(call.sole(place, record.found if record else None), place, call, record)
            if sole is not None:
                sole.failures[call] = failure
        if record is None:
            self._listed(call, place, failure)
        elif failure is None:
            record.answers[call] = outcome.properties
        else:
            record.failures[call] = failure

    def _listed(self, call: Call, place: Place, failure: Failure | None) -> None:
        self.ledger.listed(call, place.account, place.region, failure)
        if call.scope is Scope.REGION:
            self._left_in[place.account, place.region] -= 1
            self._counts["regions"] += not self._left_in[place.account, place.region]
        if failure is not None and organizations.ORGANIZATION in call.lists:
            self._release(place.account)

    def _found(self, entered: Entered, call: Call, place: Place, found: Found, parent: Record | None) -> None:
        if call.scope is Scope.ACCOUNT and found.region and found.region not in entered.regions:
            self._outside(place, found, found.region)
            return
        record = self.ledger.add(found, place, call, parent)
        if record is None:
            return
        if found.region is not None:
            self._ask_about(entered, record)
            return
        for locator in self._plan.calls:
            if locator.locates and found.type in locator.of:
                self._submit(entered, locator, place, record)

    def _located(self, entered: Entered, place: Place, record: Record, outcome: Outcome) -> None:
        region = outcome.properties.get("region", "")
        if outcome.failure is not None:
            # Where it is decides whether it was asked for, so that all of it stays unknown.
            for call in self._plan.of(record.found.type):
                self._settle(entered, call, place, record, outcome)
        elif region in entered.regions:
            record.found = replace(record.found, region=region)
            self._ask_about(entered, record)
        else:
            self._outside(place, record.found, region)
            self.ledger.vanish(record)

    def _outside(self, place: Place, found: Found, region: str) -> None:
        self._counts["outside"] += 1
        if found.type == BUCKET and region:
            self.ledger.outside(found, place, region)

    def _ask_about(self, entered: Entered, record: Record) -> None:
        if record.found.type == organizations.ORGANIZATION and self._waits(entered, record):
            return
        for call in self._plan.of(record.found.type):
            if is_askable(call, record.found):
                self._submit(entered, call, record.place, record)
            else:
                record.answers[call] = {}

    def _waits(self, entered: Entered, record: Record) -> bool:
        # The management account sees all of the organization, its members hardly anything: only if it is not in scope
        # or cannot tell, they are asked instead.
        manager = record.owner
        if manager == record.place.account or manager not in self._waiting:
            return False
        self._waiting[manager].append((entered, record))
        return True

    def _release(self, manager: str) -> None:
        for entered, record in self._waiting.pop(manager, ()):
            self._ask_about(entered, record)

    def _close(self, entered: Entered, call: Call, place: Place, record: Record | None, failure: Failure) -> None:
        region = call.region or (record.found.region if record else "") or place.region
        if region in entered.regions and (place.account, region) not in self._closed:
            self._closed[place.account, region] = failure
            self._gap(place.account, region, "region", failure)

    def _vanish(self, record: Record) -> None:
        self._counts["vanished"] += not record.vanished
        self.ledger.vanish(record)

    def _gap(self, account: str, region: str, what: str, failure: Failure) -> None:
        self.ledger.places.append(Unseen(account, region, what, failure.reason, failure.iam_action))

    def _stop(self, failure: Failure) -> None:
        self.stopped = self.stopped or f"{Stop.EXPIRED}: {failure.reason}"
        self._crew.stop()

    def _tick(self) -> None:
        if time.monotonic() - self._told > _PROGRESS_SECONDS:
            self._tell()

    def _tell(self) -> None:
        if self._progress is not None:
            self._progress(Counts(**self._counts))
        self._told = time.monotonic()
