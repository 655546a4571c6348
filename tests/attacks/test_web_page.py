# SPDX-License-Identifier: Apache-2.0
"""Attacks by a web page that a browser on the gateway's machine shows, on a real gateway."""

import http.client
import json
import sys
import unittest
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "network"))

from world import NetworkTest  # noqa: E402

JSON = {"Content-Type": "application/fhir+json"}


class WebPage(NetworkTest):
    """The page sends what a browser lets it send, and later also the stolen token."""

    def ask(self, headers, method="POST", path=None, body=b"{}"):
        """Sends a request to the local address of gateway A. Returns (status, code)."""
        address = urlsplit(self.net.gateways["a"]["local"])
        path = path or f"/v1/ingest?patient={self.patients[0].accounts['a']}"
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
        try:
            connection.request(method, path, body, {"Host": address.netloc, **headers})
            answer = connection.getresponse()
            told = json.loads(answer.read() or b"{}")
            return answer.status, told.get("code")
        finally:
            connection.close()

    @property
    def bearer(self):
        return {"Authorization": f"Bearer {self.net.token('a').read_text().strip()}"}

    def test_program_with_the_token_should_be_served(self):
        """The control: the same requests reach the gateway when a program of the hospital sends them."""
        self.assertEqual(self.ask(self.bearer, "GET", "/v1/status", None)[0], 200)
        self.assertEqual(self.ask({**JSON, **self.bearer}), (422, "InvalidFhir"))

    def test_web_page_should_not_send_across_sites(self):
        """The page posts a form, a simple request, and a request with the token.

        Rests on `Origin`, `Sec-Fetch-Site` and the content type. Revert: leave out
        `refuse_browsers` in `local.rs`.
        """
        for origin in ("https://example.org", "null", self.net.gateways["a"]["local"]):
            self.assertEqual(self.ask({**JSON, **self.bearer, "Origin": origin}), (403, "CrossSiteRequest"))
        for kind in ("text/plain", "application/x-www-form-urlencoded"):
            self.assertEqual(self.ask({**self.bearer, "Content-Type": kind}), (415, "InvalidContentType"))
        site = {"Sec-Fetch-Site": "cross-site", **self.bearer}
        self.assertEqual(self.ask(site, "GET", "/v1/status", None), (403, "CrossSiteRequest"))

    def test_web_page_should_not_rebind_its_name(self):
        """The page's name resolves to 127.0.0.1, so the browser takes the gateway for its own server.

        Rests on the header `Host`. Revert: leave out the check of `Host` in `local.rs`.
        """
        for host in ("example.org", "example.org:80", "127.0.0.1.example.org"):
            self.assertEqual(self.ask({**JSON, **self.bearer, "Host": host}), (403, "HostMismatch"))

    def test_program_without_the_token_should_not_be_served(self):
        """Another user of the machine, or a page that passes all the above, lacks the token.

        Rests on the token, whose file only the gateway's user can read. Revert: leave out
        `check_token` in `local.rs`.
        """
        for wrong in ({}, {"Authorization": "Bearer " + "0" * 64}, {"Authorization": "Basic Og=="}):
            self.assertEqual(self.ask({**JSON, **wrong}), (401, "InvalidToken"))
            erase = self.ask(wrong, "DELETE", "/v1/shares/0x" + "00" * 32, None)
            self.assertEqual(erase, (401, "InvalidToken"))
        self.assertEqual(self.net.token("a").stat().st_mode & 0o777, 0o600)


if __name__ == "__main__":
    unittest.main(verbosity=2)
