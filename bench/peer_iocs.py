"""What bin/analyzers iocs is measured against: the same job done by a Cortex
analyzer in Python, on cortexutils for the frame and iocextract for the reading."""
import ipaddress

import iocextract
from cortexutils.analyzer import Analyzer


class Iocs(Analyzer):
    def run(self):
        text = self.get_data()
        found = {
            "url": set(iocextract.extract_urls(text, refang=True)),
            "ip": set(iocextract.extract_ips(text, refang=True)),
            "mail": set(iocextract.extract_emails(text, refang=True)),
            "hash": set(iocextract.extract_hashes(text)),
        }
        found["ip"] = {ip for ip in found["ip"] if self.public(ip)}
        self.found = found
        self.report({kind: sorted(values) for kind, values in found.items()})

    @staticmethod
    def public(ip):
        try:
            return ipaddress.ip_address(ip).is_global
        except ValueError:
            return False

    def summary(self, raw):
        count = sum(len(values) for values in self.found.values())
        return {"taxonomies": [self.build_taxonomy("info", "IoCs", "Found", count)]}

    def artifacts(self, raw):
        return [self.build_artifact(kind, value) for kind, values in self.found.items() for value in values]


if __name__ == "__main__":
    Iocs().run()
