#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the certificates of the benchmarks: certificates.py FOLDER COUNT

Needs Debian's python3-cryptography. Each has a key of its own and an intermediate above it, as from
a public CA. FOLDER gets `root.pem` and three sets: `p256` and `rsa` with one name each, and `many`
with COUNT names, P-256. A set has its names in `names`, one a line, and each certificate in the
forms that servers want: `store/domains/NAME/chain.pem` with `key.pem`, or `pem/NAME.pem` with both.
"""
import datetime
import os
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

START = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)
DAYS = 90


def new_key(kind):
    return ec.generate_private_key(ec.SECP256R1()) if kind == "p256" else \
        rsa.generate_private_key(65537, 2048)


def common_name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def builder(subject, issuer, key, days):
    return (x509.CertificateBuilder().subject_name(subject).issuer_name(issuer)
            .public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(START).not_valid_after(START + datetime.timedelta(days=days)))


class Authority:
    def __init__(self, kind, name, above=None):
        self.key, self.name = new_key(kind), common_name(name)
        above = above or self
        self.certificate = (
            builder(self.name, above.name, self.key, 10 * 365)
            .add_extension(x509.BasicConstraints(True, None), True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), False)
            .sign(above.key, hashes.SHA256()))

    def issue(self, name, key):
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        return (builder(common_name(name), self.name, key, DAYS)
                .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False)
                .add_extension(x509.BasicConstraints(False, None), True)
                .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
                .add_extension(identifier, False)
                .sign(self.key, hashes.SHA256()))


def write(data, *path, mode=0o644):
    path = os.path.join(*path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        file.write(data)


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


def make_set(folder, kind, names, root):
    above = Authority(kind, f"Bench Intermediate {kind}", root)
    for name in names:
        key = new_key(kind)
        chain = pem(above.issue(name, key)) + pem(above.certificate)
        secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                   serialization.NoEncryption())
        write(chain, folder, "store/domains", name, "chain.pem")
        write(secret, folder, "store/domains", name, "key.pem", mode=0o600)
        write(secret + chain, folder, "pem", name + ".pem", mode=0o600)
    write("".join(name + "\n" for name in names).encode(), folder, "names")


def make(folder, count):
    roots = {kind: Authority(kind, f"Bench Root {kind}") for kind in ("p256", "rsa")}
    for kind, root in roots.items():
        make_set(os.path.join(folder, kind), kind, ["bench.customer.test"], root)
    names = [f"shop{number}.customer.test" for number in range(count)]
    make_set(os.path.join(folder, "many"), "p256", names, roots["p256"])
    write(b"".join(pem(root.certificate) for root in roots.values()), folder, "root.pem")


if __name__ == "__main__":
    make(sys.argv[1], int(sys.argv[2]))
