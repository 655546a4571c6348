// SPDX-License-Identifier: Apache-2.0
//! The package of trapdoors: the secret part of a grant.

use super::{GrantError, GrantHeader};
use crate::keywords::Keyword;
use bspp_peks::{
    blake2b_256_parts, domain, open_point, search_point, Context, DefaultBackend, G1Bytes, G1Point,
    KeywordLabel, OpenTrapdoor, SearchTrapdoor,
};
use bspp_types::{FilingMonth, H256};
use codec::{Decode, DecodeAll, Encode};
use core::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Maximum number of keywords, each for one month, of a grant.
pub const MAX_GRANTED_KEYWORDS: usize = 4096;

/// The checked trapdoors of a requester for one keyword and filing month.
#[derive(Clone)]
pub struct GrantedKeyword {
    /// The filing month.
    pub filing_month: FilingMonth,
    /// The keyword as the patient names it.
    ///
    /// Nothing proves that the label belongs to this keyword: only the patient and the hospital can
    /// verify that.
    pub keyword: Keyword,
    /// The label of the keyword.
    pub label: KeywordLabel,
    /// The trapdoor that finds records.
    pub search: SearchTrapdoor,
    /// The trapdoor that opens records. `None` if the requester may find but not read them.
    pub open: Option<OpenTrapdoor>,
}

impl fmt::Debug for GrantedKeyword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GrantedKeyword")
    }
}

/// The package in its encoded form, which is SCALE.
///
/// The salt comes first, so that the hash of the package is the hash of salt and trapdoors.
#[derive(Encode, Decode, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Package {
    pub(crate) salt: [u8; 32],
    pub(crate) search_key: [u8; 48],
    pub(crate) open_key: [u8; 48],
    pub(crate) items: Vec<Item>,
}

/// One keyword of a package in its encoded form.
#[derive(Encode, Decode, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Item {
    pub(crate) filing_month: FilingMonth,
    pub(crate) system: String,
    pub(crate) code: String,
    pub(crate) label: [u8; 32],
    pub(crate) search: [u8; 96],
    pub(crate) open: Option<[u8; 96]>,
}

/// A package in which every trapdoor was checked.
pub(crate) struct CheckedPackage {
    pub(crate) search_key: G1Point,
    pub(crate) open_key: G1Point,
    pub(crate) keywords: Vec<GrantedKeyword>,
}

impl Package {
    pub(crate) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(self.encoded_size()));
        self.encode_to(&mut *bytes);
        bytes
    }

    /// Decodes a package that hashes to the header's commitment, and checks every trapdoor.
    ///
    /// The check of a trapdoor is `e(g1, T) = e(A, Q)`.
    pub(crate) fn check(bytes: &[u8], header: &GrantHeader) -> Result<CheckedPackage, GrantError> {
        if hash(bytes) != header.trapdoors_hash {
            return Err(GrantError::TrapdoorsMismatch);
        }
        let package =
            Self::decode_all(&mut &bytes[..]).map_err(|_| GrantError::InvalidTrapdoors)?;
        if package.items.len() > MAX_GRANTED_KEYWORDS {
            return Err(GrantError::MaxKeywordsExceeded(package.items.len()));
        }
        if package.items.is_empty() {
            return Err(GrantError::NoKeyword);
        }
        if package.search_key == package.open_key {
            return Err(GrantError::EqualKeys);
        }
        let point = |bytes| G1Bytes(bytes).validate().map_err(GrantError::InvalidPoint);
        let (search_key, open_key) = (point(package.search_key)?, point(package.open_key)?);
        let keywords = package
            .items
            .iter()
            .enumerate()
            .map(|(index, item)| item.check(index, header, &search_key, &open_key))
            .collect::<Result<_, _>>()?;
        Ok(CheckedPackage {
            search_key,
            open_key,
            keywords,
        })
    }
}

impl Item {
    fn check(
        &self,
        index: usize,
        header: &GrantHeader,
        search_key: &G1Point,
        open_key: &G1Point,
    ) -> Result<GrantedKeyword, GrantError> {
        let context = Context {
            chain: header.chain.0,
            hospital: header.hospital.0,
            filing_month: self.filing_month,
        };
        let label = KeywordLabel::from_bytes(self.label);
        let search = SearchTrapdoor::from_bytes(&self.search).map_err(GrantError::InvalidPoint)?;
        let point = search_point::<DefaultBackend>(&context, search_key, &label);
        if !search.check::<DefaultBackend>(search_key, &point) {
            return Err(GrantError::TrapdoorMismatch(index));
        }
        let open = match &self.open {
            None => None,
            Some(bytes) => {
                let open = OpenTrapdoor::from_bytes(bytes).map_err(GrantError::InvalidPoint)?;
                let point = open_point::<DefaultBackend>(&context, open_key, &label);
                if !open.check::<DefaultBackend>(open_key, &point) {
                    return Err(GrantError::TrapdoorMismatch(index));
                }
                Some(open)
            }
        };
        let keyword = Keyword::new(self.system.clone(), self.code.clone());
        Ok(GrantedKeyword {
            filing_month: self.filing_month,
            keyword,
            label,
            search,
            open,
        })
    }
}

/// `H(BSPP-V01-GRANT-TRAPDOORS ‖ salt ‖ trapdoors)`.
pub(crate) fn hash(package: &[u8]) -> H256 {
    blake2b_256_parts(&[domain::GRANT_TRAPDOORS, package]).into()
}
