"""A client that nobody here wrote, against the sandbox: run by `npm run bench -- boto3` with the sandbox's address as argument.

Lists page by page, encrypts, decrypts across accounts through a grant, is refused without it, and finds its own calls by
LookupEvents and in the log files of a trail, which the aws-cli validates where it is there. Prints one JSON line; exits 1 when something is not as with AWS.
"""
import datetime
import gzip
import json
import os
import shutil
import subprocess
import sys
import urllib.request

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint = sys.argv[1]
OWNER, STRANGER = "210987654321", "321098765432"


def client(service, account):
    return boto3.client(service, endpoint_url=endpoint, region_name="eu-west-1", aws_access_key_id=account,
                        aws_secret_access_key="any", config=Config(retries={"max_attempts": 1}))


def refused(call):
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


BUCKET, TRAIL = "boto3-trail", f"arn:aws:cloudtrail:eu-west-1:{OWNER}:trail/all"
s3, cloudtrail = client("s3", OWNER), client("cloudtrail", OWNER)
s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
writing = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:PutObject",
           "Resource": f"arn:aws:s3:::{BUCKET}/AWSLogs/{OWNER}/*"}
s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [writing]}))
cloudtrail.create_trail(Name="all", S3BucketName=BUCKET, EnableLogFileValidation=True)
cloudtrail.start_logging(Name="all")

owner, stranger = client("kms", OWNER), client("kms", STRANGER)
made = {owner.create_key(Description=f"key {i}")["KeyMetadata"]["Arn"] for i in range(23)}
pages = list(owner.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 5}))
listed = {key["KeyArn"] for page in pages for key in page["Keys"]}
assert made <= listed and all(len(page["Keys"]) <= 5 for page in pages), "paging"

key = sorted(made)[0]
context = {"tenant": "blue"}
blob = owner.encrypt(KeyId=key, Plaintext=b"secret", EncryptionContext=context)["CiphertextBlob"]
assert owner.decrypt(CiphertextBlob=blob, EncryptionContext=context)["Plaintext"] == b"secret"

decrypt = lambda given: stranger.decrypt(KeyId=key, CiphertextBlob=blob, EncryptionContext=given)  # noqa: E731
assert refused(lambda: decrypt(context)) == "AccessDeniedException", "a stranger without a grant"
grant = owner.create_grant(KeyId=key, GranteePrincipal=f"arn:aws:iam::{STRANGER}:user/admin", Operations=["Decrypt"],
                           Constraints={"EncryptionContextEquals": context})
assert decrypt(context)["Plaintext"] == b"secret", "through the grant"
assert refused(lambda: decrypt({"tenant": "red"})) == "AccessDeniedException", "outside the grant's constraint"
owner.revoke_grant(KeyId=key, GrantId=grant["GrantId"])
assert refused(lambda: decrypt(context)) == "AccessDeniedException", "after the grant was revoked"


def events(account, name):
    trail = client("cloudtrail", account)
    found = trail.lookup_events(LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": name}])["Events"]
    return [json.loads(event["CloudTrailEvent"]) for event in found]


mine, owners = events(STRANGER, "Decrypt"), events(OWNER, "Decrypt")
shared = {event.get("sharedEventID") for event in mine} & {event.get("sharedEventID") for event in owners} - {None}
assert len(mine) == 4 and sum("errorCode" in event for event in mine) == 3, "the caller's account sees every call, refusals too"
assert len(shared) == 1, "the owner's account sees the one that worked, as the same event"
assert len(events(OWNER, "CreateGrant")) == 1

clock = urllib.request.Request(f"{endpoint}/_sandbox/clock", data=b'{"advanceSeconds": 8000}', method="POST")
urllib.request.urlopen(clock).read()
keys = [found["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, PaginationConfig={"PageSize": 2})
        for found in page.get("Contents", [])]
logs = [name for name in keys if "/CloudTrail/" in name]
records = [record for name in logs
           for record in json.loads(gzip.decompress(s3.get_object(Bucket=BUCKET, Key=name)["Body"].read()))["Records"]]
assert {event["eventID"] for event in owners} <= {record["eventID"] for record in records}, "log files hold what LookupEvents has"


def validate():
    """What the aws-cli says of the trail's files."""
    start = (datetime.datetime.utcnow() - datetime.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    end = (datetime.datetime.utcnow() + datetime.timedelta(hours=4)).strftime("%Y-%m-%dT%H:%M:%SZ")
    signed = {"AWS_ACCESS_KEY_ID": OWNER, "AWS_SECRET_ACCESS_KEY": "any", "AWS_DEFAULT_REGION": "eu-west-1"}
    command = ["aws", "cloudtrail", "validate-logs", "--trail-arn", TRAIL, "--start-time", start, "--end-time", end]
    return subprocess.run(command + ["--verbose"], env={**os.environ, **signed, "AWS_ENDPOINT_URL": endpoint},
                          capture_output=True, text=True).stdout


if shutil.which("aws"):
    said = validate()
    assert f"{len(logs)}/{len(logs)} log files valid" in said and "INVALID" not in said, said
    s3.put_object(Bucket=BUCKET, Key=logs[0], Body=gzip.compress(b'{"Records": []}'))
    assert f"1/{len(logs)} log files INVALID" in validate(), "a file that was altered"
print(json.dumps({"pages": len(pages), "listed": len(listed), "decrypts": len(mine), "shared": len(shared), "logFiles": len(logs),
                  "boto3": boto3.__version__}))
