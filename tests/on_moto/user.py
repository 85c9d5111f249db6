"""user.py ENDPOINT NAME POLICY: makes somebody in moto who may what the policy says, and prints their keys."""

import json
import sys

import boto3

endpoint, name, policy = sys.argv[1:]
iam = boto3.client(
    "iam", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
)
iam.create_user(UserName=name)
iam.put_user_policy(UserName=name, PolicyName=name, PolicyDocument=policy)
keys = iam.create_access_key(UserName=name)["AccessKey"]
print(json.dumps([keys["AccessKeyId"], keys["SecretAccessKey"]]))
