"""deploy.py ENDPOINT TEMPLATE STAGE: makes in moto what the template makes for a stage, and prints what became of it.

Tables, queues, topics, roles, logs and functions are made by moto's CloudFormation from the template's own properties. What it
does not know is made here from the same properties: state machines, schedules, alarms, aliases, and of tables what is switched on
after they are made. What no emulator has, such as the user pool, is a name only.
"""

import json
import re
import sys
from pathlib import Path

import boto3

ENDPOINT, TEMPLATE, STAGE = sys.argv[1:]
REGION, ACCOUNT = "us-east-1", "123456789012"
ASKED = {"Stage": STAGE, "SignInPrefix": "rez", "DailyMessage": "good morning"}
PSEUDO = {
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": f"rez-agent-{STAGE}",
}
# What is only a name here.
NAMES = {"UserPool": f"{REGION}_Ab1", "UserPoolClient": "client", "HttpApi": "api"}
# By CloudFormation.
MADE = {
    "AWS::DynamoDB::Table",
    "AWS::IAM::Role",
    "AWS::Lambda::Function",
    "AWS::Logs::LogGroup",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
}

template = json.loads(Path(TEMPLATE).read_text())
resources = template["Resources"]
parameters = {name: ASKED.get(name, one.get("Default")) for name, one in template["Parameters"].items()}


def client(service):
    return boto3.client(
        service, endpoint_url=ENDPOINT, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test"
    )


def holds(condition):
    """Whether a condition of the template holds."""
    (kind, arguments), = condition.items()
    if kind == "Fn::Equals":
        one, other = (resolved(argument, {}) for argument in arguments)
        return one == other
    if kind == "Fn::Not":
        return not holds(arguments[0])
    if kind == "Condition":
        return holds(template["Conditions"][arguments])
    raise ValueError(f"the condition {kind} is not known here")


def arn(service, rest):
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"


def foreign(name, attribute):
    """What a reference to something becomes that CloudFormation does not make here; None for what it does make."""
    base, _, kind = name.partition(".")
    if kind in ("Version", "Alias"):
        function = resolved(resources[base]["Properties"]["FunctionName"], {})
        return arn("lambda", f"function:{function}:{'1' if kind == 'Version' else 'live'}")
    alias = f"Alias{template['Globals']['Function']['AutoPublishAlias']}"
    if name not in resources and name.endswith(alias):
        # What SAM calls the alias that it makes for a state machine.
        return foreign(name.removesuffix(alias), None) + ":" + alias.removeprefix("Alias")
    if name in parameters:
        return parameters[name]
    if name in PSEUDO:
        return PSEUDO[name]
    resource = resources[name]
    if resource["Type"] in MADE or resource["Type"] == "AWS::Serverless::Function":
        return None
    own = resolved(resource.get("Properties", {}).get("Name", NAMES.get(name, name)), {})
    if resource["Type"] == "AWS::Serverless::StateMachine" and attribute != "Name":
        return arn("states", f"stateMachine:{own}")
    return own


def referred(name, attribute, known):
    found = foreign(name, attribute)
    if found is not None:
        return found
    if known is not None and (name, attribute) in known:
        return known[name, attribute]
    return {"Fn::GetAtt": [name, attribute]} if attribute else {"Ref": name}


def substituted(text, values, known):
    """Fn::Sub: what is known stands in the text, the rest stays for CloudFormation."""

    def place(match):
        name, _, attribute = match.group(1).partition(".")
        if match.group(1) in values:
            found = values[match.group(1)]
        else:
            found = referred(name, attribute or None, known)
        return found if isinstance(found, str) else match.group(0)

    text = re.sub(r"\$\{([^!}]+)\}", place, text)
    return {"Fn::Sub": text} if "${" in text else text


def resolved(node, known):
    """A value of the template; `known` has what CloudFormation made."""
    if isinstance(node, list):
        return [one for one in (resolved(one, known) for one in node) if one is not None]
    if not isinstance(node, dict):
        return node
    if len(node) == 1:
        (kind, argument), = node.items()
        if kind == "Ref":
            return None if argument == "AWS::NoValue" else referred(argument, None, known)
        if kind == "Fn::GetAtt":
            return referred(argument[0], argument[1], known)
        if kind == "Fn::Sub":
            text, values = (argument, {}) if isinstance(argument, str) else argument
            return substituted(text, {name: resolved(one, known) for name, one in values.items()}, known)
        if kind == "Fn::If":
            return resolved(argument[1 if holds(template["Conditions"][argument[0]]) else 2], known)
        if kind == "Fn::Join":
            parts = resolved(argument[1], known)
            return parts if isinstance(parts, str) else argument[0].join(parts)
        if kind == "Fn::FindInMap":
            outer, inner = (resolved(one, known) for one in argument[1:])
            return template["Mappings"][argument[0]][outer][inner]
    values = ((name, resolved(one, known)) for name, one in node.items())
    return {name: one for name, one in values if one is not None}


def function(properties):
    """As Lambda knows it; its code is never run."""
    kept = ("FunctionName", "Description", "Timeout", "MemorySize", "Role", "Environment")
    return {
        **{name: properties[name] for name in kept if name in properties},
        "Runtime": "provided.al2023",
        "Handler": "bootstrap",
        "Code": {"ZipFile": "never run"},
    }


def stack():
    """The part of the template that CloudFormation makes."""
    made = {}
    for name, resource in resources.items():
        kind, properties = resource["Type"], resource.get("Properties", {})
        if kind == "AWS::Serverless::Function":
            kind, properties = "AWS::Lambda::Function", function(properties)
        if kind in MADE:
            made[name] = {"Type": kind, "Properties": resolved(properties, None)}
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": made}


def made_by_cloudformation(body):
    """Physical names and ARNs of what the stack has made."""
    cloudformation = client("cloudformation")
    cloudformation.create_stack(StackName=PSEUDO["AWS::StackName"], TemplateBody=json.dumps(body))
    described = cloudformation.describe_stack_resources(StackName=PSEUDO["AWS::StackName"])["StackResources"]
    physical = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in described}
    missing = set(body["Resources"]) - set(physical)
    if missing:
        raise SystemExit(f"moto has not made {sorted(missing)}")
    known = {}
    for name, resource in body["Resources"].items():
        known[name, None] = one = physical[name]
        last = one.rsplit("/", 1)[-1]
        known[name, "Arn"] = {
            "AWS::DynamoDB::Table": arn("dynamodb", f"table/{one}"),
            "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT}:role/{one}",
            "AWS::Lambda::Function": arn("lambda", f"function:{last}"),
            "AWS::Logs::LogGroup": arn("logs", f"log-group:{one}:*"),
            "AWS::SNS::Topic": one,
            "AWS::SQS::Queue": arn("sqs", last),
        }[resource["Type"]]
        named = {"AWS::SQS::Queue": "QueueName", "AWS::SNS::Topic": "TopicName"}.get(resource["Type"])
        if named:
            known[name, named] = known[name, "Arn"].rsplit(":", 1)[-1]
    return known


def of_type(kind):
    return [(name, one["Properties"]) for name, one in resources.items() if one["Type"] == kind]


def switched_on(known):
    """What belongs to a table and is no property of its making."""
    dynamodb = client("dynamodb")
    for name, properties in of_type("AWS::DynamoDB::Table"):
        table = known[name, None]
        if "TimeToLiveSpecification" in properties:
            dynamodb.update_time_to_live(
                TableName=table, TimeToLiveSpecification=properties["TimeToLiveSpecification"]
            )
        dynamodb.update_continuous_backups(
            TableName=table, PointInTimeRecoverySpecification=properties["PointInTimeRecoverySpecification"]
        )


def aliases(known):
    lambdas, alias = client("lambda"), template["Globals"]["Function"]["AutoPublishAlias"]
    for name, _ in of_type("AWS::Serverless::Function"):
        one = known[name, "Arn"].rsplit(":", 1)[-1]
        version = lambdas.publish_version(FunctionName=one)["Version"]
        lambdas.create_alias(FunctionName=one, Name=alias, FunctionVersion=version)


def state_machines(known):
    states = client("stepfunctions")
    for _, properties in of_type("AWS::Serverless::StateMachine"):
        file = Path(TEMPLATE).parent / properties["DefinitionUri"]
        definition = file.read_text()
        for place, target in resolved(properties["DefinitionSubstitutions"], known).items():
            definition = definition.replace("${" + place + "}", target)
        left = re.findall(r"\$\{[A-Za-z]+\}", definition)
        if left:
            raise SystemExit(f"{file}: nothing stands for {left}")
        made = states.create_state_machine(
            name=resolved(properties["Name"], known),
            definition=definition,
            roleArn=resolved(properties["Role"], known),
            publish=True,
        )
        states.create_state_machine_alias(
            name=properties["AutoPublishAlias"],
            routingConfiguration=[{"stateMachineVersionArn": made["stateMachineVersionArn"], "weight": 100}],
        )


def schedules(known):
    scheduler = client("scheduler")
    for _, properties in of_type("AWS::Scheduler::ScheduleGroup"):
        scheduler.create_schedule_group(**resolved(properties, known))
    for _, properties in of_type("AWS::Scheduler::Schedule"):
        scheduler.create_schedule(**resolved(properties, known))


def alarms(known):
    cloudwatch = client("cloudwatch")
    for _, properties in of_type("AWS::CloudWatch::Alarm"):
        cloudwatch.put_metric_alarm(**resolved(properties, known))


def functions(known):
    """What each function is told, and what its role allows."""
    lambdas = client("lambda")
    made = {}
    for name, properties in of_type("AWS::Serverless::Function"):
        one = known[name, "Arn"].rsplit(":", 1)[-1]
        configuration = lambdas.get_function_configuration(FunctionName=one)
        role, = (role for role, _ in of_type("AWS::IAM::Role") if known[role, "Arn"] == configuration["Role"])
        policies = resolved(resources[role]["Properties"]["Policies"], known)
        made[resources[name]["Metadata"]["BuildProperties"]["Binary"]] = {
            "environment": configuration["Environment"]["Variables"],
            "statements": [one for policy in policies for one in policy["PolicyDocument"]["Statement"]],
        }
    return made


known = made_by_cloudformation(stack())
switched_on(known)
aliases(known)
state_machines(known)
schedules(known)
alarms(known)
print(json.dumps(functions(known)))
