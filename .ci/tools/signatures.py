#!/usr/bin/env python3
"""Prints the table that Tests/AWSTests/signatures.jsonl holds: requests, and how botocore signs them.

    .ci/tools/signatures.py > Tests/AWSTests/signatures.jsonl     (needs botocore: pip install botocore)

The requests come from a fixed seed, so the table changes only if botocore signs differently.
"""
import datetime
import json
import random
import sys

try:
    import botocore.auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
except ImportError:
    sys.exit("signatures.py needs botocore: pip install botocore")

dice = random.Random(20261122)
now = datetime.datetime(2026, 11, 22, tzinfo=datetime.timezone.utc)
botocore.auth.get_current_datetime = lambda *a, **k: now


def word(alphabet, longest):
    return "".join(dice.choice(alphabet) for _ in range(dice.randint(1, longest)))


plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
odd = plain + "-._~!$&'()*+,;=:@ %#äß漢😀"


def request(number):
    host = dice.choice(["sqs.eu-west-1.amazonaws.com", "127.0.0.1:4566", "example-ats.iot.us-east-1.amazonaws.com"])
    headers = [("Content-Type", dice.choice(["application/x-amz-json-1.0", "text/plain;  charset=utf-8"]))]
    if dice.random() < 0.5:
        headers.append(("X-Amz-Target", "AmazonSQS.SendMessageBatch"))
    if dice.random() < 0.3:
        headers.append(("X-Odd", "  two   words\tand more "))
    if dice.random() < 0.3:
        headers += [("User-Agent", "nobody/1"), ("Expect", "100-continue")]
    body = dice.choice(["", "{}", word(odd, 300), json.dumps({"QueueUrl": "https://" + host + "/1/q"})])
    return dict(method=dice.choice(["POST", "GET", "PUT", "DELETE"]), host=host, headers=headers, body=body,
                region=dice.choice(["eu-west-1", "us-gov-east-1"]), service=dice.choice(["sqs", "sts", "iotdata"]),
                key=word(plain, 20), secret=word(plain + "/+", 40), token=word(plain + "/+=", 300) if dice.random() < 0.5 else None,
                seconds=dice.randint(0, 4_102_444_800))


for number in range(200):
    r = request(number)
    now = datetime.datetime.fromtimestamp(r["seconds"], datetime.timezone.utc)
    url = "https://" + r["host"] + "/"
    signed = AWSRequest(method=r["method"], url=url, data=r["body"].encode())
    for name, value in r["headers"]:
        signed.headers[name] = value
    botocore.auth.SigV4Auth(Credentials(r["key"], r["secret"], r["token"]), r["service"], r["region"]).add_auth(signed)
    r["expected"] = {name: signed.headers[name] for name in ("X-Amz-Date", "X-Amz-Security-Token", "Authorization")
                     if name in signed.headers}
    print(json.dumps(r, ensure_ascii=True, sort_keys=True))
