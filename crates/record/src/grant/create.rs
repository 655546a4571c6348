// SPDX-License-Identifier: Apache-2.0
//! The patient's side: making a grant.

use super::{
    trapdoors::{self, Item, Package, MAX_GRANTED_KEYWORDS},
    GrantEnvelope, GrantError, GrantHeader, GrantKey,
};
use crate::{keywords::Keyword, sealing};
use bspp_peks::{Context, DefaultBackend, Kappa, PatientKeys, X25519Public};
use bspp_primitives::{Epoch, Hash, HospitalId, Moment, PurposeOfUse, X25519Key};
use rand_core::{CryptoRng, RngCore};

/// For whom, where, what for and how long.
#[derive(Clone, Debug)]
pub struct GrantTerms {
    /// Genesis hash of the consortium chain.
    pub chain: Hash,
    /// The hospital.
    pub hospital: HospitalId,
    /// The requester's account.
    pub requester: [u8; 32],
    /// The requester's X25519 key.
    pub requester_key: X25519Key,
    /// Purpose.
    pub purpose: PurposeOfUse,
    /// First moment at which the grant is no longer good, in milliseconds since 1970.
    pub expiry: Moment,
}

/// One keyword for one month.
#[derive(Clone, Debug)]
pub struct GrantItem {
    /// Month of filing.
    pub epoch: Epoch,
    /// The hospital's X25519 key in force in that month.
    pub hospital_key: X25519Key,
    /// The keyword. [`Keyword::identity`] stands for all records.
    pub keyword: Keyword,
    /// Whether the records may be read, and not only found.
    pub may_open: bool,
}

/// Makes a grant: the envelope for the requester, and the one-time key that the patient keeps to revoke it.
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
    let kappa = Kappa::patient_side(keys.x25519(), &hospital_key, &terms.hospital.0, item.epoch)
        .map_err(GrantError::InvalidHospitalKey)?;
    let label = kappa.label(&item.keyword);
    let context = Context {
        chain: terms.chain.0,
        hospital: terms.hospital.0,
        epoch: item.epoch,
    };
    let open = |_| {
        *keys
            .open_trapdoor::<DefaultBackend>(&context, &label)
            .to_bytes()
    };
    Ok(Item {
        epoch: item.epoch,
        system: item.keyword.system().to_owned(),
        code: item.keyword.code().to_owned(),
        label: *label.as_bytes(),
        search: *keys
            .search_trapdoor::<DefaultBackend>(&context, &label)
            .to_bytes(),
        open: item.may_open.then_some(()).map(open),
    })
}
