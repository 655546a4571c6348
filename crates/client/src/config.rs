// SPDX-License-Identifier: Apache-2.0
//! What subxt must know of our chains: the types of accounts, signatures, headers and transaction extensions.

use sp_runtime::{AccountId32, MultiAddress, MultiSignature};
use subxt::config::{
    substrate::{BlakeTwo256, SubstrateHeader},
    Config, DefaultExtrinsicParams, DefaultExtrinsicParamsBuilder, ExtrinsicParams,
};

/// How many blocks a transaction stays valid. A lost one can then be sent again without being applied twice.
pub const MORTALITY_BLOCKS: u64 = 64;

/// Types of both chains. Only used at the type level.
///
/// Of the transaction extensions, those that carry nothing (`AuthorizeCall`, `CheckNonZeroSender`, `CheckMember`,
/// `CheckConformance`, `CheckWeight`, `WeightReclaim`) need no word here: subxt passes over unknown extensions whose type is
/// empty, and refuses unknown ones that carry something.
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

/// Parameters of the transaction extensions.
pub(crate) type Params =
    <DefaultExtrinsicParams<BsppConfig> as ExtrinsicParams<BsppConfig>>::Params;

/// Parameters for an account's `nonce`, mortal from the block `(number, hash)`.
pub(crate) fn params(nonce: u64, born: (u32, sp_core::H256)) -> Params {
    DefaultExtrinsicParamsBuilder::<BsppConfig>::new()
        .nonce(nonce)
        .mortal_from_unchecked(MORTALITY_BLOCKS, u64::from(born.0), born.1)
        .build()
}
