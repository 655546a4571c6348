// SPDX-License-Identifier: Apache-2.0
//! The index, and the insertion of blocks.
//!
//! The index takes only finalized blocks, in order, each in one atomic write together with the
//! status. It therefore never undoes a reorganisation, contains a whole number of blocks after a
//! crash, and does not change when a block is inserted again.

use crate::{
    block::FinalizedBlock,
    error::IndexError,
    keys::STATUS,
    stage::stage,
    status::Status,
    store::{Change, Column, Store},
};
use bspp_types::{Registration, H256};
use codec::{DecodeAll, Encode};
use std::sync::{Mutex, PoisonError};
use tokio::sync::watch;

/// The tag index of a consortium node.
pub struct TagIndexDb {
    store: Box<dyn Store>,
    status: watch::Sender<Status>,
    writer: Mutex<()>,
}

impl TagIndexDb {
    /// The index in this store, of the chain with this genesis hash.
    ///
    /// An empty store becomes a new index.
    ///
    /// # Errors
    ///
    /// [`IndexError::GenesisMismatch`] if the index belongs to another chain; otherwise the store's
    /// error.
    pub fn with_store(store: impl Store, genesis: H256) -> Result<Self, IndexError> {
        let status = match store.get(Column::Meta, STATUS)? {
            Some(bytes) => {
                Status::decode_all(&mut &bytes[..]).map_err(|_| IndexError::InvalidValue)?
            }
            None => {
                let status = Status::empty(genesis);
                store.commit(vec![(Column::Meta, STATUS.to_vec(), status.encode())])?;
                status
            }
        };
        if status.genesis != genesis {
            return Err(IndexError::GenesisMismatch {
                found: status.genesis,
                expected: genesis,
            });
        }
        Ok(Self {
            store: Box::new(store),
            status: watch::Sender::new(status),
            writer: Mutex::new(()),
        })
    }

    /// Progress of the index.
    pub fn status(&self) -> Status {
        *self.status.borrow()
    }

    /// Follows the progress of the index.
    pub fn watch(&self) -> watch::Receiver<Status> {
        self.status.subscribe()
    }

    /// Inserts the next finalized block. A block that is already in the index changes nothing.
    ///
    /// # Errors
    ///
    /// [`IndexError::InvalidBlockOrder`] if a block is missing, [`IndexError::BlockMismatch`] if
    /// the block's parent is not the last indexed block; otherwise the store's error.
    pub fn insert_block(&self, block: &FinalizedBlock) -> Result<(), IndexError> {
        let FinalizedBlock {
            number,
            hash,
            parent,
            ref registrations,
        } = *block;
        let _writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let status = self.status();
        if number <= status.number {
            return Ok(());
        }
        let expected = status.number.saturating_add(1);
        if number != expected {
            return Err(IndexError::InvalidBlockOrder {
                expected,
                found: number,
            });
        }
        if parent != status.hash {
            return Err(IndexError::BlockMismatch {
                number: status.number,
            });
        }
        let (changes, next) = self.stage(
            Status {
                number,
                hash,
                ..status
            },
            registrations,
        )?;
        self.store.commit(changes)?;
        self.status.send_replace(next);
        Ok(())
    }

    /// All changes of a block, including the status, for one commit.
    pub(crate) fn stage(
        &self,
        status: Status,
        registrations: &[Registration],
    ) -> Result<(Vec<Change>, Status), IndexError> {
        stage(&*self.store, status, registrations)
    }

    pub(crate) fn store(&self) -> &dyn Store {
        &*self.store
    }
}
