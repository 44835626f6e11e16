"""What AWS's own models say a reply must look like, as botocore ships them.

botocore's parser drops what it does not know, so replies are checked as they came over the wire: every member known,
every required member there, every value of its type.
"""

import base64
import datetime
import json
import xml.etree.ElementTree as ElementTree

from botocore.utils import parse_timestamp

# Errors that every operation may answer with and no model lists.
COMMON_ERRORS = {
    "AccessDenied",
    "AccessDeniedException",
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "RequestLimitExceeded",
    "SignatureDoesNotMatch",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "UnauthorizedOperation",
    "UnrecognizedClientException",
    "ValidationError",
}


# What a service answers though its model has other words for it: the simulator says this of every policy's type.
BEYOND_THE_MODEL = {"PolicySourceType": {"IAM Policy"}}


def problems_of_reply(model, service_model, response):
    """Problems of one HTTP response to the operation, each as a line."""
    protocol = service_model.metadata["protocol"]
    body = response.content
    if response.status_code >= 300:
        return error_problems(model, protocol, response)
    shape = model.output_shape
    if shape is None:
        return []
    if protocol in ("json", "rest-json"):
        return list(json_problems(json.loads(body or b"{}"), shape, model.name))
    root = strip(ElementTree.fromstring(body))
    if protocol == "query":
        result = root.find(f"{model.name}Result")
        if result is None:
            return [f"{model.name}: there is no {model.name}Result in the reply"]
        if root.find("ResponseMetadata/RequestId") is None:
            return [f"{model.name}: the reply has no request id"]
        return list(xml_problems(result, shape, model.name))
    # EC2 writes its members beside the request id
    request = root.find("requestId")
    if request is None:
        return [f"{model.name}: the reply has no request id"]
    root.remove(request)
    return list(xml_problems(root, shape, model.name, default_item="item"))


def error_problems(model, protocol, response):
    body = response.content
    if protocol == "rest-json":
        code = response.headers.get("x-amzn-errortype")
        message = json.loads(body).get("message")
    elif protocol == "json":
        parsed = json.loads(body)
        code, message = parsed.get("__type"), parsed.get("Message")
    else:
        root = strip(ElementTree.fromstring(body))
        code, message = root.findtext(".//Error/Code"), root.findtext(".//Error/Message")
    if not code or not message:
        return [f"{model.name}: an error without code or message: {body!r}"]
    known = {shape.error_code or shape.name for shape in model.error_shapes} | {shape.name for shape in model.error_shapes}
    # EC2's model lists no errors at all
    if protocol != "ec2" and code not in known | COMMON_ERRORS:
        return [f"{model.name}: {code} is none of its errors ({', '.join(sorted(known))})"]
    return []


def strip(root):
    """Takes namespaces off the tags."""
    for element in root.iter():
        element.tag = element.tag.split("}")[-1]
    return root


def json_problems(value, shape, path):
    kind = shape.type_name
    if kind == "structure":
        if not isinstance(value, dict):
            yield f"{path}: {value!r} is no structure"
            return
        members = {member.serialization.get("name", name): (name, member) for name, member in shape.members.items()}
        for name, item in value.items():
            if name not in members:
                yield f"{path}: unknown member {name}"
            else:
                yield from json_problems(item, members[name][1], f"{path}.{name}")
        for name in shape.required_members:
            if shape.members[name].serialization.get("name", name) not in value:
                yield f"{path}: {name} is required"
    elif kind == "list":
        if not isinstance(value, list):
            yield f"{path}: {value!r} is no list"
            return
        for at, item in enumerate(value):
            yield from json_problems(item, shape.member, f"{path}[{at}]")
    elif kind == "map":
        if not isinstance(value, dict):
            yield f"{path}: {value!r} is no map"
            return
        for key, item in value.items():
            yield from json_problems(item, shape.value, f"{path}[{key}]")
    else:
        yield from scalar_problems(value, shape, path)


def scalar_problems(value, shape, path):
    kind = shape.type_name
    types = {"string": str, "boolean": bool, "integer": int, "long": int, "float": (int, float), "double": (int, float)}
    if kind == "timestamp":
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            yield f"{path}: {value!r} is no number of seconds"
        return
    if kind in types and (not isinstance(value, types[kind]) or (isinstance(value, bool) and kind != "boolean")):
        yield f"{path}: {value!r} is no {kind}"
        return
    if kind == "string":
        yield from text_problems(value, shape, path)


def text_problems(value, shape, path):
    allowed = shape.metadata.get("enum")
    if allowed and value not in allowed and value not in BEYOND_THE_MODEL.get(shape.name, ()):
        yield f"{path}: {value!r} is none of {allowed}"
    if not shape.metadata.get("min", 0) <= len(value) <= shape.metadata.get("max", 1 << 30):
        yield f"{path}: {value!r} is too short or too long"


def xml_problems(element, shape, path, default_item="member"):
    kind = shape.type_name
    if kind == "structure":
        members = {member.serialization.get("name", name): (name, member) for name, member in shape.members.items()}
        seen = set()
        for child in element:
            if child.tag not in members:
                yield f"{path}: unknown member {child.tag}"
                continue
            seen.add(members[child.tag][0])
            yield from xml_problems(child, members[child.tag][1], f"{path}.{child.tag}", default_item)
        for name in shape.required_members:
            if name not in seen:
                yield f"{path}: {name} is required"
    elif kind == "list":
        item = shape.member.serialization.get("name", default_item)
        for at, child in enumerate(element):
            if child.tag != item:
                yield f"{path}: an item is called {child.tag}, not {item}"
            yield from xml_problems(child, shape.member, f"{path}[{at}]", default_item)
    elif len(element):
        yield f"{path}: a {kind} has members"
    else:
        yield from xml_scalar_problems(element.text or "", shape, path)


def xml_scalar_problems(text, shape, path):
    kind = shape.type_name
    try:
        if kind == "boolean":
            {"true": True, "false": False}[text]
        elif kind in ("integer", "long"):
            int(text)
        elif kind in ("float", "double"):
            float(text)
        elif kind == "timestamp":
            if not isinstance(parse_timestamp(text), datetime.datetime):
                raise ValueError(text)
        elif kind == "blob":
            base64.b64decode(text, validate=True)
        else:
            yield from text_problems(text, shape, path)
    except (KeyError, ValueError):
        yield f"{path}: {text!r} is no {kind}"
