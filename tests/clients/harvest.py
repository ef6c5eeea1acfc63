"""Reads /oai with Sickle and feeds with feedparser, and says in JSON what was read.

    harvest.py identify URL
    harvest.py records URL FORMAT [FROM [SET]]    all records with the deleted ones, resumed as often as it takes;
                                                  those of our own format are judged by the schema that is served
    harvest.py identifiers URL                    the same by ListIdentifiers
    harvest.py record URL FORMAT IDENTIFIER
    harvest.py feed URL
"""

import json
import os
import sys

os.environ["NO_PROXY"] = "*"

import feedparser
import requests
from lxml import etree
from sickle import Sickle
from sickle.oaiexceptions import NoRecordsMatch


def identify(url):
    sickle = Sickle(url)
    repository = sickle.Identify()
    return {
        "name": repository.repositoryName,
        "version": repository.protocolVersion,
        "deleted": repository.deletedRecord,
        "granularity": repository.granularity,
        "earliest": repository.earliestDatestamp,
        "formats": [found.metadataPrefix for found in sickle.ListMetadataFormats()],
        "sets": [found.setSpec for found in sickle.ListSets()],
    }


def header(found):
    return {
        "identifier": found.identifier,
        "datestamp": found.datestamp,
        "deleted": found.deleted,
        "sets": found.setSpecs,
    }


def schema_of(sickle, prefix):
    for found in sickle.ListMetadataFormats():
        # The address that it names is the public one, which a test does not listen on.
        if found.metadataPrefix == prefix and found.schema.endswith("/oai/techmart.xsd"):
            answer = requests.get(sickle.endpoint + "/techmart.xsd", timeout=30)
            return etree.XMLSchema(etree.fromstring(answer.content))
    return None


def read(found, schema):
    told = header(found.header)
    if not found.deleted:
        (metadata,) = found.xml.iterfind("./{http://www.openarchives.org/OAI/2.0/}metadata")
        (inner,) = metadata
        if schema is not None:
            schema.assertValid(inner)
        told["metadata"] = found.metadata
    return told


def records(url, prefix, since=None, part=None):
    sickle = Sickle(url)
    wanted = {"metadataPrefix": prefix}
    if since:
        wanted["from"] = since
    if part:
        wanted["set"] = part
    schema = schema_of(sickle, prefix)
    try:
        return [read(found, schema) for found in sickle.ListRecords(**wanted)]
    except NoRecordsMatch:
        return []


def identifiers(url):
    return [header(found) for found in Sickle(url).ListIdentifiers(metadataPrefix="oai_dc")]


def record(url, prefix, identifier):
    sickle = Sickle(url, http_method="POST")
    return read(sickle.GetRecord(metadataPrefix=prefix, identifier=identifier), schema_of(sickle, prefix))


def feed(url):
    answer = requests.get(url, timeout=30)
    found = feedparser.parse(answer.content, response_headers={"content-type": answer.headers["content-type"]})
    if found.bozo:
        raise found.bozo_exception
    links = {link["rel"]: link["href"] for link in found.feed.links}
    entries = [
        {
            "id": entry.id,
            "title": entry.title,
            "updated": list(entry.updated_parsed),
            "link": next(link.href for link in entry.links if link.rel == "alternate"),
            "terms": [tag.term for tag in entry.get("tags", [])],
        }
        for entry in found.entries
    ]
    return {
        "version": found.version,
        "id": found.feed.id,
        "title": found.feed.title,
        "updated": list(found.feed.updated_parsed),
        "links": links,
        "entries": entries,
    }


if __name__ == "__main__":
    acts = {"identify": identify, "records": records, "identifiers": identifiers, "record": record, "feed": feed}
    print(json.dumps(acts[sys.argv[1]](*sys.argv[2:]), ensure_ascii=False))
