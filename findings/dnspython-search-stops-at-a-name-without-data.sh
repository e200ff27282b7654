#!/usr/bin/env bash
# dnspython: the search list ends at the first name that exists, though it has no record of the type that was asked for: a
# service that has only an IPv4 address hides the AAAA record of the same name in the next domain. glibc goes on there.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check dnspython==2.9.2
"$folder/venv/bin/python" - <<'PYTHON'
import socket
import sys
import threading

import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset
import dns.version

RECORDS = {
    ("web.shop.example.test.", "A"): "127.0.0.1",
    ("web.example.test.", "AAAA"): "::1",
    ("mail.example.test.", "AAAA"): "::1",
}
asked = []


def serve(endpoint):
    """Answer from the records: NXDOMAIN for other names, no data for other types."""
    while True:
        wire, peer = endpoint.recvfrom(4096)
        query = dns.message.from_wire(wire)
        name, kind = query.question[0].name.to_text(), dns.rdatatype.to_text(query.question[0].rdtype)
        asked.append(name)
        answer = dns.message.make_response(query)
        if (name, kind) in RECORDS:
            answer.answer.append(dns.rrset.from_text(name, 5, "IN", kind, RECORDS[name, kind]))
        elif name not in {known for known, _ in RECORDS}:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        endpoint.sendto(answer.to_wire(), peer)


def resolve(name):
    """Return what a lookup of a short name finds, and which names were asked for."""
    asked.clear()
    try:
        found = [record.to_text() for record in resolver.resolve(name, "AAAA", search=True)]
    except dns.resolver.NoAnswer:
        found = "NoAnswer"
    return found, list(asked)


endpoint = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
endpoint.bind(("127.0.0.1", 0))
threading.Thread(target=serve, args=(endpoint,), daemon=True).start()
resolver = dns.resolver.Resolver(configure=False)
resolver.nameservers, resolver.port = ["127.0.0.1"], endpoint.getsockname()[1]
resolver.search = [dns.name.from_text(domain) for domain in ("shop.example.test.", "example.test.")]
web, mail = resolve("web"), resolve("mail")
print(f"dnspython {dns.version.version}, search list shop.example.test, example.test")
print("guess: no data in the first domain, so the second is asked: ::1 for web as for mail")
print(f"seen:  mail (the first domain has no such name): {mail[0]}, asked {mail[1]}")
print(f"seen:  web (the first domain has an A record):   {web[0]}, asked {web[1]}")
same = web == ("NoAnswer", ["web.shop.example.test."]) and mail[0] == ["::1"]
sys.exit(0 if same else "another behaviour than before")
PYTHON
