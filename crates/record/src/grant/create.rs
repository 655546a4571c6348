// SPDX-License-Identifier: Apache-2.0
//! The patient's side: creation of a grant.

use super::{
    trapdoors::{self, Item, Package, MAX_GRANTED_KEYWORDS},
    GrantEnvelope, GrantError, GrantHeader, GrantKey,
};
use crate::{keywords::Keyword, sealing};
use bspp_peks::{Context, DefaultBackend, Kappa, PatientKeys, X25519Public};
use bspp_types::{FilingMonth, HospitalId, Moment, PurposeOfUse, X25519Key, H256};
use rand_core::{CryptoRng, RngCore};

/// The requester, hospital, purpose and expiry of a grant.
#[derive(Clone, Debug)]
pub struct GrantTerms {
    /// Genesis hash of the consortium chain.
    pub chain: H256,
    /// The hospital.
    pub hospital: HospitalId,
    /// The requester's account.
    pub requester: [u8; 32],
    /// The requester's X25519 key.
    pub requester_key: X25519Key,
    /// The purpose of use.
    pub purpose: PurposeOfUse,
    /// The first moment at which the grant is no longer valid, in milliseconds since 1970.
    pub expiry: Moment,
}

/// One keyword for one filing month.
#[derive(Clone, Debug)]
pub struct GrantItem {
    /// The filing month.
    pub filing_month: FilingMonth,
    /// The hospital's X25519 key of that filing month.
    pub hospital_key: X25519Key,
    /// The keyword. [`Keyword::identity`] selects all records.
    pub keyword: Keyword,
    /// Whether the requester may read the records, in addition to finding them.
    pub may_open: bool,
}

/// Makes a grant.
///
/// The result is the envelope for the requester, and the one-time key that the patient keeps in
/// order to revoke the grant.
pub fn create_grant<R: RngCore + CryptoRng>(
    keys: &PatientKeys,
    terms: &GrantTerms,
    items: &[GrantItem],
    rng: &mut R,
) -> Result<(GrantEnvelope, GrantKey), GrantError> {
    if items.is_empty() {
        return Err(GrantError::NoKeyword);
    }
    if items.len() > MAX_GRANTED_KEYWORDS {
        return Err(GrantError::MaxKeywordsExceeded(items.len()));
    }
    let mut package = Package {
        salt: [0; 32],
        search_key: *keys.search_public().as_bytes(),
        open_key: *keys.open_public().as_bytes(),
        items: Vec::with_capacity(items.len()),
    };
    rng.fill_bytes(&mut package.salt);
    for item in items {
        package.items.push(make_item(keys, terms, item)?);
    }
    let package = package.to_bytes();

    let key = GrantKey::generate(rng);
    let header = GrantHeader {
        chain: terms.chain,
        hospital: terms.hospital,
        grant_key: key.public(),
        requester: terms.requester,
        requester_key: terms.requester_key,
        purpose: terms.purpose,
        expiry: terms.expiry,
        trapdoors_hash: trapdoors::hash(&package),
    };
    let account = keys.account(&terms.hospital.0);
    let envelope = GrantEnvelope {
        patient: account.public(),
        patient_signature: account.sign(&header.message()),
        grant_signature: key.sign_opening(&header),
        sealed: sealing::seal(
            &terms.requester_key,
            &super::envelope::info(&header),
            &package,
            rng,
        )?,
        header,
    };
    Ok((envelope, key))
}

fn make_item(keys: &PatientKeys, terms: &GrantTerms, item: &GrantItem) -> Result<Item, GrantError> {
    let hospital_key = X25519Public(item.hospital_key);
    let kappa = Kappa::patient_side(
        keys.x25519(),
        &hospital_key,
        &terms.hospital.0,
        item.filing_month,
    )
    .map_err(GrantError::InvalidHospitalKey)?;
    let label = kappa.label(&item.keyword);
    let context = Context {
        chain: terms.chain.0,
        hospital: terms.hospital.0,
        filing_month: item.filing_month,
    };
    let open = |_| {
        *keys
            .open_trapdoor::<DefaultBackend>(&context, &label)
            .to_bytes()
    };
    Ok(Item {
        filing_month: item.filing_month,
        system: item.keyword.system().to_owned(),
        code: item.keyword.code().to_owned(),
        label: *label.as_bytes(),
        search: *keys
            .search_trapdoor::<DefaultBackend>(&context, &label)
            .to_bytes(),
        open: item.may_open.then_some(()).map(open),
    })
}
