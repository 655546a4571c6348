// SPDX-License-Identifier: Apache-2.0
//
// The protocol's text, sections 1 to 7, in JavaScript with @noble/curves and @noble/hashes. It
// shares no code with the crate.

import { bls12_381 as bls } from '@noble/curves/bls12-381.js';
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { expand, extract } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';

export const G1 = bls.G1.Point;
export const G2 = bls.G2.Point;
export const GT = bls.fields.Fp12;
export const Q = bls.fields.Fr.ORDER;
export const DST = 'BSPP-V02-H2C-LABEL-BLS12381G2_XMD:SHA-256_SSWU_RO_';
export const D = (name) => utf8ToBytes(`BSPP-V02-${name}`);
export const hex = bytesToHex;
export const bytes = hexToBytes;

export const H = (...parts) => blake2b(concatBytes(...parts), { dkLen: 32 });
export const le = (value, length) => {
  const out = new Uint8Array(length);
  let rest = BigInt(value);
  for (let i = 0; i < length; i++, rest >>= 8n) out[i] = Number(rest & 255n);
  return out;
};
export const fromLe = (data) => data.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
export const u16 = (value) => le(value, 2);
export const u32 = (value) => le(value, 4);
export const lp = (data) => concatBytes(u32(data.length), data);
export const wide = (data) => fromLe(data) % Q;
export const toPoint = (g, data) => g.fromBytes(data);
export const hashToCurve = (message, dst = DST) => bls.G2.hashToCurve(message, { DST: dst });
export const pairing = (p, q) => bls.pairing(p, q);
export const gt = (element) => GT.toBytes(element);
const hkdf = (salt, ikm, info, length) => expand(sha256, extract(sha256, ikm, salt), info, length);

// Section 1: challenges and Schnorr proofs.
export function challenge(domain, points, context) {
  return wide(blake2b(concatBytes(domain, ...points, lp(context)), { dkLen: 64 }));
}
export function schnorrHolds(domain, statement, proof, context) {
  const [commitment, z] = [bytes(proof.commitment), fromLe(bytes(proof.response))];
  const c = challenge(domain, [statement, commitment], context);
  const right = G1.fromBytes(commitment).add(G1.fromBytes(statement).multiply(c));
  return z < Q && G1.BASE.multiply(z).equals(right);
}
export function schnorrProve(domain, secret, statement, context, k) {
  const commitment = G1.BASE.multiply(k).toBytes();
  const c = challenge(domain, [statement, commitment], context);
  return { commitment: hex(commitment), response: hex(le((k + c * secret) % Q, 32)) };
}

// All values of a case, from its inputs.
export function compute(input) {
  const of = (name) => bytes(input[name]);
  const [chain, hospital, seed] = ['chain', 'hospital', 'seed'].map(of);
  const month = u16(input.filing_month);

  // Section 2: keys and bundle.
  const info = concatBytes(chain, hospital, u32(input.generation));
  const a_s = wide(hkdf(D('SEED-SEARCH'), seed, info, 64));
  const a_o = wide(hkdf(D('SEED-OPEN'), seed, info, 64));
  const x = hkdf(D('SEED-X25519'), seed, info, 32);
  const account = hkdf(D('SEED-ACCOUNT'), seed, info, 32);
  const grant = (i) => hkdf(D('SEED-GRANT'), seed, concatBytes(info, u32(i)), 32);
  const [S, O] = [G1.BASE.multiply(a_s), G1.BASE.multiply(a_o)];
  const [A_s, A_o] = [S.toBytes(), O.toBytes()];
  const [X, accountPublic] = [x25519.getPublicKey(x), ed25519.getPublicKey(account)];
  const bundleHash = H(D('BUNDLE'), chain, hospital, A_s, A_o, X, accountPublic);

  // Section 5: batch.
  const enc = H(D('ENCRYPTOR'), lp(of('encryptor')), of('salt'));
  const r = wide(of('r_wide'));
  const point = G1.BASE.multiply(r);
  const R = point.toBytes();
  const batch = H(D('BATCH'), chain, hospital, enc, u32(input.number), month, R);

  // Section 3: κ from the patient's side; the crate takes the hospital's side.
  const X_h = x25519.getPublicKey(of('hospital_x25519_secret'));
  const shared = x25519.getSharedSecret(x, X_h);
  const kappaInfo = concatBytes(hospital, month, u32(input.version), X_h, bundleHash);
  const kappa = hkdf(D('KAPPA'), shared, kappaInfo, 32);

  const [core, share] = [of('core'), of('share')];
  const secrets = [];
  const keywords = input.keywords.map(([system, code]) => {
    const kw = hmac(sha256, kappa, concatBytes(lp(utf8ToBytes(system)), lp(utf8ToBytes(code))));
    const label = hashToCurve(concatBytes(lp(chain), A_s, A_o, hospital, month, kw));
    // Section 4: trapdoors.
    const [T_s, T_o] = [label.multiply(a_s), label.multiply(a_o)];
    // Section 5: K of the encryptor; it must be the K of the searcher.
    const [K_s, K_o] = [pairing(S.multiply(r), label), pairing(O.multiply(r), label)];
    if (!GT.eql(K_s, pairing(point, T_s)) || !GT.eql(K_o, pairing(point, T_o))) {
      throw new Error('encryptor and searcher disagree');
    }
    const s = extract(sha256, concatBytes(gt(K_s), A_s, R), D('SEARCH'));
    const o = extract(sha256, concatBytes(gt(K_o), A_o, R), D('OPEN'));
    secrets.push({ kw, label, T_s, T_o, K_s, K_o });
    const slots = input.counters.map((n) => {
      const tag = expand(sha256, s, concatBytes(D('TAG'), u32(n)), 16);
      const opening = expand(sha256, s, concatBytes(D('LABEL'), u32(n)), 32);
      const match = H(D('MATCH'), opening, month, kw);
      // Section 6: the key-encryption key takes the hospital's share too.
      const kek = hkdf(share, o, concatBytes(D('KEK'), u32(n), core), 32);
      // Section 7: match proof.
      const parts = [chain, of('request'), of('rid'), tag, of('requester')];
      return {
        n,
        tag: hex(tag),
        label_opening: hex(opening),
        match_public: hex(ed25519.getPublicKey(match)),
        match_proof: hex(ed25519.sign(concatBytes(D('PROVE'), ...parts), match)),
        kek: hex(kek),
      };
    });
    return {
      kw: hex(kw),
      q: hex(label.toBytes()),
      t_s: hex(T_s.toBytes()),
      t_o: hex(T_o.toBytes()),
      gt_s: hex(gt(K_s)),
      gt_o: hex(gt(K_o)),
      slots,
    };
  });

  const values = {
    keys: {
      a_s: hex(A_s),
      a_o: hex(A_o),
      x25519: hex(X),
      account: hex(accountPublic),
      grants: input.grants.map((i) => hex(ed25519.getPublicKey(grant(i)))),
    },
    bundle_hash: hex(bundleHash),
    batch: { enc: hex(enc), point: hex(R), id: hex(batch) },
    share_commitment: hex(H(D('SHARE'), core, share)),
    keywords,
  };
  const batchContext = concatBytes(chain, hospital, enc, u32(input.number), month);
  const popContext = concatBytes(bundleHash, chain);
  return {
    values,
    state: { a_s, a_o, r, S, O, A_s, A_o, R, point, account, bundleHash, batch, batchContext, popContext, secrets },
  };
}

export function bundleMessage(state, bundle) {
  const parts = ['search_proof', 'open_proof'].flatMap((p) => [bundle[p].commitment, bundle[p].response]);
  return concatBytes(D('SIGN-BUNDLE'), state.bundleHash, ...parts.map(bytes));
}

// Section 7: the opening of a batch and label for a panel. Role 0 is search, 1 is open.
function openingChallenge(input, state, secret, role, K, c1, c2) {
  const { chain, hospital, filing_month, nonce } = input;
  const context = concatBytes(bytes(chain), bytes(hospital), u16(filing_month), state.batch, secret.kw, bytes(nonce));
  const A = role === 0 ? state.A_s : state.A_o;
  const parts = [le(role, 1), A, secret.label.toBytes(), state.R, gt(K), gt(c1), gt(c2), context];
  return H(D('PROOF-OPENING'), ...parts).slice(0, 16);
}
export function openingProve(input, state, secret, role, w) {
  const [T, K] = role === 0 ? [secret.T_s, secret.K_s] : [secret.T_o, secret.K_o];
  const W = G2.BASE.multiply(w);
  const [c1, c2] = [pairing(G1.BASE, W), pairing(state.point, W)];
  const c = openingChallenge(input, state, secret, role, K, c1, c2);
  return { k: hex(gt(K)), c: hex(c), z: hex(W.add(T.multiply(fromLe(c))).toBytes()) };
}
export function openingHolds(input, state, secret, role, proof) {
  const K = GT.fromBytes(bytes(proof.k));
  const Z = G2.fromBytes(bytes(proof.z));
  Z.assertValidity();
  const canonical = hex(gt(K)) === proof.k && hex(Z.toBytes()) === proof.z;
  const order = !GT.eql(K, GT.ONE) && GT.eql(GT.pow(K, Q), GT.ONE);
  if (!canonical || !order || Z.is0()) return false;
  const c = fromLe(bytes(proof.c));
  const A = role === 0 ? state.S : state.O;
  const over = (value, base) => GT.mul(value, GT.inv(GT.pow(base, c)));
  const c1 = over(pairing(G1.BASE, Z), pairing(A, secret.label));
  const c2 = over(pairing(state.point, Z), K);
  return hex(openingChallenge(input, state, secret, role, K, c1, c2)) === proof.c;
}

// Section 6: record ids.
export function record(input) {
  const [dek, payloadHash, batch, share] = ['dek', 'payload_hash', 'batch', 'share'].map((name) => bytes(input[name]));
  const commitment = H(D('KEYCOM'), dek, payloadHash);
  const slots = H(D('SLOTS'), u32(input.slots.length), ...input.slots.flat().map(bytes));
  const wraps = H(D('WRAPS'), u32(input.wraps.length), ...input.wraps.map(bytes));
  const core = H(D('CORE'), batch, u32(input.index), payloadHash, commitment, slots);
  const shareCommitment = H(D('SHARE'), core, share);
  const seal = H(D('SEAL'), shareCommitment, wraps);
  return {
    key_commitment: hex(commitment),
    slots_hash: hex(slots),
    wraps_hash: hex(wraps),
    core: hex(core),
    share_commitment: hex(shareCommitment),
    seal: hex(seal),
    rid: hex(H(D('RID'), core, seal)),
  };
}
