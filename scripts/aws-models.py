#!/usr/bin/env python3
"""Cuts AWS's own service models (botocore's) down to what crates/aws asks, for its tests; with the address in each region.

`PYTHONPATH=FOLDER scripts/aws-models.py` with the folder that `scripts/e2e-tools.sh aws` prepared; the operations are read off
crates/aws/src/operations.rs. Run it when that table grows, or to follow a newer botocore.
"""

import gzip
import json
import pathlib
import re

import botocore
from botocore.endpoint_provider import EndpointProvider

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = pathlib.Path(botocore.__file__).parent / "data"
KEPT = ("apiVersion", "endpointPrefix", "protocol", "serviceId", "signingName", "targetPrefix", "jsonVersion")
DROPPED = ("documentation", "documentationUrl", "pattern", "min", "max", "sensitive", "enum", "deprecated", "deprecatedMessage")


def operations():
    """The operations of each service, as the table has them."""
    table = (ROOT / "crates/aws/src/operations.rs").read_text()
    table = table[table.index("operations! {\n"):]
    found, service = {}, None
    for line in table.splitlines():
        if begin := re.match(r"    (\w+) \{$", line):
            service = begin[1].lower()
        elif one := re.match(r'        (\w+) "', line):
            found.setdefault(service, []).append(one[1])
        elif line == "}":
            break
    return found


def bare(value):
    if isinstance(value, dict):
        return {key: bare(inner) for key, inner in value.items() if not (key in DROPPED and not isinstance(inner, dict))}
    return [bare(inner) for inner in value] if isinstance(value, list) else value


def reached(shapes, name, into):
    if name in into:
        return
    into[name] = bare(shapes[name])
    shape = shapes[name]
    below = list(shape.get("members", {}).values()) + [shape[part] for part in ("member", "key", "value") if part in shape]
    for part in below:
        reached(shapes, part["shape"], into)


def cut(service, wanted):
    newest = max((DATA / service).iterdir())
    model = json.loads(gzip.decompress((newest / "service-2.json.gz").read_bytes()))
    result = {"metadata": {key: value for key, value in model["metadata"].items() if key in KEPT}, "operations": {}, "shapes": {}}
    for name in wanted:
        operation = model["operations"][name]
        kept = ("name", "http", "input", "output", "errors")
        result["operations"][name] = bare({key: operation[key] for key in kept if key in operation})
        for side in [operation.get("input"), operation.get("output"), *operation.get("errors", [])]:
            if side:
                reached(model["shapes"], side["shape"], result["shapes"])
    result["shapes"] = dict(sorted(result["shapes"].items()))
    return result


def endpoints(service):
    """Address and region to sign for, of every region of every partition."""
    newest = max((DATA / service).iterdir())
    rules = json.loads(gzip.decompress((newest / "endpoint-rule-set-1.json.gz").read_bytes()))
    partitions = json.loads((DATA / "partitions.json").read_text())
    provider = EndpointProvider(rules, partitions)
    found = {}
    for partition in partitions["partitions"]:
        regions = found.setdefault(partition["id"], {})
        for region in sorted(region for region in partition["regions"] if not region.endswith("-global")):
            endpoint = provider.resolve_endpoint(Region=region, UseFIPS=False, UseDualStack=False)
            signed = [scheme["signingRegion"] for scheme in endpoint.properties.get("authSchemes", []) if "signingRegion" in scheme]
            regions[region] = [endpoint.url, *(signed or [region])]
    return found


def main():
    for service, wanted in operations().items():
        model = {"botocore": botocore.__version__, **cut(service, wanted), "endpoints": endpoints(service)}
        target = ROOT / "crates/aws/src/tests/models" / f"{service}.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(model, separators=(",", ":")).replace('},"', '},\n"') + "\n")
        print(target.relative_to(ROOT), len(wanted), "operations", target.stat().st_size, "bytes")


main()
