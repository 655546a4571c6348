# SPDX-License-Identifier: Apache-2.0
"""Attacks by a foreign node that serves a search, on real nodes. It keeps all that it receives."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "network"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from liar import LyingNode  # noqa: E402
from recorder import Recorder  # noqa: E402
from world import NetworkTest  # noqa: E402


class ForeignNode(NetworkTest):
    """The node that serves the search belongs to another hospital, and looks for trapdoors."""

    def recorded(self, grant, name, *options):
        """Searches through a recorder. Returns the search's result and all that the doctor sent."""
        with Recorder(self.doctor.consortium) as recorder:
            found = self.doctor.search(grant, self.path(f"{name}.json"), *options, consortium=recorder.url)
            self.assertIsNone(recorder.failure)
            self.assertTrue(recorder.messages)
            return found, recorder.sent()

    @staticmethod
    def seen(sent, secrets):
        return {secret for secret in secrets if secret[2:].encode() in sent}

    def test_1_own_node_should_receive_the_trapdoors(self):
        """The attack without the defence: the search on a node that the doctor trusts.

        It shows that the recorder sees a trapdoor when one is sent.
        """
        grant, _, _, _ = self.world.share(self.patients[0], [None], "recorded-own", open_request=False)
        _, sent = self.recorded(grant, "recorded-own")
        trapdoors = {trapdoor["search"] for trapdoor in self.doctor.trapdoors(grant)}
        self.assertEqual(self.seen(sent, trapdoors), trapdoors)

    def test_2_foreign_node_should_not_receive_trapdoors_labels_or_tags(self):
        """The node keeps all messages, and looks for secrets and for tags of the records.

        Rests on the search on the doctor's device, with buckets (`--foreign-node`). Revert: send
        exact tags to `phi_tags`, or the trapdoors as above.
        """
        grant, _, own, _ = self.world.share(self.patients[0], [None], "recorded-foreign", open_request=False)
        foreign, sent = self.recorded(grant, "recorded-foreign", "--foreign-node")
        secrets = {
            trapdoor[part] for trapdoor in self.doctor.trapdoors(grant) for part in ("search", "open", "label")
        }
        tags = {match["tag"] for match in foreign["matches"]}
        self.assertTrue(tags)
        self.assertEqual(self.seen(sent, secrets | tags), set())
        self.assertIn(b"phi_tags", sent)
        self.assertEqual({match["rid"] for match in foreign["matches"]}, {match["rid"] for match in own["matches"]})

    def test_search_should_find_the_same_when_the_node_is_foreign(self):
        """The foreign search is complete if the node is honest, for several keywords and patients."""
        for number, patient in enumerate(self.patients[:2]):
            keywords = sorted({k for record in patient.plain for k in record["keywords"]})[:6]
            grant, _, found, _ = self.world.share(patient, [None, *keywords], f"foreign-{number}", open_request=False)
            foreign = self.doctor.search(grant, self.path(f"foreign-{number}-matches.json"), "--foreign-node")
            key = lambda match: (match["item"], match["rid"], match["counter"], match["slot"])  # noqa: E731
            self.assertEqual(sorted(map(key, foreign["matches"])), sorted(map(key, found["matches"])))
            self.assertTrue(found["matches"])

    def test_lying_node_should_not_hide_or_invent_facts_of_the_chain(self):
        """The node leaves out batches, or shows a state of its own, to a doctor who searches.

        Rests on the proofs against the state of a header that the known validators finalized. Revert:
        read the batches by runtime calls only.
        """
        grant, _, _, _ = self.world.share(self.patients[0], [None], "lied-to", open_request=False)

        def hide_batches(method, params, result):
            return "0x00" if method == "state_call" and params[0] == "PhiIndexApi_batches" else result

        def no_proof(method, params, result):
            return {**result, "proof": []} if method == "state_getReadProof" else result

        for lie in (hide_batches, no_proof):
            with self.subTest(lie=lie.__name__), LyingNode(self.doctor.consortium, lie) as node:
                _, error = self.net.cli_refused(*self.doctor.search_command(
                    grant, self.path(f"{lie.__name__}.json"), "--foreign-node", consortium=node.url
                ))
                self.assertIn("InvalidStateProof", error["message"])
                self.assertGreater(node.lies, 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
