// SPDX-License-Identifier: Apache-2.0
//! Block, account and header types that both chains share.

use bspp_types::BlockNumber;
use sp_runtime::{
    generic,
    traits::{BlakeTwo256, IdentifyAccount, Verify},
    MultiSignature, OpaqueExtrinsic,
};

/// Signature of an extrinsic.
pub type Signature = MultiSignature;
/// An account.
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
/// Number of transactions that an account has sent.
pub type Nonce = u32;
/// Hash of a block, a record, a request.
pub type Hash = sp_core::H256;
/// The hash function of both chains.
pub type Hashing = BlakeTwo256;
/// Header of a block of either chain.
pub type Header = generic::Header<BlockNumber, Hashing>;
/// A block whose extrinsics are bytes, which the node and the clients handle.
pub type OpaqueBlock = generic::Block<Header, OpaqueExtrinsic>;
