// SPDX-License-Identifier: Apache-2.0
//
// Recomputes every test vector of bspp-peks from its inputs with @noble/curves and @noble/hashes,
// and makes the vectors of its own again. It ends with a non-zero exit code at the first
// difference.
//
//     npm ci && node check_vectors.mjs

import { readFileSync } from 'node:fs';
import { ed25519 } from '@noble/curves/ed25519.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { FILE, encode, make } from './make_vectors.mjs';
import * as p from './protocol.mjs';

const read = (name) => JSON.parse(readFileSync(new URL(`../vectors/${name}`, import.meta.url), 'utf8'));

let checks = 0;
function same(name, have, want) {
  const text = have instanceof Uint8Array ? p.hex(have) : String(have);
  if (text !== String(want)) {
    console.error(`MISMATCH ${name}\n  computed ${text}\n  file     ${want}`);
    process.exit(1);
  }
  checks++;
}
const holds = (name, verdict) => same(name, verdict, true);

// Compares trees of values: the same names, and the same value for each.
function sameTree(name, have, want) {
  if (typeof want !== 'object') return same(name, have, want);
  same(`${name}: names`, Object.keys(have).sort(), Object.keys(want).sort());
  for (const key of Object.keys(want)) sameTree(`${name}.${key}`, have[key], want[key]);
}

// RFC 9380: noble itself is checked against the standard, before the checks that rely on it.
const rfc = read('rfc9380-j10-1.json');
for (const { msg, P } of rfc.vectors) {
  const point = p.hashToCurve(utf8ToBytes(msg), rfc.dst).toAffine();
  const [x, y] = [P.x.split(',').map(BigInt), P.y.split(',').map(BigInt)];
  holds('RFC 9380', point.x.c0 === x[0] && point.x.c1 === x[1] && point.y.c0 === y[0] && point.y.c1 === y[1]);
}

const file = read('bspp-v2.json');
for (const { dst, msg, point } of file.hash_to_curve) {
  same(`hash to curve ${dst}`, dst, p.DST);
  same(`hash to curve of ${msg}`, p.hashToCurve(p.bytes(msg)).toBytes(), point);
}

file.cases.forEach(({ input, values, proofs }, i) => {
  const { values: computed, state } = p.compute(input);
  sameTree(`case ${i}`, computed, values);
  const { bundle, batch, openings } = proofs;
  holds('possession of a_s', p.schnorrHolds(p.D('POP-SEARCH'), state.A_s, bundle.search_proof, state.popContext));
  holds('possession of a_o', p.schnorrHolds(p.D('POP-OPEN'), state.A_o, bundle.open_proof, state.popContext));
  same('bundle signature', ed25519.sign(p.bundleMessage(state, bundle), state.account), bundle.signature);
  holds('knowledge of r', p.schnorrHolds(p.D('POK-BATCH'), state.R, batch, state.batchContext));
  same('openings', openings.length, state.secrets.length);
  state.secrets.forEach((secret, k) => {
    holds('opening, search', p.openingHolds(input, state, secret, 0, openings[k].search));
    holds('opening, open', p.openingHolds(input, state, secret, 1, openings[k].open));
    holds('opening, other role', !p.openingHolds(input, state, secret, 1, openings[k].search));
  });
});

file.records.forEach(({ input, values }, i) => sameTree(`record ${i}`, p.record(input), values));

same('vectors of this program', encode(make()) === readFileSync(FILE, 'utf8'), true);

console.log(`${checks} values recomputed, all as in the files`);
