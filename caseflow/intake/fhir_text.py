"""A FHIR resource from plain dicts, written as the XML or JSON a sender would send."""

import json
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

FHIR = "http://hl7.org/fhir"

Resource = dict[str, Any]


def whole(value: Any) -> Any:
    """Without what was left out: FHIR has no empty elements."""
    if isinstance(value, dict):
        kept = {key: whole(held) for key, held in value.items()}
        return {key: held for key, held in kept.items() if held not in (None, [], {}, "")}
    if isinstance(value, list):
        return [whole(held) for held in value]
    return value


def as_json_text(bundle: Resource) -> bytes:
    return json.dumps(bundle, ensure_ascii=False, indent=1).encode()


def as_xml_text(bundle: Resource) -> bytes:
    root = _resource(bundle)
    root.set("xmlns", FHIR)
    indent(root)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _resource(resource: Resource) -> Element:
    element = Element(resource["resourceType"])
    _fill(element, {key: held for key, held in resource.items() if key != "resourceType"})
    return element


def _fill(parent: Element, held: Resource) -> None:
    for key, value in held.items():
        for one in value if isinstance(value, list) else [value]:
            if key == "url":
                parent.set("url", one)
            elif isinstance(one, dict):
                child = SubElement(parent, key)
                if "resourceType" in one:
                    child.append(_resource(one))
                else:
                    _fill(child, one)
            else:
                text = str(one).lower() if isinstance(one, bool) else str(one)
                SubElement(parent, key).set("value", text)
