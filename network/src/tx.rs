// SPDX-License-Identifier: Apache-2.0
//! Transactions, made by the names in the chain's metadata.

use crate::{
    accounts::{address, keypair, Account, Keypair},
    chain::{self, Chain, Hash},
    wait::{minutes, seconds},
};
use anyhow::{anyhow, bail, Context, Result};
use serde_json::json;
use std::time::Duration;
use subxt::{
    client::OnlineClientAtBlockImpl,
    config::DefaultExtrinsicParamsBuilder,
    dynamic::{self, Value},
    ext::{
        codec::Decode,
        scale_encode::{self, EncodeAsFields, FieldIter},
        scale_type_resolver::TypeResolver,
        scale_value::Composite,
    },
    extrinsics::ExtrinsicEvents,
    tx::{
        DynamicPayload, Payload, SubmittableTransaction, TransactionProgress, TransactionStatus,
        TransactionsClient,
    },
    SubstrateConfig,
};
use tokio::time::timeout;

/// A call.
pub type Call = DynamicPayload<Composite<()>>;
/// The progress of a transaction.
type Progress = TransactionProgress<SubstrateConfig, AtBlock>;
/// A signed transaction.
pub type Signed = SubmittableTransaction<SubstrateConfig, AtBlock>;
/// A client that knows the state after one block.
type AtBlock = OnlineClientAtBlockImpl<SubstrateConfig>;

/// The maximum time that a transaction may wait for a block.
const PATIENCE: Duration = minutes(3);
/// The number of blocks for which a transaction stays valid.
const MORTALITY: u64 = 256;

/// Makes a call with named arguments.
pub fn call<const N: usize>(pallet: &str, name: &str, arguments: [(&str, Value); N]) -> Call {
    let named = arguments.map(|(name, value)| (name.to_owned(), value));
    dynamic::tx(pallet, name, Composite::named(named))
}

/// A call whose arguments are already encoded.
///
/// Long arguments encode faster in this way, and they need not have a meaning.
#[derive(Clone)]
pub struct Encoded {
    pallet: &'static str,
    name: &'static str,
    arguments: Vec<u8>,
}

impl Encoded {
    /// Makes a call from the SCALE encodings of its arguments, one after another.
    pub const fn new(pallet: &'static str, name: &'static str, arguments: Vec<u8>) -> Self {
        Self {
            pallet,
            name,
            arguments,
        }
    }
}

impl EncodeAsFields for Encoded {
    fn encode_as_fields_to<R: TypeResolver>(
        &self,
        _fields: &mut dyn FieldIter<'_, R::TypeId>,
        _types: &R,
        out: &mut Vec<u8>,
    ) -> core::result::Result<(), scale_encode::Error> {
        out.extend_from_slice(&self.arguments);
        Ok(())
    }
}

impl Payload for Encoded {
    type CallData = Self;

    fn pallet_name(&self) -> &str {
        self.pallet
    }

    fn call_name(&self) -> &str {
        self.name
    }

    fn call_data(&self) -> &Self {
        self
    }
}

/// Signs transactions that are valid for some blocks from one block on.
///
/// It asks the node nothing, so it signs many in a short time.
pub struct Signing {
    transactions: TransactionsClient<SubstrateConfig, AtBlock>,
    block: Hash,
    number: u64,
}

impl Signing {
    /// Signs from the best block on.
    ///
    /// # Errors
    ///
    /// Fails if the node does not answer.
    pub async fn from_best(chain: &Chain) -> Result<Self> {
        let block = chain.best().await?;
        let number = chain.header(block).await?.number.into();
        let transactions = chain.client_at(block).await?.tx();
        Ok(Self {
            transactions,
            block,
            number,
        })
    }

    /// Signs a call.
    ///
    /// # Errors
    ///
    /// Fails if the metadata does not have the call.
    pub fn sign(&self, call: &impl Payload, signer: &Keypair, nonce: u64) -> Result<Signed> {
        let params = DefaultExtrinsicParamsBuilder::<SubstrateConfig>::new()
            .nonce(nonce)
            .mortal_from_unchecked(MORTALITY, self.number, self.block)
            .build();
        let mut signable = self.transactions.create_v4_signable_offline(call, params)?;
        Ok(signable.sign(signer)?)
    }

    /// The bytes of a call: the indices of pallet and call, then the arguments.
    ///
    /// # Errors
    ///
    /// Fails if the metadata does not have the call.
    pub fn call_data(&self, call: &impl Payload) -> Result<Vec<u8>> {
        Ok(self.transactions.call_data(call)?)
    }
}

/// Submits a signed transaction to the node and waits until the pool accepts it.
///
/// # Errors
///
/// Fails if the pool refuses the transaction ([`chain::refusal_code`]).
pub async fn put(chain: &Chain, transaction: &Signed) -> Result<()> {
    let encoded = format!("0x{}", hex::encode(transaction.encoded()));
    chain
        .request("author_submitExtrinsic", json!([encoded]))
        .await?;
    Ok(())
}

/// The code for which the pool refuses a call as the next transaction of `signer`.
///
/// # Errors
///
/// Fails if the pool accepts the transaction or refuses it for another reason.
pub async fn refusal(chain: &Chain, call: &impl Payload, signer: &str) -> Result<u8> {
    let what = format!("{}.{} by {signer}", call.pallet_name(), call.call_name());
    let signing = Signing::from_best(chain).await?;
    let nonce = next_nonce(chain, signer).await?;
    let signed = signing.sign(call, &keypair(signer)?, nonce)?;
    match put(chain, &signed).await {
        Ok(()) => bail!("{what}: the pool accepted it"),
        Err(error) => chain::refusal_code(&error).ok_or(error).context(what),
    }
}

/// The number of transactions of an account that the chain includes up to a block.
///
/// # Errors
///
/// Fails if the node does not answer.
pub async fn nonce_at(chain: &Chain, at: Hash, account: &Account) -> Result<u64> {
    let answer = chain
        .runtime_api("AccountNonceApi_account_nonce", account, at)
        .await?;
    Ok(u32::decode(&mut &answer[..])?.into())
}

/// The nonce of the account's next transaction, after those that wait in the pool.
async fn next_nonce(chain: &Chain, signer: &str) -> Result<u64> {
    let nonce = chain
        .request("system_accountNextIndex", json!([address(signer)?]))
        .await?;
    nonce.as_u64().context("a nonce")
}

/// The words of the pool when it has another transaction with the same nonce.
///
/// The nonce came from a view of the chain that a fork has replaced since.
const NONCE_TAKEN: &str = "priority of the transaction is too low";
/// The number of times that a transaction is signed with a new nonce.
const NONCE_ATTEMPTS: usize = 5;

/// A transaction that the pool has accepted.
pub struct Sent<'a> {
    chain: &'a Chain,
    call: Call,
    signer: String,
    progress: Progress,
    what: String,
}

/// An included transaction.
pub struct Included {
    /// Hash of the block.
    pub block: Hash,
    /// The events of the transaction.
    pub events: ExtrinsicEvents<SubstrateConfig>,
}

/// Signs a call and submits it to the node's pool.
///
/// It is the next transaction of `signer`, which is a development name.
///
/// # Errors
///
/// Fails if the metadata does not have the call or the pool refuses the transaction.
pub async fn send<'a>(chain: &'a Chain, call: &Call, signer: &str) -> Result<Sent<'a>> {
    let what = format!("{}.{} by {signer}", call.pallet_name(), call.call_name());
    let sent = sign_and_send(chain, call, signer).await;
    Ok(Sent {
        chain,
        call: call.clone(),
        signer: signer.to_owned(),
        progress: sent.with_context(|| what.clone())?,
        what,
    })
}

async fn sign_and_send(chain: &Chain, call: &Call, signer: &str) -> Result<Progress> {
    // The nonce and the era come from the pool and the best block, because a test may stop
    // finality.
    let signing = Signing::from_best(chain).await?;
    // The pool takes a moment to count an earlier transaction of the account, so the nonce comes
    // after the metadata.
    let nonce = next_nonce(chain, signer).await?;
    let signed = signing.sign(call, &keypair(signer)?, nonce)?;
    Ok(signed.submit_and_watch().await?)
}

/// Submits a call and waits until it is included: [`send`], then [`Sent::in_block`].
///
/// # Errors
///
/// The errors of both.
pub async fn submit(chain: &Chain, call: &Call, signer: &str) -> Result<Included> {
    send(chain, call, signer).await?.in_block().await
}

impl Sent<'_> {
    /// Waits until the transaction is included in the best chain and has succeeded.
    ///
    /// # Errors
    ///
    /// Fails if the pool drops the transaction, the call fails, or the wait takes too long.
    pub async fn in_block(mut self) -> Result<Included> {
        let what = self.what.clone();
        timeout(PATIENCE, self.included())
            .await
            .map_err(|_| anyhow!("not in a block within {} s", PATIENCE.as_secs()))
            .and_then(|result| result)
            .context(what)
    }

    async fn included(&mut self) -> Result<Included> {
        for _ in 0..NONCE_ATTEMPTS {
            if let Some(included) = self.wait().await? {
                return Ok(included);
            }
            tokio::time::sleep(seconds(1)).await;
            self.progress = sign_and_send(self.chain, &self.call, &self.signer).await?;
        }
        bail!("its nonce was taken {NONCE_ATTEMPTS} times")
    }

    /// Waits for the end. The result is `None` if the nonce was taken.
    async fn wait(&mut self) -> Result<Option<Included>> {
        while let Some(status) = self.progress.next().await {
            match status? {
                TransactionStatus::InBestBlock(included)
                | TransactionStatus::InFinalizedBlock(included) => {
                    return Ok(Some(Included {
                        block: included.block_hash(),
                        events: included.wait_for_success().await?,
                    }));
                }
                TransactionStatus::Error { message }
                | TransactionStatus::Invalid { message }
                | TransactionStatus::Dropped { message }
                    if message.contains(NONCE_TAKEN) =>
                {
                    return Ok(None)
                }
                TransactionStatus::Error { message }
                | TransactionStatus::Invalid { message }
                | TransactionStatus::Dropped { message } => bail!("the pool gave it up: {message}"),
                TransactionStatus::Validated
                | TransactionStatus::Broadcasted
                | TransactionStatus::NoLongerInBestBlock => {}
            }
        }
        bail!("the node reports nothing more about it")
    }
}

/// An included call.
#[derive(Clone, Debug)]
pub struct Extrinsic {
    /// Its name, in the form `Pallet.call`.
    pub call: String,
    /// The SCALE-encoded arguments.
    pub arguments: Vec<u8>,
}

/// The calls that a block includes.
///
/// # Errors
///
/// Fails if the node does not have the block.
pub async fn extrinsics(chain: &Chain, block: Hash) -> Result<Vec<Extrinsic>> {
    let client = chain.client_at(block).await?;
    let extrinsics = client.extrinsics().fetch().await?;
    let mut found = Vec::with_capacity(extrinsics.len());
    for extrinsic in extrinsics.iter() {
        let extrinsic = extrinsic?;
        found.push(Extrinsic {
            call: format!("{}.{}", extrinsic.pallet_name(), extrinsic.call_name()),
            arguments: extrinsic.call_data_field_bytes().to_vec(),
        });
    }
    Ok(found)
}
