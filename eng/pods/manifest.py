#!/usr/bin/env python3
"""What podman has to be told of a rendered overlay: it plays Pods, and knows neither Deployments of several, nor StatefulSets, Services or probes.

    manifest.py FILE facts WORKLOAD                           what a kubelet would know of its pods, as shell variables
    manifest.py FILE secrets                                  NAME and {KEY: base64} a line
    manifest.py FILE pod WORKLOAD POD ADDRESS SECRETS [OLD=NEW...]
                                                              the pod as the workload's controller would make it, and its ConfigMaps, for podman kube play

Nothing is added to a pod but its name, its address and other images where OLD=NEW names them. A Secret that it mounts is the folder of that
name in SECRETS. Left out is what podman would take for something else: probes and preStop, which eng/pods/cluster.sh does, ports, which it would
open on this machine, and a volume's size; volumes get the pod's name in theirs, since podman's have one name for all pods.
"""
import base64
import json
import shlex
import sys

import yaml


def find(objects, kind, name):
    """The object of that kind and name; ends the program where there is none."""
    for found in objects:
        if found["kind"] == kind and found["metadata"]["name"] == name:
            return found
    sys.exit(f"found no {kind} {name}, wanted one in the rendered overlay")


def workloads(objects):
    return {o["metadata"]["name"]: o for o in objects if o["kind"] in ("Deployment", "StatefulSet")}


def facts(objects, workload):
    template = workload["spec"]["template"]
    spec, labels = template["spec"], template["metadata"]["labels"]
    container = spec["containers"][0]
    services = [o["metadata"]["name"] for o in objects if o["kind"] == "Service" and o["spec"]["selector"].items() <= labels.items()]
    ports = {p["name"]: p["containerPort"] for p in container["ports"]}
    probe = container["readinessProbe"]
    check = probe.get("httpGet") or probe["tcpSocket"]
    return {
        "services": " ".join(services),
        "image": container["image"],
        "container": container["name"],
        "grace": spec["terminationGracePeriodSeconds"],
        "pre_stop": container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0),
        "ready_port": ports.get(check["port"], check["port"]),
        "ready_path": check.get("path", ""),
        "start_limit": container["startupProbe"]["periodSeconds"] * container["startupProbe"]["failureThreshold"],
    }


def pod(objects, workload, name, address, secrets, images):
    template = workload["spec"]["template"]
    spec = json.loads(json.dumps(template["spec"]))
    maps = set()
    for container in spec["containers"]:
        container["image"] = images.get(container["image"], container["image"])
        container["imagePullPolicy"] = "Never"
        for left_out in ("startupProbe", "readinessProbe", "livenessProbe", "lifecycle", "ports"):
            container.pop(left_out, None)
        maps.update(e["configMapRef"]["name"] for e in container.get("envFrom", []) if "configMapRef" in e)
        for variable in container.get("env", []):
            if variable.get("valueFrom", {}).get("fieldRef", {}).get("fieldPath") == "status.podIP":
                variable.pop("valueFrom")
                variable["value"] = address
        for mount in container.get("volumeMounts", []):
            mount["name"] = f"{name}-{mount['name']}"
    for volume in spec["volumes"]:
        volume["name"] = f"{name}-{volume['name']}"
        if "emptyDir" in volume:
            volume["emptyDir"] = {}
        if "secret" in volume:
            volume["hostPath"] = {"path": f"{secrets}/{volume.pop('secret')['secretName']}"}
    made = {"apiVersion": "v1", "kind": "Pod", "metadata": {**template["metadata"], "name": name}, "spec": spec}
    return [find(objects, "ConfigMap", m) for m in sorted(maps)] + [made]


def main(arguments):
    with open(arguments[0], encoding="utf-8") as file:
        objects = [o for o in yaml.safe_load_all(file) if o]
    if arguments[1] == "facts":
        for name, value in facts(objects, workloads(objects)[arguments[2]]).items():
            print(f"{name}={shlex.quote(str(value))}")
    elif arguments[1] == "secrets":
        for secret in (o for o in objects if o["kind"] == "Secret"):
            plain = {k: base64.b64encode(v.encode()).decode() for k, v in secret.get("stringData", {}).items()}
            print(secret["metadata"]["name"], json.dumps({**secret.get("data", {}), **plain}))
    else:
        workload, name, address, secrets = arguments[2:6]
        images = dict(a.split("=", 1) for a in arguments[6:])
        print("\n---\n".join(json.dumps(o) for o in pod(objects, workloads(objects)[workload], name, address, secrets, images)))


main(sys.argv[1:])
