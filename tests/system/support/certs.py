"""Certificates by the openssl command: a good one, and one for each way to be wrong."""

import subprocess

KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]


def openssl(*args, cwd):
    subprocess.run(["/usr/bin/openssl", *args], cwd=cwd, check=True, capture_output=True)


def authority(folder, name):
    openssl("req", "-x509", *KEY, "-keyout", f"{name}.key", "-out", f"{name}.pem", "-days", "30", "-subj",
            f"/CN={name} of mond's tests", cwd=folder)


def certificate(folder, name, host, signer, days):
    openssl("req", "-new", *KEY, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={host}", cwd=folder)
    (folder / f"{name}.ext").write_text(f"subjectAltName=DNS:{host}\n")
    openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{signer}.pem", "-CAkey", f"{signer}.key", "-CAcreateserial",
            "-out", f"{name}.pem", "-days", str(days), "-extfile", f"{name}.ext", cwd=folder)


def make(folder):
    """Writes NAME.pem and NAME.key: good, mail (for mail.test), expired, wrong-host, stranger (another authority's) and
    self-signed."""
    authority(folder, "authority")
    authority(folder, "stranger-authority")
    certificate(folder, "good", "localhost", "authority", 30)
    certificate(folder, "mail", "mail.test", "authority", 30)
    certificate(folder, "expired", "localhost", "authority", -1)
    certificate(folder, "wrong-host", "elsewhere.example", "authority", 30)
    certificate(folder, "stranger", "localhost", "stranger-authority", 30)
    openssl("req", "-x509", *KEY, "-keyout", "self-signed.key", "-out", "self-signed.pem", "-days", "30", "-subj",
            "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", cwd=folder)
    return folder
