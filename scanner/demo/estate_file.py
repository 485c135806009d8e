"""The estate.yaml of the demo: its accounts, and what each document says must be recoverable."""

from scanner.demo.estates import batch, china, cli, guarded, harbor, multi_account, secure_mrap
from scanner.demo.estates.accounts import ACCOUNTS, MANAGEMENT, SCANNER_ROLE, SWITCHED_OFF, DemoAccount

_ABOUT = """\
# The estate of `drscan demo`: five published architectures, one that is done right, and one that may not be read.
# Its AWS is emulated on this machine; point a scan at it with AWS_ENDPOINT_URL.
version: 1
partition: aws
"""

_SWITCHED_OFF = f"""\
  # Region {SWITCHED_OFF} is switched off in the account guarded. Add it there, and see what a scan makes of a place
  # that it cannot enter.
"""

# What the documents themselves promise: the one for China names RPO and RTO; the others name none, and "zero data loss"
# is no objective that asynchronous replication can have.
_PROTECT = f"""\
protect:
  # "Multi-Account Disaster Recovery using S3 Cross-Region Replication"
  - name: documents
    bucket: {multi_account.SOURCE}
    account: primary
    copies: [{{bucket: {multi_account.COPY}, account: recovery, region: eu-west-1}}]
  # "AWS-S3-Cross-Region-Bucket-Replication-CRR", with a Batch job for old objects
  - name: photos
    bucket: {batch.SOURCE}
    account: primary
    copies: [{{bucket: {batch.COPY}, account: primary, region: us-east-1}}]
  # "Cross-Region Replication (CRR) in Amazon S3", by the AWS CLI
  - name: cli-example
    bucket: {cli.SOURCE}
    account: primary
    copies: [{{bucket: {cli.COPY}, account: primary, region: eu-west-1}}]
  # "Secure Multi-Region S3 Architecture"
  - name: secure-data
    bucket: {secure_mrap.SOURCE}
    account: primary
    copies:
      - {{bucket: acme-secure-eu-west-1, account: primary, region: eu-west-1}}
      - {{bucket: acme-secure-us-west-2, account: primary, region: us-west-2}}
  # "Cross-Account Backups for Disaster Recovery in AWS": RTO at most 12 hours, RPO at most 24 hours
  - name: contracts
    bucket: {china.SOURCE}
    account: china-source
    copies: [{{bucket: {china.COPY}, account: china-target, region: cn-northwest-1}}]
    rpo: 24h
    rto: 12h
  # The healthy estate
  - name: orders
    bucket: {harbor.ORDERS.source}
    account: harbor-primary
    copies: [{{bucket: {harbor.ORDERS.copy}, account: harbor-recovery, region: eu-west-1}}]
    object_lock: {{mode: COMPLIANCE, days: 35}}
    rpo: 15m
    rto: 4h
  - name: catalog
    bucket: {harbor.CATALOG.source}
    account: harbor-primary
    copies: [{{bucket: {harbor.CATALOG.copy}, account: harbor-recovery, region: eu-west-1}}]
    object_lock: {{mode: COMPLIANCE, days: 35}}
    rpo: 15m
    rto: 4h
  # The account that refuses some reads
  - name: ledger
    bucket: {guarded.LEDGER.source}
    account: guarded
    copies: [{{bucket: {guarded.LEDGER.copy}, account: guarded, region: us-west-2}}]
    rpo: 24h
    rto: 12h
"""


def estate_yaml() -> str:
    """The text of the file; `drscan scan --estate` reads it."""
    accounts = (_account(account) for account in ACCOUNTS)
    return "\n".join([_ABOUT + "accounts:", *accounts, _SWITCHED_OFF + _PROTECT])


def _account(account: DemoAccount) -> str:
    role = account.at(account.regions[0]).iam(f"role/{SCANNER_ROLE}")
    entered = "" if account is MANAGEMENT else f"role: {role}, "
    return f'  {account.name}: {{id: "{account.id}", {entered}regions: [{", ".join(account.regions)}]}}'
