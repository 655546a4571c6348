// SPDX-License-Identifier: Apache-2.0
//! Benchmarks, and an anchored state for the benchmarks of pallets that read by proof.

use super::*;
use alloc::{boxed::Box, vec::Vec};
use bp_test_utils::{make_justification_for_header, Account, JustificationGeneratorParams};
use bspp_primitives::{traits::Membership, ContentDigest, Hashing, Header};
use bspp_types::HospitalId;
use codec::Encode;
use frame_benchmarking::v2::*;
use frame_support::traits::{EnsureOrigin, Get};
use frame_system::RawOrigin;
use sp_consensus_grandpa::{
    AuthorityId, AuthorityWeight, ConsensusLog, ScheduledChange, GRANDPA_ENGINE_ID,
};
use sp_core::H256;
use sp_runtime::{traits::Header as _, DigestItem};
use sp_trie::{
    recorder_ext::RecorderExt, trie_types::TrieDBMutBuilderV1, LayoutV1, MemoryDB, Recorder, Trie,
    TrieDBBuilder, TrieMut,
};

const SET_ID: u64 = 1;

fn hospital() -> HospitalId {
    H256::repeat_byte(0xa1)
}

/// `count` voters, all of whom must sign.
///
/// The last one outweighs the others, who do not reach the threshold without it.
fn voters(count: u32) -> Vec<(Account, AuthorityWeight)> {
    (0..count)
        .map(|i| {
            let last = i.saturating_add(1) == count;
            let weight = if last {
                u64::from(count).saturating_mul(2)
            } else {
                1
            };
            (Account(i.try_into().unwrap_or(u16::MAX)), weight)
        })
        .collect()
}

fn authorities<T: Config>(count: u32) -> Authorities<T::MaxAuthorities> {
    let list: Vec<(AuthorityId, AuthorityWeight)> = voters(count)
        .into_iter()
        .map(|(account, weight)| (account.into(), weight))
        .collect();
    Authorities::<T::MaxAuthorities>::truncate_from(list)
}

fn header(number: u32, state_root: H256) -> Header {
    Header::new(
        number,
        H256::zero(),
        state_root,
        H256::zero(),
        Default::default(),
    )
}

fn start<T: Config>(count: u32) -> Result<(), BenchmarkError> {
    Pallet::<T>::do_start(
        hospital(),
        &header(0, H256::zero()),
        authorities::<T>(count),
        SET_ID,
    )
    .map_err(|_| BenchmarkError::Stop("the anchor does not start"))?;
    Ok(())
}

/// Fills the ring with heads up to number `heads`. Each has an entry block that waits.
fn fill<T: Config>(heads: u32) -> Result<(), BenchmarkError> {
    for number in 1..heads {
        let anchor = Anchors::<T>::get(hospital()).ok_or(BenchmarkError::Stop("no anchor"))?;
        let head = bspp_types::AnchoredHead {
            number,
            hash: header(number, H256::zero()).hash(),
            state_root: H256::zero(),
            anchored_at: 0,
            anchored_slot: number.into(),
            entry_blocks: number,
        };
        Pallet::<T>::note_waiting(hospital(), anchor.best.entry_blocks, &head);
        Pallet::<T>::remember(hospital(), anchor, head);
    }
    Ok(())
}

fn force_origin<T: Config>() -> Result<T::RuntimeOrigin, BenchmarkError> {
    T::ForceOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)
}

fn member<T: Config>() -> T::AccountId {
    let operator: T::AccountId = account("operator", 0, 0);
    T::Membership::make_member(&hospital(), &operator, &account("requester", 0, 0));
    operator
}

/// A proof of `header` with the votes of all `count` voters, over `ancestors` headers.
fn justify(header: &Header, count: u32, ancestors: u32) -> Justification {
    make_justification_for_header(JustificationGeneratorParams {
        header: header.clone(),
        round: 1,
        set_id: SET_ID,
        authorities: voters(count),
        ancestors,
        forks: 1,
    })
}

/// Anchors `hospital` at a head whose state has `value` under `key`.
///
/// The key is below `depth` full branches. The function returns the head and the proof: `depth`
/// nodes, the leaf, and the value if it is longer than 32 bytes. It returns `None` if the key is
/// shorter than the path, or if the anchor refuses the head. Benchmarks of other pallets use it.
pub fn anchor_state<T: Config>(
    hospital: &HospitalId,
    key: &[u8],
    value: &[u8],
    depth: u32,
) -> Option<(H256, Vec<Vec<u8>>)> {
    let mut db = MemoryDB::<Hashing>::default();
    let mut root = H256::default();
    {
        let mut trie = TrieDBMutBuilderV1::<Hashing>::new(&mut db, &mut root).build();
        for nibble in 0..depth {
            // Keys that differ from `key` in this nibble only create the branch and fill it.
            let shift = if nibble % 2 == 0 { 4 } else { 0 };
            for difference in 1..16u8 {
                let mut other = key.to_vec();
                *other.get_mut(usize::try_from(nibble / 2).ok()?)? ^= difference << shift;
                trie.insert(&other, &[0x5a; 72]).ok()?;
            }
        }
        trie.insert(key, value).ok()?;
    }
    let mut recorder = Recorder::<LayoutV1<Hashing>>::new();
    {
        let trie = TrieDBBuilder::<LayoutV1<Hashing>>::new(&db, &root)
            .with_recorder(&mut recorder)
            .build();
        trie.get(key).ok()??;
    }
    let best =
        Pallet::<T>::do_start(*hospital, &header(1, root), authorities::<T>(1), SET_ID).ok()?;
    Some((best.hash, recorder.into_raw_storage_proof()))
}

#[benchmarks]
mod benches {
    use super::*;

    #[benchmark]
    fn initialise_anchor(a: Linear<1, { T::MaxAuthorities::get() }>) -> Result<(), BenchmarkError> {
        let origin = force_origin::<T>()?;
        member::<T>();
        let set = authorities::<T>(a);
        let header = Box::new(header(0, H256::zero()));
        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, hospital(), header, set, SET_ID);
        assert!(Anchors::<T>::contains_key(hospital()));
        Ok(())
    }

    #[benchmark]
    fn reinitialise_anchor(
        a: Linear<1, { T::MaxAuthorities::get() }>,
        h: Linear<1, { T::MaxHeads::get() }>,
    ) -> Result<(), BenchmarkError> {
        let origin = force_origin::<T>()?;
        start::<T>(1)?;
        fill::<T>(h)?;
        let set = authorities::<T>(a);
        let header = Box::new(header(7, H256::repeat_byte(1)));
        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, hospital(), header, set, SET_ID);
        assert_eq!(Heads::<T>::iter_prefix(hospital()).count(), 1);
        Ok(())
    }

    /// No voter of the new set is in the former one.
    #[benchmark]
    fn start_incarnation(
        a: Linear<1, { T::MaxAuthorities::get() }>,
        h: Linear<1, { T::MaxHeads::get() }>,
    ) -> Result<(), BenchmarkError> {
        let origin = force_origin::<T>()?;
        start::<T>(T::MaxAuthorities::get())?;
        fill::<T>(h)?;
        let voters = (0..a).map(|i| {
            let number = i.saturating_add(1_000).try_into().unwrap_or(u16::MAX);
            (AuthorityId::from(Account(number)), 1)
        });
        let set = Authorities::<T::MaxAuthorities>::truncate_from(voters.collect());
        let header = Box::new(header(0, H256::repeat_byte(1)));
        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, hospital(), header, set, SET_ID);
        assert_eq!(Heads::<T>::iter_prefix(hospital()).count(), 1);
        Ok(())
    }

    #[benchmark]
    fn submit_finality_proof(
        p: Linear<1, { T::MaxAuthorities::get() }>,
        v: Linear<0, { T::MaxAncestries::get() }>,
    ) -> Result<(), BenchmarkError> {
        let relayer = member::<T>();
        start::<T>(p)?;
        fill::<T>(T::MaxHeads::get())?;
        let number = T::MaxHeads::get().saturating_add(1);
        let mut header = header(number, H256::repeat_byte(1));
        let next_authorities = authorities::<T>(T::MaxAuthorities::get()).into_inner();
        let change = ScheduledChange {
            next_authorities,
            delay: 0u32,
        };
        let log = ConsensusLog::<u32>::ScheduledChange(change).encode();
        header
            .digest_mut()
            .push(DigestItem::Consensus(GRANDPA_ENGINE_ID, log));
        let content = ContentDigest {
            total: number,
            ..Default::default()
        };
        header.digest_mut().push(content.to_digest_item());
        let justification = justify(&header, p, v);
        #[extrinsic_call]
        _(
            RawOrigin::Signed(relayer),
            hospital(),
            Box::new(header),
            justification,
        );
        assert_eq!(
            Pallet::<T>::current_set_id(&hospital()),
            Some(SET_ID.saturating_add(1))
        );
        Ok(())
    }

    #[benchmark]
    fn halt_anchor() -> Result<(), BenchmarkError> {
        let origin = force_origin::<T>()?;
        start::<T>(1)?;
        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, hospital());
        assert!(Pallet::<T>::is_halted(&hospital()));
        Ok(())
    }

    #[benchmark]
    fn resume_anchor() -> Result<(), BenchmarkError> {
        let origin = force_origin::<T>()?;
        start::<T>(1)?;
        Pallet::<T>::do_set_halted(hospital(), true)
            .map_err(|_| BenchmarkError::Stop("the anchor does not halt"))?;
        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, hospital());
        assert!(!Pallet::<T>::is_halted(&hospital()));
        Ok(())
    }

    /// `p` and `v` count both proofs together. Each proof has at least one vote.
    #[benchmark]
    fn report_conflict(
        p: Linear<2, { T::MaxAuthorities::get().saturating_mul(2) }>,
        v: Linear<0, { T::MaxAncestries::get().saturating_mul(2) }>,
    ) -> Result<(), BenchmarkError> {
        let reporter = member::<T>();
        let votes = p / 2;
        start::<T>(votes)?;
        let (first, second) = (header(5, H256::zero()), header(5, H256::repeat_byte(1)));
        let first_proof = justify(&first, votes, v / 2);
        let second_proof = justify(&second, votes, v.saturating_sub(v / 2));
        #[extrinsic_call]
        _(
            RawOrigin::Signed(reporter),
            hospital(),
            Box::new(first),
            first_proof,
            Box::new(second),
            second_proof,
        );
        assert!(Pallet::<T>::is_halted(&hospital()));
        Ok(())
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::ExtBuilder::build(), crate::mock::Test);
}
