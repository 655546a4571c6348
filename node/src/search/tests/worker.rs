// SPDX-License-Identifier: Apache-2.0

use crate::search::{
    testing::{entry, registration, Chain},
    view::ChainView,
    worker,
};
use bspp_primitives::Hash;
use bspp_types::BatchId;
use futures::stream;
use std::sync::{atomic::Ordering, Arc};
use tempfile::tempdir;

fn chain_of(blocks: u32) -> Chain {
    let chain = Chain::new();
    for sequence in 0..blocks {
        let batch = BatchId::repeat_byte(1);
        chain.push(vec![registration(
            sequence,
            vec![entry(batch, sequence, &[])],
        )]);
    }
    chain
}

#[tokio::test]
async fn catch_up_should_index_every_finalized_block_once() {
    let dir = tempdir().unwrap();
    let chain = chain_of(5);
    let index = worker::open(dir.path(), false, &chain).unwrap();
    worker::catch_up(&index, &chain).await.unwrap();
    assert_eq!((index.status().number, index.status().entries), (5, 5));
    worker::catch_up(&index, &chain).await.unwrap();
    assert_eq!(chain.blocks_read.load(Ordering::SeqCst), 5);
}

#[tokio::test]
async fn catch_up_should_go_on_from_the_last_block_when_opened_again() {
    let dir = tempdir().unwrap();
    let chain = chain_of(3);
    {
        let index = worker::open(dir.path(), false, &chain).unwrap();
        worker::catch_up(&index, &chain).await.unwrap();
    }
    chain.push(Vec::new());
    let index = worker::open(dir.path(), false, &chain).unwrap();
    worker::catch_up(&index, &chain).await.unwrap();
    assert_eq!(index.status().number, 4);
    assert_eq!(chain.blocks_read.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn open_should_fill_again_when_the_last_block_is_of_another_history() {
    let dir = tempdir().unwrap();
    let chain = chain_of(2);
    {
        let index = worker::open(dir.path(), false, &chain).unwrap();
        worker::catch_up(&index, &chain).await.unwrap();
    }
    let other = chain_of(2);
    other.blocks.lock().unwrap()[2].hash = Hash::repeat_byte(0xcc);
    let index = worker::open(dir.path(), false, &other).unwrap();
    assert_eq!(index.status().number, 0);
    worker::catch_up(&index, &other).await.unwrap();
    assert_eq!(index.status().hash, Hash::repeat_byte(0xcc));
}

#[tokio::test]
async fn open_should_keep_the_index_when_the_chain_is_behind() {
    let dir = tempdir().unwrap();
    {
        let chain = chain_of(3);
        let index = worker::open(dir.path(), false, &chain).unwrap();
        worker::catch_up(&index, &chain).await.unwrap();
    }
    let purged = chain_of(1);
    let index = worker::open(dir.path(), false, &purged).unwrap();
    worker::catch_up(&index, &purged).await.unwrap();
    assert_eq!(index.status().number, 3);
}

#[tokio::test]
async fn run_should_try_again_after_the_next_finalized_block_when_reading_fails() {
    let dir = tempdir().unwrap();
    let chain = Arc::new(chain_of(2));
    let index = Arc::new(worker::open(dir.path(), false, &*chain).unwrap());
    chain.broken.store(true, Ordering::SeqCst);
    worker::run(
        index.clone(),
        chain.clone() as Arc<dyn ChainView>,
        stream::empty(),
    )
    .await;
    assert_eq!(index.status().number, 0);

    let repaired = chain.clone();
    let notifications = Box::pin(stream::once(async move {
        repaired.broken.store(false, Ordering::SeqCst);
    }));
    worker::run(index.clone(), chain, notifications).await;
    assert_eq!(index.status().number, 2);
}
