"""A client that nobody here wrote, against the sandbox: run by `npm run bench -- boto3` with the sandbox's address as argument.

Lists page by page, encrypts, decrypts across accounts through a grant, is refused without it, and finds its own calls by
LookupEvents. Prints one JSON line; exits 1 when something is not as with AWS.
"""
import json
import sys

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
print(json.dumps({"pages": len(pages), "listed": len(listed), "decrypts": len(mine), "shared": len(shared), "boto3": boto3.__version__}))
