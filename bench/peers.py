"""Runs one peer: peers.py NAME, in a Python that has it installed.

Reads requests from standard input, one JSON object a line, and answers each by
one on standard output:

  {"read": FILE}   load the documents of a file of lines {"doc","text"}
                   -> {"documents": n}
  {"write": FILE}  read every document and write lines {"doc","type","value"}
  {"pass": true}   read every document and drop the values
                   -> {"seconds": wall, "cpu": s, "values": n, "failed": n, "error": "the first"}

Each adapter gives what its tool prints by default, as (type, value) in the
tool's own words; TYPES maps those to the scorer's.
"""
import json
import logging
import os
import sys
import time
import warnings

TYPES = {
    "ip4": "ip", "ip6": "ip", "ipv4": "ip", "ipv6": "ip", "ipv4s": "ip", "ipv6s": "ip", "ips": "ip",
    "ipv4_public": "ip", "ipv4_private": "ip", "ipv6_public": "ip", "ipv6_private": "ip", "ipaddress": "ip",
    "fqdn": "domain", "dns": "domain", "domains": "domain",
    "urls": "url", "uri": "url",
    "email_addresses": "email", "emails": "email",
    "md5s": "md5", "sha1s": "sha1", "sha256s": "sha256",
    "md5_hash": "md5", "sha1_hash": "sha1", "sha256_hash": "sha256",
    "hashes": "hash", "cves": "cve",
}


def iocsearcher():
    from iocsearcher.searcher import Searcher

    searcher = Searcher()
    return lambda text: ((i.name, i.value) for i in searcher.search_data(text))


def ioc_finder():
    from ioc_finder import find_iocs

    def read(text):
        for kind, values in find_iocs(text).items():
            if kind in TYPES:  # the rest is ATT&CK, coins, paths …, some of them nested
                yield from ((kind, v) for v in values)

    return read


def iocextract():
    import iocextract as tool

    def read(text):
        yield from (("url", v) for v in tool.extract_urls(text, refang=True))
        yield from (("ip", v) for v in tool.extract_ips(text, refang=True))
        yield from (("email", v) for v in tool.extract_emails(text, refang=True))
        yield from (("hash", v) for v in tool.extract_hashes(text))

    return read


def threatingestor():
    from loguru import logger
    from threatingestor.sources import Source

    logger.remove()

    class Text(Source):
        def __init__(self):
            self.name = "text"

        def run(self, saved_state):
            raise NotImplementedError

    source = Text()
    return lambda text: ((type(a).__name__.lower(), str(a)) for a in source.process_element(text, "https://reference.example"))


def msticpy():
    from msticpy.transform.iocextract import IoCExtract

    extractor = IoCExtract()

    def read(text):
        if not text.strip():
            return  # refused as "no source data"
        for kind, values in extractor.extract(text).items():
            yield from ((kind, v) for v in values)

    return read


def iocide():
    from iocide import email, hashes, hostname, ip, normalise, url

    def read(text):
        text = normalise(text)
        for kind, module in (("url", url), ("email", email), ("domain", hostname), ("ip", ip)):
            yield from ((kind, v) for v in module.extract(text=text, refang=True))
        yield from (("hash", v) for v in hashes.extract(text=text))

    return read


def ioc_hunter():
    from ioc_hunter import parse_iocs

    return lambda text: ((kind, v) for kind, values in parse_iocs(text).items() for v in values)


def iocparser():
    from iocparser import IOCParser

    return lambda text: ((i.kind.lower(), i.value) for i in IOCParser(text).parse())

def iocparser_tool():
    from iocparser.modules.extractor import IOCExtractor

    extractor = IOCExtractor(defang=False)
    return lambda text: ((kind, v) for kind, values in extractor.extract_all(text).items() for v in values)


def iocscrape():
    from iocscrape.deobfuscate import deobfuscate_text
    from iocscrape.extractor import extract_iocs
    from iocscrape.low_confidence import compute_low_confidence
    from iocscrape.warninglist import load_warninglists

    lists = load_warninglists()

    def read(text):
        found = extract_iocs(deobfuscate_text(text))
        for doubtful in compute_low_confidence(found, lists):  # listed apart from the results
            found.get(doubtful.ioc_type, set()).discard(doubtful.value)
        return ((kind, v) for kind, values in found.items() for v in values)

    return read


def iocx():
    from iocx.engine import Engine, EngineConfig

    engine = Engine(EngineConfig(enable_cache=False))  # which would answer a text read before
    return lambda text: ((kind, v) for kind, values in engine.extract_from_text(text)["iocs"].items() for v in values)


def dfir():
    from dfir import extract_text

    return lambda text: ((i["type"], i["value"]) for i in extract_text(text))


def cyberonto():
    from cyberonto import extract

    return lambda text: ((kind, v) for kind, values in extract(text).items() for v in values)


def extract_iocs():
    from extract_iocs.extract_iocs import extract_iocs as tool

    return lambda text: ((kind, v) for kind, values in tool(text).items() for v in values)

def text2ioc():
    # It wants the Public Suffix List in a file and else asks the network for it
    # at every call; tldextract brings the list along.
    from importlib.resources import files

    os.environ["IOC_TLD_CACHE"] = str(files("tldextract").joinpath(".tld_set_snapshot"))
    from text2ioc import extract_iocs as tool

    return lambda text: ((kind, v) for kind, values in tool(text).items() for v in values)


def ttprism():
    from ttprism.analyze import AnalysisOptions, analyze_text

    options = AnalysisOptions()
    return lambda text: ((str(i.type), i.value) for i in analyze_text(text, options).iocs)


def cy_ioc_extract():
    from cy_ioc_extract import IOCEXtract

    return lambda text: ((kind, v) for kind, values in IOCEXtract(text).extract_ioc().items() for v in values)


# The name in requirements.txt of each peer that reads text in Python.
PEERS = {
    "iocsearcher": iocsearcher,
    "ioc-finder": ioc_finder,
    "iocextract": iocextract,
    "threatingestor": threatingestor,
    "msticpy": msticpy,
    "iocide": iocide,
    "ioc-hunter": ioc_hunter,
    "iocparser": iocparser,
    "iocparser-tool": iocparser_tool,
    "iocscrape": iocscrape,
    "iocx": iocx,
    "dfir": dfir,
    "cyberonto": cyberonto,
    "extract-iocs": extract_iocs,
    "text2ioc": text2ioc,
    "ttprism": ttprism,
    "cy-ioc-extract": cy_ioc_extract,
}


class Worker:
    """Answers requests with one peer."""

    def __init__(self, extract):
        self.extract = extract
        self.documents = []

    def answer(self, request):
        if "read" in request:
            with open(request["read"], encoding="utf-8") as lines:
                self.documents = [json.loads(line) for line in lines]
            return {"documents": len(self.documents)}
        if "write" in request:
            with open(request["write"], "w", encoding="utf-8") as out:
                return self.every(lambda doc, found: self.write(out, doc, found))
        return self.every(lambda doc, found: None)

    def every(self, use):
        """Reads every document. Where a tool fails, what it gave until then counts."""
        values, failed, error = 0, 0, ""
        wall, cpu = time.perf_counter(), time.process_time()
        for document in self.documents:
            found = []
            try:
                for pair in self.extract(document["text"]):
                    found.append(pair)
            except Exception as e:  # any: it is the tool's, and is told
                failed += 1
                error = error or f"{type(e).__name__}: {e}"[:200]
            values += len(found)
            use(document["doc"], found)
        return {
            "seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu,
            "values": values, "failed": failed, "error": error,
        }

    @staticmethod
    def write(out, doc, found):
        for kind, value in found:
            kind = TYPES.get(kind.lower(), kind.lower())
            out.write(json.dumps({"doc": doc, "type": kind, "value": str(value)}) + "\n")


def main():
    # What a tool prints must not mix with the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    worker = Worker(PEERS[sys.argv[1]]())
    for line in sys.stdin:
        print(json.dumps(worker.answer(json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
