// SPDX-License-Identifier: Apache-2.0
//
// Makes the vectors of this program from inputs of its own. The crate's tests read the file that
// holds them, `../vectors/bspp-v2-js.json`, and verify every value and proof.
//
//     npm ci && node make_vectors.mjs

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ed25519 } from '@noble/curves/ed25519.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import * as p from './protocol.mjs';

export const FILE = new URL('../vectors/bspp-v2-js.json', import.meta.url);

// Reproducible bytes for a name. For tests only.
const draw = (name, length) => blake2b(utf8ToBytes(`independent ${name}`), { dkLen: length });
const FIELDS = ['chain', 'hospital', 'seed', 'hospital_x25519_secret', 'salt', 'core', 'share', 'rid', 'request', 'requester', 'nonce'];

function inputs(name, numbers, keywords) {
  const input = {};
  for (const field of FIELDS) input[field] = p.hex(draw(`${name} ${field}`, 32));
  input.r_wide = p.hex(draw(`${name} r`, 64));
  input.encryptor = p.hex(draw(`${name} encryptor`, numbers.encryptor));
  const { filing_month, generation, version, number } = numbers;
  return { ...input, filing_month, generation, version, number, counters: [0, 2, 255, 256, 70000], keywords, grants: [0, 7, 65536] };
}

function makeCase(name, numbers, keywords) {
  const input = inputs(name, numbers, keywords);
  const { values, state } = p.compute(input);
  const scalar = (use) => p.wide(draw(`${name} ${use}`, 64));
  const bundle = {
    search_proof: p.schnorrProve(p.D('POP-SEARCH'), state.a_s, state.A_s, state.popContext, scalar('pop search')),
    open_proof: p.schnorrProve(p.D('POP-OPEN'), state.a_o, state.A_o, state.popContext, scalar('pop open')),
  };
  bundle.signature = p.hex(ed25519.sign(p.bundleMessage(state, bundle), state.account));
  const batch = p.schnorrProve(p.D('POK-BATCH'), state.r, state.R, state.batchContext, scalar('pok batch'));
  const openings = state.secrets.map((secret, i) => ({
    search: p.openingProve(input, state, secret, 0, scalar(`opening search ${i}`)),
    open: p.openingProve(input, state, secret, 1, scalar(`opening open ${i}`)),
  }));
  return { input, values, proofs: { bundle, batch, openings } };
}

function makeRecord(name, count, index) {
  const at = (field, length) => p.hex(draw(`${name} ${field}`, length));
  const range = [...Array(count).keys()];
  const input = {
    batch: at('batch', 32),
    index,
    dek: at('dek', 32),
    payload_hash: at('payload', 32),
    share: at('share', 32),
    slots: range.map((i) => [at(`tag ${i}`, 16), at(`match ${i}`, 32)]),
    wraps: range.map((i) => at(`wrap ${i}`, 48)),
  };
  return { input, values: p.record(input) };
}

export function make() {
  return {
    description: 'Test vectors of bspp-peks that the independent program made, written by `node make_vectors.mjs`. Bytes in hex; scalars and counters little-endian.',
    cases: [
      makeCase('third', { filing_month: 683, generation: 0, version: 0, number: 0, encryptor: 5 }, [
        ['http://snomed.info/sct', '86406008'],
        ['http://loinc.org', '4548-4'],
        ['urn:bspp:slot', 'identity'],
      ]),
      makeCase('fourth', { filing_month: 65535, generation: 4294967295, version: 4294967295, number: 4294967295, encryptor: 64 }, [
        ['', ''],
        ['http://www.whocc.no/atc', 'Diabète — 糖尿病'],
      ]),
    ],
    records: [makeRecord('empty', 0, 0), makeRecord('one', 1, 4294967295), makeRecord('many', 64, 65536)],
  };
}

export const encode = (vectors) => `${JSON.stringify(vectors, null, 2)}\n`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(FILE, encode(make()));
  console.log(`wrote ${fileURLToPath(FILE)}`);
}
