// SPDX-License-Identifier: Apache-2.0
//! The types of both chains for subxt.
//!
//! They are accounts, signatures, headers and transaction extensions.

use subxt::{
    config::{
        substrate::{BlakeTwo256, SubstrateHeader, H256},
        Config, DefaultExtrinsicParamsBuilder, DefaultTransactionExtensions, ParamsFor,
        SubstrateConfig,
    },
    utils::{AccountId32, MultiAddress, MultiSignature},
    ArcMetadata,
};

/// The configuration of subxt for both chains.
///
/// Transaction extensions without data (`AuthorizeCall`, `CheckNonZeroSender`, `CheckMember`,
/// `CheckConformance`, `CheckWeight`, `WeightReclaim`) are not listed here: subxt skips unknown
/// extensions whose type is empty, and refuses unknown ones with data.
///
/// It keeps the metadata of each runtime version that the client has met.
#[derive(Clone, Debug, Default)]
pub struct BsppConfig(SubstrateConfig);

impl Config for BsppConfig {
    type AccountId = AccountId32;
    type Address = MultiAddress<AccountId32, ()>;
    type Signature = MultiSignature;
    type Hasher = BlakeTwo256;
    type Header = SubstrateHeader<H256>;
    type TransactionExtensions = DefaultTransactionExtensions<Self>;
    type AssetId = u32;

    fn metadata_for_spec_version(&self, spec_version: u32) -> Option<ArcMetadata> {
        self.0.metadata_for_spec_version(spec_version)
    }

    fn set_metadata_for_spec_version(&self, spec_version: u32, metadata: ArcMetadata) {
        self.0.set_metadata_for_spec_version(spec_version, metadata);
    }
}

pub(crate) type Params = ParamsFor<BsppConfig>;

/// The parameters for an account's `nonce`, with a limited validity.
///
/// The transaction is valid for `mortality` blocks from the block `(number, hash)`. A lost
/// transaction can be sent again after these blocks and is not applied twice.
pub(crate) fn params(nonce: u64, born: (u32, sp_core::H256), mortality: u64) -> Params {
    DefaultExtrinsicParamsBuilder::<BsppConfig>::new()
        .nonce(nonce)
        .mortal_from_unchecked(mortality, u64::from(born.0), born.1)
        .build()
}
