// SPDX-License-Identifier: Apache-2.0
//
// Recomputes every test vector of bspp-peks from its inputs with @noble/curves and @noble/hashes.
// It follows the protocol's text and shares no code with the crate. It ends with a non-zero exit
// code at the first difference.
//
//     npm ci && node check_vectors.mjs

import { readFileSync } from 'node:fs';
import { bls12_381 as bls } from '@noble/curves/bls12-381.js';
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { expand, extract } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';

const G1 = bls.G1.Point;
const G2 = bls.G2.Point;
const Q = bls.fields.Fr.ORDER;
const D = (name) => utf8ToBytes(`BSPP-V01-${name}`);
const DST = (name) => `BSPP-V01-H2C-${name}-BLS12381G2_XMD:SHA-256_SSWU_RO_`;

const read = (name) => JSON.parse(readFileSync(new URL(`../vectors/${name}`, import.meta.url), 'utf8'));
const H = (...parts) => blake2b(concatBytes(...parts), { dkLen: 32 });
const le = (value, bytes) => {
  const out = new Uint8Array(bytes);
  let rest = BigInt(value);
  for (let i = 0; i < bytes; i++, rest >>= 8n) out[i] = Number(rest & 255n);
  return out;
};
const fromLe = (bytes) => bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
const u16 = (value) => le(value, 2);
const u32 = (value) => le(value, 4);
const lp = (bytes) => concatBytes(u32(bytes.length), bytes);
const hkdf = (salt, ikm, info, length) => expand(sha256, extract(sha256, ikm, salt), info, length);
const wide = (bytes) => fromLe(bytes) % Q;
const gt = (element) => bls.fields.Fp12.toBytes(element);

let checks = 0;
function same(what, have, want) {
  const text = have instanceof Uint8Array ? bytesToHex(have) : String(have);
  if (text !== String(want)) {
    console.error(`MISMATCH ${what}\n  computed ${text}\n  file     ${want}`);
    process.exit(1);
  }
  checks++;
}
function holds(what, verdict) {
  same(what, verdict, true);
}

function challenge(domain, points, context) {
  const hash = blake2b(concatBytes(domain, ...points, lp(context)), { dkLen: 64 });
  return wide(hash);
}
function schnorr(what, domain, statement, proof, context) {
  const [commitment, z] = [hexToBytes(proof.commitment), fromLe(hexToBytes(proof.response))];
  holds(`${what}: response reduced`, z < Q);
  const c = challenge(domain, [statement, commitment], context);
  const right = G1.fromBytes(commitment).add(G1.fromBytes(statement).multiply(c));
  holds(`${what}: equation`, G1.BASE.multiply(z).equals(right));
}

// RFC 9380: noble itself is checked against the standard, before the checks that rely on it.
const rfc = read('rfc9380-j10-1.json');
for (const { msg, P } of rfc.vectors) {
  const point = bls.G2.hashToCurve(utf8ToBytes(msg), { DST: rfc.dst }).toAffine();
  const [x, y] = [P.x.split(',').map(BigInt), P.y.split(',').map(BigInt)];
  holds('RFC 9380', point.x.c0 === x[0] && point.x.c1 === x[1] && point.y.c0 === y[0] && point.y.c1 === y[1]);
}

const file = read('bspp-v1.json');
for (const { dst, msg, point } of file.hash_to_curve) {
  same(`hash to curve ${dst}`, bls.G2.hashToCurve(hexToBytes(msg), { DST: dst }).toBytes(), point);
}

for (const v of file.cases) {
  const [chain, hospital, seed] = [v.chain, v.hospital, v.seed].map(hexToBytes);
  const [request, requester, rid] = [v.request, v.requester, v.rid].map(hexToBytes);
  const none = new Uint8Array();

  // Section 2: keys and bundle.
  const a_s = wide(hkdf(D('SEED-SEARCH'), seed, none, 64));
  const a_o = wide(hkdf(D('SEED-OPEN'), seed, none, 64));
  const x = hkdf(D('SEED-X25519'), seed, none, 32);
  const account = hkdf(D('SEED-ACCOUNT'), seed, hospital, 32);
  const A_s = G1.BASE.multiply(a_s).toBytes();
  const A_o = G1.BASE.multiply(a_o).toBytes();
  const X = x25519.getPublicKey(x);
  const accountPublic = ed25519.getPublicKey(account);
  same('A_s', A_s, v.keys.a_s);
  same('A_o', A_o, v.keys.a_o);
  same('X', X, v.keys.x25519);
  same('account', accountPublic, v.keys.account);

  const bundleHash = H(D('BUNDLE'), chain, hospital, A_s, A_o, X, accountPublic);
  same('bundle hash', bundleHash, v.bundle.hash);
  const popContext = concatBytes(bundleHash, chain);
  schnorr('possession of a_s', D('POP-SEARCH'), A_s, v.bundle.search_proof, popContext);
  schnorr('possession of a_o', D('POP-OPEN'), A_o, v.bundle.open_proof, popContext);
  const proofs = ['search_proof', 'open_proof'].flatMap((p) => [v.bundle[p].commitment, v.bundle[p].response]);
  const bundleMessage = concatBytes(D('SIGN-BUNDLE'), bundleHash, ...proofs.map(hexToBytes));
  same('bundle signature', ed25519.sign(bundleMessage, account), v.bundle.signature);

  // Section 5: batch.
  const enc = H(D('ENCRYPTOR'), lp(hexToBytes(v.batch.encryptor)), hexToBytes(v.batch.salt));
  same('enc', enc, v.batch.enc);
  const r = wide(hexToBytes(v.batch.r_wide));
  const R = G1.BASE.multiply(r).toBytes();
  same('R', R, v.batch.point);
  const batch = H(D('BATCH'), chain, hospital, enc, u32(v.batch.number), u16(v.filingMonth), R);
  same('batch id', batch, v.batch.id);
  const batchContext = concatBytes(chain, hospital, enc, u32(v.batch.number), u16(v.filingMonth));
  schnorr('knowledge of r', D('POK-BATCH'), R, v.batch.proof, batchContext);

  for (const k of v.keywords) {
    // Section 3: label, from the patient's side; the file was made from the hospital's side.
    const X_h = x25519.getPublicKey(hexToBytes(v.hospital_x25519_secret));
    const shared = x25519.getSharedSecret(x, X_h);
    const kappa = hkdf(D('KAPPA'), shared, concatBytes(hospital, u16(v.filingMonth), X_h, X), 32);
    const kw = hmac(sha256, kappa, concatBytes(lp(utf8ToBytes(k.system)), lp(utf8ToBytes(k.code))));
    same('kw', kw, k.kw);
    const message = (A) => concatBytes(lp(chain), A, hospital, u16(v.filingMonth), kw);
    const Q_s = bls.G2.hashToCurve(message(A_s), { DST: DST('SEARCH') });
    const Q_o = bls.G2.hashToCurve(message(A_o), { DST: DST('OPEN') });
    same('Q_s', Q_s.toBytes(), k.q_s);
    same('Q_o', Q_o.toBytes(), k.q_o);

    // Section 4: trapdoors.
    const T_s = Q_s.multiply(a_s);
    const T_o = Q_o.multiply(a_o);
    same('T_s', T_s.toBytes(), k.t_s);
    same('T_o', T_o.toBytes(), k.t_o);

    // Section 5: the K of the encryptor, of the searcher and of the file.
    const point = (bytes) => G1.fromBytes(bytes);
    const K_s = gt(bls.pairing(point(A_s).multiply(r), Q_s));
    const K_o = gt(bls.pairing(point(A_o).multiply(r), Q_o));
    same('K_s of the encryptor', K_s, k.gt_s);
    same('K_o of the encryptor', K_o, k.gt_o);
    same('K_s of the searcher', gt(bls.pairing(point(R), T_s)), k.gt_s);
    same('K_o of the searcher', gt(bls.pairing(point(R), T_o)), k.gt_o);
    const s = extract(sha256, concatBytes(K_s, A_s, R), D('SEARCH'));
    const o = extract(sha256, concatBytes(K_o, A_o, R), D('OPEN'));
    for (const slot of k.slots) {
      const tag = expand(sha256, s, concatBytes(D('TAG'), u32(slot.n)), 16);
      same('tag', tag, slot.tag);
      const match = expand(sha256, s, concatBytes(D('MATCH'), u32(slot.n)), 32);
      same('match key', ed25519.getPublicKey(match), slot.match_public);
      same('kek', expand(sha256, o, concatBytes(D('KEK'), u32(slot.n), rid), 32), slot.kek);

      // Section 7: match proof.
      const statement = concatBytes(D('PROVE'), chain, request, rid, tag, requester);
      same('match proof', ed25519.sign(statement, match), slot.match_proof);
    }

    // Section 7: disclosure in a dispute.
    const d = k.disclosure;
    const [U, C1, C2] = [d.point, d.commitment_generator, d.commitment_base].map(hexToBytes);
    same('U', point(R).multiply(a_s).toBytes(), d.point);
    const context = concatBytes(chain, hospital, u16(v.filingMonth), batch, kw);
    const c = challenge(D('DLEQ'), [A_s, R, U, C1, C2], context);
    const z = fromLe(hexToBytes(d.response));
    holds('equality: generator', G1.BASE.multiply(z).equals(point(C1).add(point(A_s).multiply(c))));
    holds('equality: base', point(R).multiply(z).equals(point(C2).add(point(U).multiply(c))));
    same('K_s of the judge', gt(bls.pairing(point(U), Q_s)), k.gt_s);
  }
}

// Section 6: record ids.
for (const v of file.records) {
  const [dek, payloadHash, batch] = [v.dek, v.payload_hash, v.batch].map(hexToBytes);
  const commitment = H(D('KEYCOM'), dek, payloadHash);
  same('key commitment', commitment, v.key_commitment);
  const slots = H(D('SLOTS'), u32(v.slots.length), ...v.slots.flat().map(hexToBytes));
  same('slots hash', slots, v.slots_hash);
  same('rid', H(D('RID'), batch, u32(v.index), payloadHash, commitment, slots), v.rid);
}

console.log(`${checks} values recomputed, all as in the files`);
