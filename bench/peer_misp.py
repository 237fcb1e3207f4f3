"""What bin/responders mispevent is measured against: the same job done in Python,
on PyMISP, as its documentation makes an event. It reads the case's observables
from TheHive and adds one event with an attribute of each."""
import json
import sys
import uuid

import requests
from pymisp import MISPEvent, PyMISP

TYPES = {"domain": "domain", "ip": "ip-dst", "url": "url", "hash": "sha256"}
SPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
PAGE = 1000


def observables(config, case):
    """The case's observables, page by page."""
    for start in range(0, 1_000_000, PAGE):
        query = [
            {"_name": "getCase", "idOrName": case},
            {"_name": "observables"},
            {"_name": "page", "from": start, "to": start + PAGE},
        ]
        answer = requests.post(
            config["thehive_url"] + "/api/v1/query",
            json={"query": query},
            headers={"Authorization": "Bearer " + config["thehive_key"]},
            timeout=60,
        )
        answer.raise_for_status()
        rows = answer.json()
        yield from rows
        if len(rows) < PAGE:
            return


def main(folder):
    with open(folder + "/input/input.json", encoding="utf-8") as f:
        job = json.load(f)
    config, case = job["config"], job["data"]
    misp = PyMISP(config["misp_url"], config["misp_key"], ssl=False)
    event = MISPEvent()
    event.uuid = str(uuid.uuid5(SPACE, case["_id"]))
    event.info, event.distribution, event.threat_level_id, event.analysis = case["title"], 0, 2, 1
    event.add_tag("tlp:amber")
    for o in observables(config, case["_id"]):
        kind = TYPES[o["dataType"]]
        attribute = event.add_attribute(
            kind, o["data"], comment=o.get("message", ""), to_ids=o["ioc"], uuid=str(uuid.uuid5(SPACE, kind + o["data"]))
        )
        attribute.first_seen = o["startDate"] / 1000
    made = misp.add_event(event)
    held = len(made.get("Event", {}).get("Attribute", []))
    with open(folder + "/output/output.json", "w", encoding="utf-8") as f:
        json.dump({"success": "errors" not in made, "full": {"saved": held}, "errorMessage": str(made.get("errors", ""))}, f)


main(sys.argv[1])
