// SPDX-License-Identifier: Apache-2.0
//! The types of both chains for subxt.
//!
//! They are accounts, signatures, headers and transaction extensions.

use sp_runtime::{AccountId32, MultiAddress, MultiSignature};
use subxt::config::{
    substrate::{BlakeTwo256, SubstrateHeader},
    Config, DefaultExtrinsicParams, DefaultExtrinsicParamsBuilder, ExtrinsicParams,
};

/// The types of both chains, used only at the type level.
///
/// Transaction extensions without data (`AuthorizeCall`, `CheckNonZeroSender`, `CheckMember`,
/// `CheckConformance`, `CheckWeight`, `WeightReclaim`) are not listed here: subxt skips unknown
/// extensions whose type is empty, and refuses unknown ones with data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BsppConfig {}

impl Config for BsppConfig {
    type AccountId = AccountId32;
    type Address = MultiAddress<AccountId32, ()>;
    type Signature = MultiSignature;
    type Hasher = BlakeTwo256;
    type Header = SubstrateHeader<u32, BlakeTwo256>;
    type ExtrinsicParams = DefaultExtrinsicParams<Self>;
    type AssetId = u32;
}

/// The parameters of the transaction extensions.
pub(crate) type Params =
    <DefaultExtrinsicParams<BsppConfig> as ExtrinsicParams<BsppConfig>>::Params;

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
