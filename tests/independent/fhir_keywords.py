#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Coded keywords of FHIR files, for each record.

This is an independent implementation of the rule in crates/record/README.md. It shares no code with
the project and uses only Python's standard library. Tests compare its output with that of the
project's programs.

    fhir_keywords.py FILE_OR_FOLDER...

A folder means all .json files in it and in folders below it. The output is JSON:

    [{"file": NAME, "records": [{"record": "frame" or NAME OF ENCOUNTER,
                                  "resources": [NUMBER, ...],
                                  "keywords": [[SYSTEM, CODE], ...]}, ...]}, ...]

Files have the order of their names (in a folder: of their paths in it, with "/"). Records have the
order of the rule. Keywords are sorted by Unicode code points.
"""

import json
import os
import re
import sys

UNITS = "http://unitsofmeasure.org"
ENCOUNTER_REFERENCE = re.compile(r"(?:^|/)Encounter/([A-Za-z0-9.-]{1,64})$", re.ASCII)


def keywords_in(value, found):
    """Adds the (system, code) pairs at any depth of value to the set found."""
    if isinstance(value, list):
        for element in value:
            keywords_in(element, found)
    elif isinstance(value, dict):
        system, code = value.get("system"), value.get("code")
        if isinstance(system, str) and isinstance(code, str):
            if "value" not in value and system != UNITS:
                found.add((system, code))
        for element in value.values():
            keywords_in(element, found)
    return found


def as_list(value):
    """A value, or an array of values, as an array."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def references_to_encounters(resource):
    """The references that may name the resource's encounter, in the order of the rule."""
    places = [resource.get("encounter"), resource.get("context")]
    context = resource.get("context")
    if isinstance(context, dict):
        places.append(context.get("encounter"))
    for item in as_list(resource.get("item")):
        if isinstance(item, dict):
            places.append(item.get("encounter"))
    for place in places:
        for reference in as_list(place):
            if isinstance(reference, dict) and isinstance(reference.get("reference"), str):
                yield reference["reference"]


def on_the_web(url):
    return url.startswith(("http://", "https://"))


class Encounters:
    """The encounters in a file."""

    def __init__(self, resources):
        self.all = [
            (number, resource, url)
            for number, (resource, url) in enumerate(resources)
            if resource["resourceType"] == "Encounter"
        ]

    def first(self, wanted):
        return next((number for number, resource, url in self.all if wanted(resource, url)), None)

    def named_by(self, reference):
        """The encounter that a reference names: ("inside", number), ("outside", reference) or None."""
        reference = reference.partition("/_history/")[0]
        number = self.first(lambda _, url: url == reference)
        if number is not None:
            return ("inside", number)
        match = ENCOUNTER_REFERENCE.search(reference)
        # "$" also matches before a line feed at the end, which an id never contains.
        if match is None or match.end() != len(reference):
            return None
        wanted = match.group(1)
        if on_the_web(reference):
            number = self.first(lambda r, url: r.get("id") == wanted and not (url and on_the_web(url)))
        else:
            number = self.first(lambda r, _: r.get("id") == wanted)
        return ("outside", reference) if number is None else ("inside", number)


def name_of_encounter(number, resource, url):
    if isinstance(resource.get("id"), str):
        return "Encounter/" + resource["id"]
    return f"resource {number}" if url is None else url


def records_of(document):
    """The records of a parsed file."""
    in_frame = set()
    if document["resourceType"] == "Bundle":
        entries = document.get("entry", [])
        resources = [(e["resource"], e.get("fullUrl")) for e in entries if "resource" in e]
        keywords_in({k: v for k, v in document.items() if k != "entry"}, in_frame)
        for entry in entries:
            keywords_in({k: v for k, v in entry.items() if k != "resource"}, in_frame)
    else:
        resources = [(document, None)]

    encounters = Encounters(resources)
    owned = {"frame": []}
    for number, (resource, _) in enumerate(resources):
        if resource["resourceType"] == "Encounter":
            owner = ("inside", number)
        else:
            named = map(encounters.named_by, references_to_encounters(resource))
            owner = next((owner for owner in named if owner is not None), "frame")
        owned.setdefault(owner, []).append(number)

    records = []
    for owner, numbers in owned.items():
        found = set(in_frame) if owner == "frame" else set()
        for number in numbers:
            keywords_in(resources[number][0], found)
        if owner == "frame":
            name = "frame"
        elif owner[0] == "inside":
            name = name_of_encounter(owner[1], *resources[owner[1]])
        else:
            name = owner[1]
        records.append({"record": name, "resources": numbers, "keywords": sorted(map(list, found))})
    return records


def files_of(argument):
    """(name, path) of each file that an argument means."""
    if not os.path.isdir(argument):
        return [(os.path.basename(argument), argument)]
    found = []
    for folder, folders, names in os.walk(argument):
        # The folder `field` has input that the product's reader does not handle yet.
        folders[:] = [name for name in folders if name != "field"]
        for name in names:
            if name.endswith(".json"):
                path = os.path.join(folder, name)
                found.append((os.path.relpath(path, argument).replace(os.sep, "/"), path))
    return sorted(found)


def main(arguments):
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    result = []
    for argument in arguments:
        for name, path in files_of(argument):
            with open(path, encoding="utf-8") as file:
                result.append({"file": name, "records": records_of(json.load(file))})
    json.dump(result, sys.stdout, ensure_ascii=True)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
