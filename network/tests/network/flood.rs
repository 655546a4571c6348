// SPDX-License-Identifier: Apache-2.0
//! A member hospital floods the consortium with every call that its accounts may send.
//!
//! The council's votes and another hospital's anchors still come into the next blocks.

mod calls;

use bspp_network::{
    accounts::{account, blake2_256, keypair, stash_uri, Account, Hospital, COUNCIL},
    anchors,
    chain::{error_code, refusal_code, Chain, Hash},
    conformance::{blocks_from, check, until_kind},
    environment::{run, say},
    keys, state,
    topology::{self, ConsortiumPlan, Running, World},
    tx::{self, call, Encoded, Signing},
    wait::{minutes, seconds, until},
    *,
};
use calls::{
    anchor, conflict, double_authoring, operators_calls, remark, requesters_calls, set_keys,
};
use futures::future::{try_join, try_join_all};
use std::time::{Duration, Instant};
use subxt::{
    dynamic::Value,
    ext::codec::{Compact, Decode, Encode},
    tx::Payload,
};

const ALL: [&str; 3] = ["alice", "bob", "charlie"];
/// The node of the hospital that floods.
const FLOODING: &str = "charlie";
/// Length of a slot, in milliseconds: the product's default.
const SLOT: u64 = 3_000;
/// The time of the flood.
const FLOOD: Duration = seconds(60);
/// Number of blocks in a session: the quotas of a short session would end the flood early.
const SESSION: u32 = 100;
/// Number of slots in which an anchor is fresh: all authors stay full for the whole test.
const FRESH: u64 = 600;
/// Maximum number of blocks until an honest transaction is included, after the pool took it.
const BLOCKS: u32 = 2;
/// Maximum time in which the pool takes an honest transaction: two slots.
const ACCEPTED: Duration = seconds(6);
/// Minimum number of honest transactions of each kind.
const ROUNDS: usize = 5;
/// Maximum growth of a node's resident memory, in bytes.
///
/// The pool alone may hold 128 MiB, and its transactions are also on their way to the peers.
const GROWTH: u64 = 512 * 1024 * 1024;
/// Number of attempts in a round of the flood, and so its largest distance of a nonce.
///
/// The pool refuses more than 64.
const ATTEMPTS: usize = 80;
/// The pool's code for a nonce that is too far ahead.
const TOO_MANY_PENDING: u8 = 14;
/// The node's code for a nonce that another waiting transaction has.
const NONCE_TAKEN: i32 = 1014;

/// Attack: all accounts of a member hospital flood all nodes with all calls.
///
/// The anchorer is among them. It sends garbage only, so hospital B's first anchor must stay fresh.
#[tokio::test(flavor = "multi_thread")]
async fn honest_calls_should_be_included_when_a_hospital_floods() -> Result<()> {
    run("flood", minutes(12), async |environment| {
        let [a, b] = [Hospital::A, Hospital::B];
        let plan = ConsortiumPlan::of(&[("alice", a), ("bob", a), (FLOODING, b)])
            .sessions_of(SESSION)
            .anchors_fresh_for(FRESH)
            .slots_of(SLOT)
            .with_anchorers();
        let World {
            consortium,
            mut sites,
        } = topology::world(&environment, plan, &[(a, "alice"), (b, FLOODING)]).await?;
        // The flood needs nothing of hospital B's own chain, so its node ends.
        drop(sites.pop());
        let site = sites.pop().context("hospital A")?;
        let alice = consortium.chain("alice")?;
        until_kind(&alice, &ALL, false, 3, seconds(90)).await?;
        let motion = Motion::propose(&alice).await?;
        let signing = Signing::from_best(&alice).await?;
        let flooders = flooders(&consortium, &signing).await?;
        let from = alice.best_number().await?;
        let before = resident(&consortium).await?;
        say("all authors are full, and the flood begins");

        let end = Instant::now() + FLOOD;
        let floods = flooders
            .iter()
            .map(|flooder| flooder.flood(&consortium, &signing, end));
        let honest = honest(&alice, &site.chain, &motion, &signing, end);
        let (tallies, measures) = try_join(try_join_all(floods), honest).await?;

        for (flooder, tally) in flooders.iter().zip(&tallies) {
            say(format!(
                "{}: {} transactions taken, {} refused, {} rounds",
                flooder.signer, tally.taken, tally.refused, tally.rounds
            ));
            ensure!(
                tally.taken > 0 && tally.refused > 0,
                "{} did not flood",
                flooder.signer
            );
        }
        let best = alice.best_number().await?;
        say(format!("{} blocks during the flood", best - from));
        judge(&measures)?;
        grown(&before, &resident(&consortium).await?)?;

        let best = alice.best_number().await?;
        consortium.until_agreed(&ALL, best).await?;
        for block in blocks_from(&alice, from.max(1)).await? {
            check(&alice, &block).await?;
        }
        say("all nodes agree, and every block has its proof");
        Ok(())
    })
    .await
}

/// The resident memory of each node, in bytes.
async fn resident(consortium: &Running) -> Result<Vec<u64>> {
    let mut all = Vec::with_capacity(ALL.len());
    for node in ALL {
        all.push(consortium.node(node)?.resident().await?);
    }
    Ok(all)
}

/// Prints the growth of each node's memory and checks that it is bounded.
fn grown(before: &[u64], after: &[u64]) -> Result<()> {
    const MIB: u64 = 1024 * 1024;
    for (node, (before, after)) in ALL.iter().zip(before.iter().zip(after)) {
        say(format!(
            "{node}: {} MiB resident before the flood, {} MiB after",
            before / MIB,
            after / MIB
        ));
        ensure!(
            after.saturating_sub(*before) < GROWTH,
            "{node} has grown by more than {} MiB",
            GROWTH / MIB
        );
    }
    Ok(())
}

/// The time of an honest transaction.
struct Measure {
    what: &'static str,
    /// The time in which the pool took it.
    accepted: Duration,
    /// The number of blocks from then until it was included.
    blocks: u32,
}

/// Prints the measures and checks that they are within the bounds.
fn judge(measures: &[Measure]) -> Result<()> {
    for what in ["vote", "anchor"] {
        let of_kind: Vec<_> = measures.iter().filter(|one| one.what == what).collect();
        let slowest = of_kind.iter().map(|one| one.accepted).max();
        let blocks: Vec<_> = of_kind.iter().map(|one| one.blocks).collect();
        say(format!(
            "{what}: accepted within {} ms, included after {blocks:?} blocks",
            slowest.unwrap_or_default().as_millis()
        ));
        ensure!(
            of_kind.len() >= ROUNDS,
            "only {} times a {what}",
            of_kind.len()
        );
        for one in of_kind {
            ensure!(
                one.blocks <= BLOCKS,
                "a {what} waited {} blocks",
                one.blocks
            );
            ensure!(
                one.accepted <= ACCEPTED,
                "the pool took a {what} after {} ms",
                one.accepted.as_millis()
            );
        }
    }
    Ok(())
}

/// Sends votes and anchors, again and again, and measures how long each waits.
async fn honest(
    alice: &Chain,
    own: &Chain,
    motion: &Motion,
    signing: &Signing,
    end: Instant,
) -> Result<Vec<Measure>> {
    let mut measures = Vec::new();
    let mut anchored = anchors::newest(own).await?.map_or(0, |proof| proof.number);
    let mut approve = true;
    while Instant::now() < end {
        let vote = motion.vote(approve);
        let (measure, at) = measured(alice, signing, "vote", &vote, COUNCIL[1]).await?;
        let ayes = motion.votes(alice, at).await?.2;
        ensure!(
            ayes.contains(&account(COUNCIL[1])?) == approve,
            "the vote has no effect"
        );
        measures.push(measure);
        approve = !approve;

        let proof = until("a newer proof", seconds(60), async || {
            let newest = anchors::newest(own).await?;
            Ok(newest.filter(|proof| proof.number > anchored))
        })
        .await?;
        let newer = proof.call(Hospital::A);
        let sender = Hospital::A.anchorer();
        let (measure, at) = measured(alice, signing, "anchor", &newer, sender).await?;
        ensure!(
            anchored_number(alice, at).await? == Some(proof.number),
            "the anchor has no effect"
        );
        measures.push(measure);
        anchored = proof.number;
    }
    Ok(measures)
}

/// Puts a transaction into the pool of an honest node and waits until a block includes it.
///
/// Returns the block's hash, too.
async fn measured(
    alice: &Chain,
    signing: &Signing,
    what: &'static str,
    call: &impl Payload,
    signer: &str,
) -> Result<(Measure, Hash)> {
    let sender = account(signer)?;
    let nonce = tx::nonce_at(alice, alice.best().await?, &sender).await?;
    let signed = signing.sign(call, &keypair(signer)?, nonce)?;
    let known = alice.best_number().await?;
    let begin = Instant::now();
    tx::put(alice, &signed).await.context(what)?;
    let accepted = begin.elapsed();
    let from = alice.best_number().await?;
    let (number, at) = until(what, seconds(60), async || {
        included(alice, known + 1, &sender, nonce).await
    })
    .await?;
    let measure = Measure {
        what,
        accepted,
        blocks: number.saturating_sub(from),
    };
    Ok((measure, at))
}

/// The first block, from a height on, after which the account's nonce is used.
async fn included(
    alice: &Chain,
    from: u32,
    sender: &Account,
    nonce: u64,
) -> Result<Option<(u32, Hash)>> {
    for number in from..=alice.best_number().await? {
        let at = alice.block_at(number).await?.context("a block")?;
        if tx::nonce_at(alice, at, sender).await? > nonce {
            return Ok(Some((number, at)));
        }
    }
    Ok(None)
}

/// The height of hospital A's newest anchored head.
async fn anchored_number(alice: &Chain, at: Hash) -> Result<Option<u32>> {
    let hospital = Hospital::A.id();
    let answer = alice
        .runtime_api("ConsortiumApi_anchored_head", &hospital, at)
        .await?;
    // The height is the first field of the head.
    Ok(Option::<u32>::decode(&mut &answer[..])?)
}

/// A motion of the council that stays open.
struct Motion {
    hash: [u8; 32],
    index: u32,
}

/// Index, threshold, ayes, nays and end of a motion.
type Votes = (u32, u32, Vec<Account>, Vec<Account>, u32);

impl Motion {
    async fn propose(alice: &Chain) -> Result<Self> {
        let hospital = Value::from_bytes(Hospital::A.id());
        let resume = call("HospitalAnchor", "resume_anchor", [("hospital", hospital)]);
        let encoded = Signing::from_best(alice).await?.call_data(&resume)?;
        let propose = call(
            "Council",
            "propose",
            [
                ("threshold", Value::u128(2)),
                ("proposal", resume.into_value()),
                ("length_bound", Value::u128(encoded.len().try_into()?)),
            ],
        );
        let included = tx::submit(alice, &propose, COUNCIL[0]).await?;
        let mut motion = Self {
            hash: blake2_256(&encoded),
            index: 0,
        };
        motion.index = motion.votes(alice, included.block).await?.0;
        Ok(motion)
    }

    fn vote(&self, approve: bool) -> Encoded {
        let arguments = (self.hash, Compact(self.index), approve);
        Encoded::new("Council", "vote", arguments.encode())
    }

    async fn votes(&self, alice: &Chain, at: Hash) -> Result<Votes> {
        let keys = vec![state::key(&self.hash)];
        let found = state::get(alice, at, "Council", "Voting", keys).await?;
        found.context("the motion")
    }
}

/// An account of the hospital that floods, with the calls that it sends in turn.
struct Flooder {
    signer: String,
    calls: Vec<Encoded>,
}

/// The number of transactions that the pools took and refused.
#[derive(Default)]
struct Tally {
    taken: u32,
    refused: u32,
    rounds: usize,
}

impl Flooder {
    fn new(signer: &str, calls: Vec<Encoded>) -> Self {
        Self {
            signer: signer.to_owned(),
            calls,
        }
    }

    /// Floods all nodes in turn, in rounds that each begin with the account's next nonce.
    async fn flood(&self, consortium: &Running, signing: &Signing, end: Instant) -> Result<Tally> {
        let key = keypair(&self.signer)?;
        let sender = account(&self.signer)?;
        let nodes = ALL
            .iter()
            .map(|node| consortium.chain(node))
            .collect::<Result<Vec<_>>>()?;
        let mut entries = nodes.iter().cycle();
        let mut tally = Tally::default();
        while Instant::now() < end {
            let node = entries.next().context("a node")?;
            let mut nonce = tx::nonce_at(node, node.best().await?, &sender).await?;
            let calls = self.calls.iter().cycle().skip(tally.rounds);
            for (call, node) in calls.take(ATTEMPTS).zip(&mut entries) {
                if Instant::now() >= end {
                    break;
                }
                let signed = signing.sign(call, &key, nonce)?;
                let Err(error) = tx::put(node, &signed).await else {
                    tally.taken += 1;
                    nonce += 1;
                    continue;
                };
                let Some(code) = error_code(&error) else {
                    return Err(error.context(self.signer.clone()));
                };
                tally.refused += 1;
                match refusal_code(&error) {
                    Some(TOO_MANY_PENDING) => break,
                    // The runtime refuses the call, so another one takes the nonce.
                    Some(_) => {}
                    // An earlier round has used the nonce already.
                    None if code == NONCE_TAKEN => nonce += 1,
                    // A block may have used it meanwhile.
                    None => {
                        let next = tx::nonce_at(node, node.best().await?, &sender).await?;
                        nonce = nonce.max(next);
                    }
                }
            }
            tally.rounds += 1;
        }
        Ok(tally)
    }
}

/// Every account of hospital B, with the calls that it may send and some that it may not.
async fn flooders(consortium: &Running, signing: &Signing) -> Result<Vec<Flooder>> {
    let b = Hospital::B;
    let made = keys::make(&consortium.chain(FLOODING)?, FLOODING).await?;
    let validator = [
        set_keys(&made.keys, &made.proof),
        set_keys(&[7; 96], &[7; 192]),
        set_keys(&made.keys, &[7; 4_096]),
        double_authoring(),
        remark(1_024),
    ];
    Ok(vec![
        Flooder::new(b.operator(), operators_calls(signing)?),
        Flooder::new(b.anchorer(), vec![anchor(), conflict(), remark(1_024)]),
        Flooder::new(b.requester(), requesters_calls()),
        Flooder::new(&stash_uri(FLOODING), validator.into()),
    ])
}
