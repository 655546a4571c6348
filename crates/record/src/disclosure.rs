// SPDX-License-Identifier: Apache-2.0
//! Disclosure: a requester asks a hospital for a record, and the hospital answers.
//!
//! See step 5 in section 8 of the protocol. The checks have an order: first the requester's
//! signature, then public data of the chain, then the hospital's own records. All checks of the last
//! kind have one error, `NotCovered`, so that a refusal does not tell whose a record is.

use crate::{
    encrypt::EncryptedRecord,
    grant::{GrantError, GrantHeader, ReceivedGrant, ScopeOpening, SignedSupplement},
    open::{check_disclosed, OpenError},
    sealing::{self, SealedBox, SealingError},
};
use bspp_peks::{blake2b_256, domain, verify_strict, Ed25519Secret, HospitalShare, X25519Secret};
use bspp_types::{
    messages, Ed25519Key, Ed25519Signature, Entry, FilingMonth, HospitalId, LabelState, Moment,
    RecordId, Request, RequestId, Wraps, X25519Key, H256,
};
use codec::{Decode, DecodeAll, Encode};
use core::fmt;
use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroize;

/// The message with which a requester asks a hospital for a record.
///
/// It does not contain a trapdoor. `S` is the type of signatures by accounts of the consortium
/// chain.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct DisclosureRequest<S> {
    /// The request on the consortium chain.
    pub request: RequestId,
    /// The record that the requester asks for.
    pub record: RecordId,
    /// The grant's header.
    pub header: GrantHeader,
    /// The patient's signature over the header.
    pub patient_signature: Ed25519Signature,
    /// The supplement that renewed the grant, if there is one.
    pub supplement: Option<SignedSupplement>,
    /// The [`ScopeOpening`], HPKE-encrypted to the hospital's key.
    pub opening: SealedBox,
    /// [`ScopeOpening::hash`].
    pub opening_hash: H256,
    /// The hospital's fresh nonce.
    pub nonce: [u8; 32],
    /// The requester's signature over [`messages::disclosure_message`].
    pub signature: S,
}

/// The reasons for which a hospital refuses to disclose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DisclosureError {
    /// The named request is not the one that the grant opens.
    #[error("RequestMismatch: the grant opens another request")]
    RequestMismatch,
    /// The grant does not allow the disclosure, as public data show.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// The requester's account did not sign the message.
    #[error(
        "InvalidSignature: the requester did not sign for this record, scope opening and nonce"
    )]
    InvalidSignature,
    /// The grant does not cover the record.
    ///
    /// It has one error for all reasons, the record of another patient included.
    #[error("NotCovered: the grant does not cover this record")]
    NotCovered,
    /// The patient revoked all grants of this age.
    #[error("GrantRevoked: the patient revoked the grants that are as old as this one")]
    GrantRevoked,
    /// The grant does not cover the last label version of the record's month.
    #[error(
        "Stale: the patient's labels changed after this grant; ask the patient for a supplement"
    )]
    Stale,
    /// The grant allows to find the record, and not to read it.
    #[error("OpenNotGranted: the grant allows to find this record, not to read it")]
    OpenNotGranted,
    /// The answer cannot be encrypted or decrypted.
    #[error(transparent)]
    Sealing(#[from] SealingError),
    /// The decrypted bytes are not a disclosed record.
    #[error("InvalidPackage: the answer is not well-formed")]
    InvalidPackage,
    /// The hospital's operator did not sign the answer.
    #[error("InvalidPackageSignature: the hospital's operator did not sign the answer")]
    InvalidPackageSignature,
    /// The answer is not the requested record.
    #[error(transparent)]
    Record(#[from] OpenError),
}

/// Tells whether an account signed a message, by the rule of the account's chain.
pub type AccountVerifier<S, A> = fn(&S, &[u8], &A) -> bool;

/// A question for one record under a grant.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The grant.
    pub grant: &'a ReceivedGrant,
    /// The record.
    pub record: RecordId,
    /// The evidence that the grant covers the record.
    pub opening: &'a ScopeOpening,
    /// The hospital's X25519 key of the present month.
    pub hospital_key: X25519Key,
    /// The hospital's fresh nonce.
    pub nonce: [u8; 32],
}

/// The HPKE info of a message between requester and hospital.
///
/// It is `domain ‖ H(h) ‖ request ‖ record`: it makes the message valid for one grant, request and record only.
fn info(domain: &[u8], header: &GrantHeader, record: &RecordId) -> Vec<u8> {
    [domain, &header.hash().0, &header.request_id().0, &record.0].concat()
}

impl<S> DisclosureRequest<S> {
    /// Makes a request. `sign` signs with the requester's account.
    ///
    /// # Errors
    /// `InvalidKey` if the hospital's key is not valid.
    pub fn new<R: RngCore + CryptoRng>(
        question: &Question<'_>,
        sign: impl FnOnce(&[u8]) -> S,
        rng: &mut R,
    ) -> Result<Self, SealingError> {
        let Question { grant, record, .. } = question;
        let header = grant.header.clone();
        let request = header.request_id();
        let opening_hash = question.opening.hash();
        let mut plain = question.opening.encode();
        let info = info(domain::HPKE_OPENING, &header, record);
        let opening = sealing::seal(&question.hospital_key, &info, &plain, rng);
        plain.zeroize();
        let signature = sign(&messages::disclosure_message(
            &header.chain,
            &header.hospital,
            &request,
            record,
            &opening_hash,
            &question.nonce,
        ));
        Ok(Self {
            request,
            record: *record,
            patient_signature: grant.patient_signature,
            supplement: grant.supplement,
            opening: opening?,
            opening_hash,
            nonce: question.nonce,
            signature,
            header,
        })
    }

    /// Checks that the requester whom the header names signed for this record and nonce.
    ///
    /// The check needs nothing of a chain or of the hospital: it is the first one, so that nothing
    /// else is done for strangers.
    ///
    /// # Errors
    /// `InvalidSignature`.
    pub fn verify_requester(
        &self,
        chain: &H256,
        hospital: &HospitalId,
        verifier: AccountVerifier<S, [u8; 32]>,
    ) -> Result<(), DisclosureError> {
        let message = messages::disclosure_message(
            chain,
            hospital,
            &self.request,
            &self.record,
            &self.opening_hash,
            &self.nonce,
        );
        if verifier(&self.signature, &message, self.header.requester.account()) {
            Ok(())
        } else {
            Err(DisclosureError::InvalidSignature)
        }
    }

    /// Checks that the header is valid now and agrees with the request on chain in every field.
    ///
    /// The check reads public data only: its errors reveal nothing about the hospital's records.
    ///
    /// # Errors
    /// `RequestMismatch`, and those of [`GrantHeader::check`] and [`GrantHeader::check_request`].
    pub fn verify_request<A: AsRef<[u8]>>(
        &self,
        chain: &H256,
        hospital: &HospitalId,
        request: &Request<A>,
        now: Moment,
    ) -> Result<(), DisclosureError> {
        if self.request != self.header.request_id() {
            return Err(DisclosureError::RequestMismatch);
        }
        self.header.check(chain, hospital, now)?;
        self.header.check_request(request)?;
        Ok(())
    }

    /// Decrypts the scope opening with one of the hospital's keys.
    ///
    /// # Errors
    /// `NotCovered`, if no key opens it or it is not the signed one.
    pub fn open_scope<'a>(
        &self,
        secrets: impl IntoIterator<Item = &'a X25519Secret>,
    ) -> Result<ScopeOpening, DisclosureError> {
        let info = info(domain::HPKE_OPENING, &self.header, &self.record);
        let plain = secrets
            .into_iter()
            .find_map(|secret| sealing::open(secret, &info, &self.opening).ok())
            .ok_or(DisclosureError::NotCovered)?;
        let opening =
            ScopeOpening::decode_all(&mut &plain[..]).map_err(|_| DisclosureError::NotCovered)?;
        if opening.hash() != self.opening_hash {
            return Err(DisclosureError::NotCovered);
        }
        Ok(opening)
    }

    /// Checks that the patient granted the leaf and that the record has all its labels.
    ///
    /// `patient` is the account that the hospital's own records name for the record, `entry` its
    /// entry, and `filing_month` the month of the entry's batch.
    ///
    /// # Errors
    /// `NotCovered`, for every reason.
    pub fn covers(
        &self,
        opening: &ScopeOpening,
        patient: &Ed25519Key,
        entry: &Entry,
        filing_month: FilingMonth,
    ) -> Result<(), DisclosureError> {
        let not_covered = |_| DisclosureError::NotCovered;
        self.header
            .verify(&self.patient_signature, patient)
            .map_err(not_covered)?;
        let root = match &self.supplement {
            None => self.header.scope_root,
            Some(signed) => {
                signed.verify(&self.header, patient).map_err(not_covered)?;
                signed.supplement.scope_root
            }
        };
        if entry.rid() == self.record && opening.covers(&root, entry, filing_month) {
            Ok(())
        } else {
            Err(DisclosureError::NotCovered)
        }
    }

    /// Checks that no revocation came after the grant, and that it covers the month's versions.
    ///
    /// The caller has checked [`Self::covers`]: the refusals are for the rightful holder only.
    ///
    /// # Errors
    /// `GrantRevoked`, `Stale`.
    pub fn check_currency(
        &self,
        state: &LabelState,
        filing_month: FilingMonth,
    ) -> Result<(), DisclosureError> {
        let (issued_at, version) = match &self.supplement {
            None => (self.header.issued_at, self.header.version),
            Some(signed) => (signed.supplement.issued_at, signed.supplement.version),
        };
        if issued_at < state.revoke_before {
            return Err(DisclosureError::GrantRevoked);
        }
        // The patient signed the version: no clock decides, and a hospital that hid a rise from the
        // patient's wallet cannot pass the grant off as complete.
        if state.version_in(filing_month) > version {
            return Err(DisclosureError::Stale);
        }
        Ok(())
    }
}

/// The part of a record that a hospital discloses: wrapped keys, share and ciphertext.
///
/// The entry is on the consortium chain. The `Debug` prints the record's identifier only.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub struct DisclosurePackage {
    /// The record.
    pub record: RecordId,
    /// The wrapped data keys, one for each slot.
    pub wraps: Wraps,
    /// The hospital's share.
    share: [u8; 32],
    /// The ciphertext.
    pub ciphertext: Vec<u8>,
}

impl Drop for DisclosurePackage {
    fn drop(&mut self) {
        self.share.zeroize();
    }
}

impl fmt::Debug for DisclosurePackage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DisclosurePackage")
            .field("record", &self.record)
            .finish_non_exhaustive()
    }
}

impl DisclosurePackage {
    /// The package of a stored record.
    pub fn new(encrypted: &EncryptedRecord, share: &HospitalShare) -> Self {
        Self {
            record: encrypted.rid,
            wraps: encrypted.record.wraps.clone(),
            share: *share.as_bytes(),
            ciphertext: encrypted.payload.to_vec(),
        }
    }

    /// The hospital's share.
    pub fn share(&self) -> HospitalShare {
        HospitalShare::from_bytes(self.share)
    }

    /// `H(PACKAGE_HASH ‖` the SCALE encoding`)`, which the hospital's operator signs.
    pub fn hash(&self) -> H256 {
        let mut bytes = domain::PACKAGE_HASH.to_vec();
        self.encode_to(&mut bytes);
        let hash = blake2b_256(&bytes);
        bytes.zeroize();
        hash.into()
    }

    fn check(&self, record: &RecordId, entry: &Entry) -> Result<(), OpenError> {
        if self.record != *record {
            return Err(OpenError::RecordMismatch);
        }
        check_disclosed(record, entry, &self.wraps, &self.share(), &self.ciphertext)
    }
}

/// A package with the signature of the hospital's operator.
///
/// A wrong share or garbage wraps are provable with it. `S` is the type of signatures by accounts of
/// the consortium chain.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SignedPackage<S> {
    /// The package.
    pub package: DisclosurePackage,
    /// The operator's signature over [`messages::package_message`].
    pub signature: S,
}

impl<S: Encode + Decode> SignedPackage<S> {
    /// Signs a package for a request. `sign` signs with the operator's account.
    pub fn new(
        package: DisclosurePackage,
        header: &GrantHeader,
        sign: impl FnOnce(&[u8]) -> S,
    ) -> Self {
        let request = header.request_id();
        let hash = package.hash();
        let message = messages::package_message(&header.chain, &request, &package.record, &hash);
        Self {
            signature: sign(&message),
            package,
        }
    }

    /// Encrypts the answer to the X25519 key in the grant's header.
    ///
    /// # Errors
    /// `InvalidKey`.
    pub fn seal<R: RngCore + CryptoRng>(
        &self,
        header: &GrantHeader,
        rng: &mut R,
    ) -> Result<SealedBox, SealingError> {
        let mut plain = self.encode();
        let info = info(domain::HPKE_RECORD, header, &self.package.record);
        let sealed = sealing::seal(&header.requester_key, &info, &plain, rng);
        plain.zeroize();
        sealed
    }

    /// Decrypts an answer and checks it.
    ///
    /// It checks the signature of `operator`, the account that the consortium names for the
    /// hospital, and then the package against the consortium's entry of the requested record.
    ///
    /// # Errors
    /// `Sealing`, `InvalidPackage`, `InvalidPackageSignature`, `Record`. If only the last check
    /// fails, the package is a proof against the hospital.
    pub fn open<A>(
        sealed: &SealedBox,
        header: &GrantHeader,
        (record, entry): (&RecordId, &Entry),
        secret: &X25519Secret,
        (operator, verifier): (&A, AccountVerifier<S, A>),
    ) -> Result<Self, DisclosureError> {
        let bytes = sealing::open(secret, &info(domain::HPKE_RECORD, header, record), sealed)?;
        let signed =
            Self::decode_all(&mut &bytes[..]).map_err(|_| DisclosureError::InvalidPackage)?;
        let hash = signed.package.hash();
        let message = messages::package_message(&header.chain, &header.request_id(), record, &hash);
        if !verifier(&signed.signature, &message, operator) {
            return Err(DisclosureError::InvalidPackageSignature);
        }
        signed.package.check(record, entry)?;
        Ok(signed)
    }
}

/// The message with which a patient asks the hospital for an own record.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct OwnRecordRequest {
    /// The record.
    pub record: RecordId,
    /// The patient's account at the hospital.
    pub patient: Ed25519Key,
    /// The hospital's fresh nonce.
    pub nonce: [u8; 32],
    /// The account's signature over [`messages::own_record_message`].
    pub signature: Ed25519Signature,
}

/// `HPKE_OWN_RECORD ‖ chain ‖ hospital ‖ record`.
fn own_info(chain: &H256, hospital: &HospitalId, record: &RecordId) -> Vec<u8> {
    [domain::HPKE_OWN_RECORD, &chain.0, &hospital.0, &record.0].concat()
}

impl OwnRecordRequest {
    /// Makes a request.
    pub fn new(
        account: &Ed25519Secret,
        (chain, hospital): (&H256, &HospitalId),
        record: RecordId,
        nonce: [u8; 32],
    ) -> Self {
        let patient = account.public();
        let message = messages::own_record_message(chain, hospital, &record, &patient, &nonce);
        Self {
            record,
            patient,
            nonce,
            signature: account.sign(&message),
        }
    }

    /// Checks that the account signed for this record and nonce.
    ///
    /// # Errors
    /// `InvalidSignature`.
    pub fn verify(&self, chain: &H256, hospital: &HospitalId) -> Result<(), DisclosureError> {
        let message =
            messages::own_record_message(chain, hospital, &self.record, &self.patient, &self.nonce);
        verify_strict(&self.patient, &message, &self.signature)
            .map_err(|_| DisclosureError::InvalidSignature)
    }

    /// Encrypts the answer to the patient's X25519 key.
    ///
    /// # Errors
    /// `InvalidKey`.
    pub fn seal<R: RngCore + CryptoRng>(
        package: &DisclosurePackage,
        (chain, hospital): (&H256, &HospitalId),
        patient_key: &X25519Key,
        rng: &mut R,
    ) -> Result<SealedBox, SealingError> {
        let mut plain = package.encode();
        let info = own_info(chain, hospital, &package.record);
        let sealed = sealing::seal(patient_key, &info, &plain, rng);
        plain.zeroize();
        sealed
    }

    /// Decrypts an answer and checks it against the consortium's entry of the record.
    ///
    /// # Errors
    /// `Sealing`, `InvalidPackage`, `Record`.
    pub fn open(
        sealed: &SealedBox,
        (chain, hospital): (&H256, &HospitalId),
        (record, entry): (&RecordId, &Entry),
        secret: &X25519Secret,
    ) -> Result<DisclosurePackage, DisclosureError> {
        let bytes = sealing::open(secret, &own_info(chain, hospital, record), sealed)?;
        let package = DisclosurePackage::decode_all(&mut &bytes[..])
            .map_err(|_| DisclosureError::InvalidPackage)?;
        package.check(record, entry)?;
        Ok(package)
    }
}
