// SPDX-License-Identifier: Apache-2.0
//! The patient's side: creation of grants and supplements.

use super::{
    scope::ScopeTree,
    supplement::{self, Supplement, SupplementEnvelope},
    trapdoors::{Item, Label, Package, MAX_GRANT_ITEMS},
    GrantEnvelope, GrantError, GrantHeader, GrantKey,
};
use crate::{keywords::Keyword, sealing};
use bspp_peks::{DefaultBackend, Kappa, LabelScope, LabelVersion, PatientKeys, X25519Public};
use bspp_types::{
    limits::{MAX_LABELS_PER_LEAF, SCOPE_DEPTH},
    Authority, Day, FilingMonth, Moment, PurposeOfUse, Requester, X25519Key, H256,
};
use rand::seq::index;
use rand_core::{CryptoRng, RngCore};

/// The requester, purpose and times of a grant.
#[derive(Clone, Debug)]
pub struct GrantTerms {
    /// The requester.
    pub requester: Requester,
    /// The requester's registered X25519 key.
    pub requester_key: X25519Key,
    /// The purpose of use.
    pub purpose: PurposeOfUse,
    /// The time of the grant, in milliseconds since 1970.
    pub issued_at: Moment,
    /// First day on which the grant is no longer valid.
    pub expiry: Day,
}

/// Keywords for one filing month and label version, all in one entry of a record.
#[derive(Clone, Debug)]
pub struct GrantItem {
    /// The filing month.
    pub filing_month: FilingMonth,
    /// The hospital's X25519 key of that filing month.
    pub hospital_key: X25519Key,
    /// The patient's label version. A grant has an item for each version of its months.
    pub version: LabelVersion,
    /// The keywords. [`Keyword::identity`] selects all records.
    pub keywords: Vec<Keyword>,
    /// Whether the requester may read the records, in addition to finding them.
    pub may_open: bool,
}

/// Makes the grant with number `index` of a patient at a hospital.
///
/// Each number is for one grant: its one-time key follows from it ([`PatientKeys::grant_key`]).
///
/// # Errors
/// `NoKeyword`, `MaxItemsExceeded`, `InvalidHospitalKey`, `Sealing`.
pub fn create_grant<R: RngCore + CryptoRng>(
    keys: &PatientKeys,
    index: u32,
    terms: &GrantTerms,
    items: &[GrantItem],
    rng: &mut R,
) -> Result<GrantEnvelope, GrantError> {
    let (package, tree) = make_package(keys, items, rng)?;
    let key = GrantKey::derive(keys, index);
    let header = GrantHeader {
        chain: H256(*keys.chain()),
        hospital: H256(*keys.hospital()),
        authority: Authority::GrantKey(key.public()),
        requester: terms.requester,
        requester_key: terms.requester_key,
        purpose: terms.purpose,
        issued_at: terms.issued_at,
        version: highest_version(items),
        expiry: terms.expiry,
        scope_root: tree.root(),
    };
    let account = keys.account();
    Ok(GrantEnvelope {
        patient: account.public(),
        patient_signature: account.sign(&header.message()),
        grant_signature: key.sign_opening(&header),
        sealed: sealing::seal(
            &terms.requester_key,
            &super::envelope::info(&header),
            &package.to_bytes(),
            rng,
        )?,
        header,
    })
}

/// Renews a grant: other trapdoors under the same header, one-time key and request.
///
/// It follows a rise of the label version. `items` are all items of the grant, those of earlier
/// versions included, because the new scope takes the place of the old one.
///
/// # Errors
/// Those of [`create_grant`], and `PatientMismatch` if the header is for another chain or hospital.
pub fn create_supplement<R: RngCore + CryptoRng>(
    keys: &PatientKeys,
    header: &GrantHeader,
    items: &[GrantItem],
    issued_at: Moment,
    rng: &mut R,
) -> Result<SupplementEnvelope, GrantError> {
    if header.chain.0 != *keys.chain() || header.hospital.0 != *keys.hospital() {
        return Err(GrantError::PatientMismatch);
    }
    let (package, tree) = make_package(keys, items, rng)?;
    let supplement = Supplement {
        header_hash: header.hash(),
        scope_root: tree.root(),
        issued_at,
        version: highest_version(items),
    };
    Ok(SupplementEnvelope {
        signature: keys.account().sign(&supplement.message()),
        sealed: sealing::seal(
            &header.requester_key,
            &supplement::info(&supplement),
            &package.to_bytes(),
            rng,
        )?,
        supplement,
    })
}

fn highest_version(items: &[GrantItem]) -> LabelVersion {
    items.iter().map(|item| item.version).max().unwrap_or(0)
}

fn make_package<R: RngCore + CryptoRng>(
    keys: &PatientKeys,
    items: &[GrantItem],
    rng: &mut R,
) -> Result<(Package, ScopeTree), GrantError> {
    if items.is_empty() {
        return Err(GrantError::NoKeyword);
    }
    if items.len() > MAX_GRANT_ITEMS {
        return Err(GrantError::MaxItemsExceeded(items.len()));
    }
    let mut package = Package {
        fill: [0; 32],
        search_key: *keys.search_public().as_bytes(),
        open_key: *keys.open_public().as_bytes(),
        items: Vec::with_capacity(items.len()),
    };
    rng.fill_bytes(&mut package.fill);
    // Random places: the place of a leaf tells nothing about its item.
    let places = index::sample(rng, 1 << SCOPE_DEPTH, items.len());
    for (item, place) in items.iter().zip(places) {
        let position = u16::try_from(place).map_err(|_| GrantError::InvalidTrapdoors)?;
        package.items.push(make_item(keys, item, position, rng)?);
    }
    let tree = package.tree()?;
    Ok((package, tree))
}

fn make_item<R: RngCore + CryptoRng>(
    keys: &PatientKeys,
    item: &GrantItem,
    position: u16,
    rng: &mut R,
) -> Result<Item, GrantError> {
    let distinct: std::collections::BTreeSet<&Keyword> = item.keywords.iter().collect();
    let most = MAX_LABELS_PER_LEAF as usize;
    if item.keywords.is_empty()
        || item.keywords.len() > most
        || distinct.len() != item.keywords.len()
    {
        return Err(GrantError::NoKeyword);
    }
    let scope = LabelScope {
        hospital: *keys.hospital(),
        filing_month: item.filing_month,
        version: item.version,
        bundle_hash: keys.bundle_hash(),
    };
    let hospital_key = X25519Public(item.hospital_key);
    let kappa = Kappa::patient_side(keys.x25519(), &hospital_key, &scope)
        .map_err(GrantError::InvalidHospitalKey)?;
    let labels = item
        .keywords
        .iter()
        .map(|keyword| {
            let label = kappa.label(keyword);
            let (search, open) = keys.trapdoors::<DefaultBackend>(item.filing_month, &label);
            Label {
                system: keyword.system().to_owned(),
                code: keyword.code().to_owned(),
                label: *label.as_bytes(),
                search: *search.to_bytes(),
                open: item.may_open.then(|| *open.to_bytes()),
            }
        })
        .collect();
    let mut made = Item {
        salt: [0; 32],
        position,
        filing_month: item.filing_month,
        version: item.version,
        may_open: item.may_open,
        labels,
    };
    rng.fill_bytes(&mut made.salt);
    Ok(made)
}
