"""The emulated AWS starts empty, on loopback only, and says clearly when it cannot."""

import socket
import subprocess
import sys

import boto3
import pytest

from scanner.demo.emulation import empty
from scanner.errors import DrscanError


def buckets(emulation):
    s3 = boto3.client(
        "s3",
        endpoint_url=emulation.endpoint_url,
        region_name=emulation.environment["AWS_DEFAULT_REGION"],
        aws_access_key_id=emulation.environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=emulation.environment["AWS_SECRET_ACCESS_KEY"],
    )
    names = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    s3.create_bucket(Bucket=f"made-{len(names)}")
    return names


def test_each_start_is_afresh():
    for _ in range(2):
        with empty() as emulation:
            assert buckets(emulation) == []


def test_an_organization_is_forgotten_too():
    for _ in range(2):
        with empty() as emulation:
            organizations = boto3.client(
                "organizations",
                endpoint_url=emulation.endpoint_url,
                region_name="us-east-1",
                aws_access_key_id="test",
                aws_secret_access_key="test",
            )
            organizations.create_organization(FeatureSet="ALL")
            organizations.create_account(AccountName="member", Email="m@o.example")
            assert len(organizations.list_accounts()["Accounts"]) == 2


def test_it_listens_on_loopback_and_nowhere_else_and_lets_the_port_go():
    with empty() as emulation:
        host, port = emulation.endpoint_url.removeprefix("http://").split(":")
        assert host == "127.0.0.1"
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.2", int(port)), timeout=2)
    with empty(port=int(port)) as again:
        assert again.endpoint_url == emulation.endpoint_url


def test_a_port_in_use_is_an_error_with_the_port_and_what_to_do():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(DrscanError, match=f"127.0.0.1:{port}") as caught, empty(port=port):
            pass
    assert "another port" in caught.value.hint


def test_the_environment_leads_boto3_there():
    with empty() as emulation:
        code = "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])"
        run = subprocess.run(
            [sys.executable, "-c", code], env=dict(emulation.environment), capture_output=True, text=True, check=True
        )
    assert run.stdout.strip() == emulation.account


def test_naming_the_demo_loads_neither_moto_nor_boto3():
    code = (
        "import sys, scanner.demo.emulation, scanner.demo.serving, scanner.demo.content, scanner.demo.estate_file\n"
        "print(sorted({'moto', 'boto3', 'botocore', 'flask'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
