"""moto's server, whose CloudFormation makes more of what a template says than moto's own does.

moto's has no alarms, API keys, stages, usage plans and the like, takes half of what is said of functions,
buckets and methods, and looks at no order. They are made here as AWS's CloudFormation makes them: each after
what it needs, by calls to the services, with all that the template says, which botocore checks against AWS's
own description of each service.

    python motoServer.py PORT
"""

import functools
import json
import sys

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from moto.cloudformation import models, parsing
from moto.cloudformation.exceptions import ValidationError
from moto.core.common_models import CloudFormationModel
from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket
from moto.server import main

PORT = sys.argv[1]


class Made:
    """What came of a resource: what Ref and GetAtt give, and the call that takes it away."""

    def __init__(self, ref, undo, **attributes):
        self.ref = ref
        self.undo = undo
        self.attributes = attributes


# By type, what makes a resource: of the region, the properties, a name for what has none, and what came of
# it before when it is changed.
makers = {}


def makes(resource_type):
    def register(make):
        makers[resource_type] = make
        return make

    return register


@functools.cache
def client(service, region):
    # A session each: what threads share of one is not made for them.
    return boto3.session.Session().client(
        service,
        region_name=region,
        endpoint_url=f"http://127.0.0.1:{PORT}",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def split(properties, *names):
    """The properties of these names, and the others."""
    taken = {name: properties[name] for name in names if name in properties}
    return taken, {name: value for name, value in properties.items() if name not in names}


# Maps whose keys are the template's own words.
MAPS = ("RequestModels", "RequestParameters", "RequestTemplates", "ResponseParameters", "ResponseTemplates")


def small(value):
    """By the names of those APIs whose names begin with small letters."""
    if isinstance(value, list):
        return [small(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name[0].lower() + name[1:]: member if name in MAPS else small(member)
        for name, member in value.items()
    }


def tag_map(tags):
    return {tag["Key"]: tag["Value"] for tag in tags}


@makes("AWS::ApiGateway::RestApi")
def rest_api(region, properties, name, old):
    api = client("apigateway", region)
    tags, rest = split(properties, "Tags")
    made = api.create_rest_api(**small(rest), tags=tag_map(tags["Tags"]))
    identity = made["id"]
    undo = functools.partial(api.delete_rest_api, restApiId=identity)
    return Made(identity, undo, RootResourceId=made["rootResourceId"])


@makes("AWS::ApiGateway::Method")
def method(region, properties, name, old):
    api = client("apigateway", region)
    key, rest = split(properties, "RestApiId", "ResourceId", "HttpMethod")
    parts, settings = split(rest, "Integration", "MethodResponses")
    answers, integration = split(parts["Integration"], "IntegrationResponses")
    api.put_method(**small(key), **small(settings))
    api.put_integration(**small(key), **small(integration))
    for response in parts.get("MethodResponses", []):
        api.put_method_response(**small(key), **small(response))
    for answer in answers.get("IntegrationResponses", []):
        api.put_integration_response(**small(key), **small(answer))
    return Made(name, functools.partial(api.delete_method, **small(key)))


@makes("AWS::ApiGateway::GatewayResponse")
def gateway_response(region, properties, name, old):
    api = client("apigateway", region)
    api.put_gateway_response(**small(properties))
    key, _ = split(properties, "RestApiId", "ResponseType")
    return Made(name, functools.partial(api.delete_gateway_response, **small(key)))


@makes("AWS::ApiGateway::RequestValidator")
def request_validator(region, properties, name, old):
    api = client("apigateway", region)
    identity = api.create_request_validator(**small(properties))["id"]
    key = {"restApiId": properties["RestApiId"], "requestValidatorId": identity}
    return Made(identity, functools.partial(api.delete_request_validator, **key))


@makes("AWS::ApiGateway::Model")
def model(region, properties, name, old):
    api = client("apigateway", region)
    # Letters and digits alone, as AWS's own.
    made = "".join(filter(str.isalnum, name))
    schema, rest = split(properties, "Schema")
    api.create_model(name=made, schema=json.dumps(schema["Schema"]), **small(rest))
    key = {"restApiId": properties["RestApiId"], "modelName": made}
    return Made(made, functools.partial(api.delete_model, **key))


@makes("AWS::ApiGateway::Deployment")
def deployment(region, properties, name, old):
    api = client("apigateway", region)
    identity = api.create_deployment(**small(properties))["id"]
    key = {"restApiId": properties["RestApiId"], "deploymentId": identity}
    return Made(identity, functools.partial(api.delete_deployment, **key))


# How the settings of a method are called in an update.
SETTINGS = {
    "ThrottlingRateLimit": "throttling/rateLimit",
    "ThrottlingBurstLimit": "throttling/burstLimit",
    "LoggingLevel": "logging/loglevel",
    "DataTraceEnabled": "logging/dataTrace",
    "MetricsEnabled": "metrics/enabled",
}


@makes("AWS::ApiGateway::Stage")
def stage(region, properties, name, old):
    api = client("apigateway", region)
    extra, rest = split(properties, "AccessLogSetting", "MethodSettings", "Tags")
    key, changing = split(rest, "RestApiId", "StageName")
    if old is None:
        api.create_stage(**small(rest), tags=tag_map(extra["Tags"]))
        changing = {}
    values = {
        **{f"/{name}": value for name, value in small(changing).items()},
        **{f"/accessLogSettings/{name}": value for name, value in small(extra["AccessLogSetting"]).items()},
        **{
            f"{setting['ResourcePath']}/{setting['HttpMethod']}/{SETTINGS[name]}": value
            for setting in extra["MethodSettings"]
            for name, value in split(setting, "ResourcePath", "HttpMethod")[1].items()
        },
    }
    api.update_stage(**small(key), patchOperations=replacing(values))
    return Made(properties["StageName"], functools.partial(api.delete_stage, **small(key)))


def replacing(values):
    """Operations of API Gateway's updates, by path."""
    return [{"op": "replace", "path": path, "value": str(value)} for path, value in values.items()]


@makes("AWS::ApiGateway::ApiKey")
def api_key(region, properties, name, old):
    api = client("apigateway", region)
    identity = api.create_api_key(**small(properties))["id"]
    return Made(identity, functools.partial(api.delete_api_key, apiKey=identity))


@makes("AWS::ApiGateway::UsagePlan")
def usage_plan(region, properties, name, old):
    api = client("apigateway", region)
    if old is not None:
        changing, _ = split(properties, "Quota", "Throttle")
        values = {
            f"/{part}/{name}": value
            for part, limits in small(changing).items()
            for name, value in limits.items()
        }
        api.update_usage_plan(usagePlanId=old.ref, patchOperations=replacing(values))
        return old
    named, rest = split(properties, "UsagePlanName")
    identity = api.create_usage_plan(name=named["UsagePlanName"], **small(rest))["id"]
    return Made(identity, functools.partial(api.delete_usage_plan, usagePlanId=identity))


@makes("AWS::ApiGateway::UsagePlanKey")
def usage_plan_key(region, properties, name, old):
    api = client("apigateway", region)
    api.create_usage_plan_key(**small(properties))
    key, _ = split(properties, "UsagePlanId", "KeyId")
    return Made(name, functools.partial(api.delete_usage_plan_key, **small(key)))


@makes("AWS::CloudWatch::Alarm")
def alarm(region, properties, name, old):
    cloudwatch = client("cloudwatch", region)
    cloudwatch.put_metric_alarm(**properties)
    name = properties["AlarmName"]
    return Made(name, functools.partial(cloudwatch.delete_alarms, AlarmNames=[name]))


@makes("AWS::CodeDeploy::Application")
def application(region, properties, name, old):
    client("codedeploy", region).create_application(applicationName=name, **small(properties))
    # moto's CodeDeploy deletes nothing.
    return Made(name, lambda: None)


@makes("AWS::CodeDeploy::DeploymentGroup")
def deployment_group(region, properties, name, old):
    service = client("codedeploy", region)
    service.create_deployment_group(deploymentGroupName=name, **small(properties))
    return Made(name, lambda: None)


@makes("AWS::Logs::LogGroup")
def log_group(region, properties, name, old):
    logs = client("logs", region)
    key, _ = split(properties, "LogGroupName")
    if old is None:
        logs.create_log_group(**small(key))
    logs.put_retention_policy(**small(properties))
    name = properties["LogGroupName"]
    [found] = [
        group
        for group in logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
        if group["logGroupName"] == name
    ]
    return Made(name, functools.partial(logs.delete_log_group, **small(key)), Arn=found["arn"])


@makes("AWS::Logs::MetricFilter")
def metric_filter(region, properties, name, old):
    logs = client("logs", region)
    logs.put_metric_filter(filterName=name, **small(properties))
    key = {"filterName": name, "logGroupName": properties["LogGroupName"]}
    return Made(name, functools.partial(logs.delete_metric_filter, **key))


@makes("AWS::SNS::Subscription")
def subscription(region, properties, name, old):
    sns = client("sns", region)
    arn = sns.subscribe(**properties, ReturnSubscriptionArn=True)["SubscriptionArn"]
    return Made(arn, functools.partial(sns.unsubscribe, SubscriptionArn=arn))


@makes("AWS::IAM::Role")
def role(region, properties, name, old):
    iam = client("iam", region)
    trust = json.dumps(properties["AssumeRolePolicyDocument"])
    if old is None:
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    else:
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=trust)
    for policy in properties["Policies"]:
        document = json.dumps(policy["PolicyDocument"])
        iam.put_role_policy(RoleName=name, PolicyName=policy["PolicyName"], PolicyDocument=document)

    def undo():
        for policy in properties["Policies"]:
            iam.delete_role_policy(RoleName=name, PolicyName=policy["PolicyName"])
        iam.delete_role(RoleName=name)

    return Made(name, undo, Arn=iam.get_role(RoleName=name)["Role"]["Arn"])


@makes("AWS::Lambda::Function")
def function(region, properties, name, old):
    service = client("lambda", region)
    extra, rest = split(properties, "ReservedConcurrentExecutions", "Tags")
    name = properties["FunctionName"]
    if old is None:
        arn = service.create_function(**rest, Tags=tag_map(extra["Tags"]))["FunctionArn"]
    else:
        code, settings = split(rest, "Code", "Architectures")
        service.update_function_configuration(**settings)
        code = {**code.pop("Code"), **code}
        arn = service.update_function_code(FunctionName=name, **code)["FunctionArn"]
    service.put_function_concurrency(
        FunctionName=name,
        ReservedConcurrentExecutions=extra["ReservedConcurrentExecutions"],
    )
    return Made(name, functools.partial(service.delete_function, FunctionName=name), Arn=arn)


@makes("AWS::Lambda::Permission")
def permission(region, properties, name, old):
    service = client("lambda", region)
    service.add_permission(StatementId=name, **properties)
    key = {"FunctionName": properties["FunctionName"], "StatementId": name}
    return Made(name, functools.partial(service.remove_permission, **key))


@makes("AWS::Lambda::Version")
def version(region, properties, name, old):
    made = client("lambda", region).publish_version(**properties)
    # It goes with its function.
    return Made(made["FunctionArn"], lambda: None, Version=made["Version"])


@makes("AWS::Lambda::Alias")
def alias(region, properties, name, old):
    service = client("lambda", region)
    # moto has no ready instances.
    _, rest = split(properties, "ProvisionedConcurrencyConfig")
    change = service.create_alias if old is None else service.update_alias
    arn = change(**rest)["AliasArn"]
    key, _ = split(properties, "FunctionName", "Name")
    return Made(arn, functools.partial(service.delete_alias, **key))


@makes("AWS::Lambda::EventInvokeConfig")
def event_invoke_config(region, properties, name, old):
    service = client("lambda", region)
    service.put_function_event_invoke_config(**properties)
    key, _ = split(properties, "FunctionName", "Qualifier")
    return Made(name, functools.partial(service.delete_function_event_invoke_config, **key))


@makes("AWS::StepFunctions::StateMachine")
def state_machine(region, properties, name, old):
    states = client("stepfunctions", region)
    settings = {
        "definition": json.dumps(properties["Definition"]),
        "roleArn": properties["RoleArn"],
    }
    if old is not None:
        states.update_state_machine(stateMachineArn=old.ref, **settings)
        return old
    made = states.create_state_machine(name=properties["StateMachineName"], **settings)
    arn = made["stateMachineArn"]
    return Made(arn, functools.partial(states.delete_state_machine, stateMachineArn=arn))


@makes("AWS::S3::Bucket")
def bucket(region, properties, name, old):
    s3 = client("s3", region)
    name = old.ref if old else properties.get("BucketName", name)
    of = {"Bucket": name}
    if old is None:
        s3.create_bucket(**of, CreateBucketConfiguration={"LocationConstraint": region})
    rules = [
        {"ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"]}
        for rule in properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    ]
    s3.put_bucket_encryption(**of, ServerSideEncryptionConfiguration={"Rules": rules})
    s3.put_public_access_block(
        **of, PublicAccessBlockConfiguration=properties["PublicAccessBlockConfiguration"]
    )
    if "OwnershipControls" in properties:
        s3.put_bucket_ownership_controls(**of, OwnershipControls=properties["OwnershipControls"])
    if "LifecycleConfiguration" in properties:
        rules = [lifecycle_rule(rule) for rule in properties["LifecycleConfiguration"]["Rules"]]
        s3.put_bucket_lifecycle_configuration(**of, LifecycleConfiguration={"Rules": rules})
    if "NotificationConfiguration" in properties:
        configurations = [
            {
                "LambdaFunctionArn": one["Function"],
                "Events": [one["Event"]],
                "Filter": {"Key": {"FilterRules": one["Filter"]["S3Key"]["Rules"]}},
            }
            for one in properties["NotificationConfiguration"]["LambdaConfigurations"]
        ]
        s3.put_bucket_notification_configuration(
            **of, NotificationConfiguration={"LambdaFunctionConfigurations": configurations}
        )
    return Made(name, functools.partial(s3.delete_bucket, **of), Arn=f"arn:aws:s3:::{name}")


def lifecycle_rule(rule):
    """A rule of a template, for all objects, by the API's names."""
    named, rest = split(rule, "Id", "ExpirationInDays")
    expiration = {"Expiration": {"Days": days}} if (days := named.get("ExpirationInDays")) else {}
    return {"ID": named["Id"], "Filter": {"Prefix": ""}, **rest, **expiration}


@makes("AWS::S3::BucketPolicy")
def bucket_policy(region, properties, name, old):
    s3 = client("s3", region)
    s3.put_bucket_policy(
        Bucket=properties["Bucket"], Policy=json.dumps(properties["PolicyDocument"])
    )
    return Made(name, functools.partial(s3.delete_bucket_policy, Bucket=properties["Bucket"]))


def model_of(resource_type, make):
    """A class as moto wants one for each type."""

    class Model(CloudFormationModel):
        # moto keeps models by the service that their module's name tells.
        __module__ = parsing.__name__

        def __init__(self, name, made):
            self.name = name
            self.made = made

        @property
        def physical_resource_id(self):
            return self.made.ref

        def get_cfn_attribute(self, attribute):
            return self.made.attributes[attribute]

        @staticmethod
        def cloudformation_name_type():
            return ""

        @staticmethod
        def cloudformation_type():
            return resource_type

        @classmethod
        def create_from_cloudformation_json(cls, name, resource, account, region, **kwargs):
            return cls(name, make(region, resource["Properties"], name, None))

        @classmethod
        def update_from_cloudformation_json(
            cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name
        ):
            name, old = original_resource.name, original_resource.made
            return cls(name, make(region_name, cloudformation_json["Properties"], name, old))

        def delete(self, account, region):
            self.made.undo()

    return Model


parsing.get_model_map().update({name: model_of(name, make) for name, make in makers.items()})


def in_order(declared):
    """Logical ids, each after those that it needs."""
    ordered = {}

    def visit(logical_id):
        if logical_id in declared and logical_id not in ordered:
            for need in needs(declared[logical_id]):
                visit(need)
            ordered[logical_id] = True

    for logical_id in declared:
        visit(logical_id)
    return list(ordered)


def needs(value):
    """Logical ids that a part of a template refers to."""
    if isinstance(value, list):
        for item in value:
            yield from needs(item)
    elif isinstance(value, dict):
        for name, member in value.items():
            if name == "Ref":
                yield member
            elif name == "Fn::GetAtt":
                yield member[0]
            elif name == "DependsOn":
                yield from [member] if isinstance(member, str) else member
            else:
                yield from needs(member)


def update(stack, template, parameters=None):
    """Makes, changes and removes in the order of what needs what, which moto does not look at."""
    old, new = stack._resource_json_map, template["Resources"]
    stack._template, stack._resource_json_map = template, new
    stack.load_parameters()
    stack.load_conditions()
    for logical_id in in_order(new):
        resource = new[logical_id]
        try:
            if logical_id not in old:
                stack[logical_id]
            elif resource.get("Properties") != old[logical_id].get("Properties"):
                stack._parsed_resources[logical_id] = parsing.parse_and_update_resource(
                    logical_id, resource, stack, stack._account_id, stack._region_name
                )
        except (BotoCoreError, ClientError, LookupError) as error:
            # As a refusal: what looks like a fault of the server is tried again.
            raise ValidationError(message=f"{logical_id}: {error!r}") from error
    remove(stack, {name: old[name] for name in old if name not in new})


def delete(stack):
    remove(stack, stack._resource_json_map)


def remove(stack, declared):
    for logical_id in reversed(in_order(declared)):
        resource = stack._parsed_resources.pop(logical_id)
        if declared[logical_id].get("DeletionPolicy", "Delete") == "Delete":
            stack._delete_resource(resource, declared[logical_id])


parsing.ResourceMap.update = update
parsing.ResourceMap.delete = delete

# To AWS a warning is no fault of a template, to moto every remark is.
lint = models.validate_template_cfn_lint
models.validate_template_cfn_lint = lambda template: [
    match for match in lint(template) if match.rule.severity == "error"
]

# moto knows no outputs of a stack that was made by change sets.
apply = models.ChangeSet.apply


def apply_with_outputs(change_set):
    apply(change_set)
    stack = change_set.stack
    stack.template_dict = change_set.template_dict
    stack.output_map = stack._create_output_map()
    backend = models.cloudformation_backends[stack.account_id][stack.region_name]
    backend.exports.update({export.name: export for export in stack.exports})


models.ChangeSet.apply = apply_with_outputs

# moto takes the denial of all that comes without TLS for one of everything.
FakeBucket.get_permission = lambda bucket, action, resource: PermissionResult.NEUTRAL

main(["--port", PORT])
