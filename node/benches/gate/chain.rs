// SPDX-License-Identifier: Apache-2.0
//! Makes the blocks that the benchmark imports.

use bspp_consortium_runtime as runtime;
use bspp_node::{
    cli::Cli,
    conformance::{Attester, ClientGates, GateView, Prover},
    service::{new_partial, Partial},
};
use bspp_primitives::{conformance::CONFORMANCE_KEY_TYPE, AccountId, Header, OpaqueBlock};
use bspp_runtime_common::dev::{self, DevHospital, HOSPITAL_A, HOSPITAL_B};
use clap::Parser;
use codec::{Decode, Encode};
use polkadot_sdk::{
    pallet_collective::{self, Instance1},
    sc_block_builder::BlockBuilderBuilder,
    sc_cli::SubstrateCli,
    sc_consensus::{
        BlockImport, BlockImportParams, ForkChoiceStrategy, StateAction, StorageChanges,
    },
    sc_consensus_aura::standalone,
    sc_service::Configuration,
    sp_api::ProvideRuntimeApi,
    sp_consensus::BlockOrigin,
    sp_consensus_aura::{
        sr25519::{AuthorityId as AuraId, AuthorityPair as AuraPair},
        AuraApi,
    },
    sp_core::{crypto::key_types::AURA, sr25519, Pair, H256},
    sp_inherents::InherentDataProvider as _,
    sp_keystore::Keystore,
    sp_runtime::{
        generic::{Digest, Era},
        traits::{Block as _, Hash as _, Header as _},
        MultiSignature, OpaqueExtrinsic,
    },
    *,
};
use std::{fmt, fs, path::PathBuf, sync::Arc};
use tempfile::TempDir;

/// One side of the comparison: a chain with the gate or without it.
pub struct Side {
    /// Whether the chain's blocks prove conformance.
    pub gated: bool,
    spec: PathBuf,
    _folder: TempDir,
}

impl Side {
    /// Makes the local consortium chain with this runtime.
    pub fn new(gated: bool, wasm: PathBuf) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cli = Cli::parse_from(["bspp-node"]);
        let spec = cli.load_spec("consortium-local").unwrap();
        let mut json: serde_json::Value =
            serde_json::from_str(&spec.as_json(false).unwrap()).unwrap();
        let code = fs::read(&wasm).unwrap_or_else(|error| panic!("{}: {error}", wasm.display()));
        json["genesis"]["runtimeGenesis"]["code"] = format!("0x{}", hex::encode(code)).into();
        let path = folder.path().join("spec.json");
        fs::write(&path, json.to_string()).unwrap();
        Self {
            gated,
            spec: path,
            _folder: folder,
        }
    }

    /// The configuration of a node of this chain with its data in `base`.
    pub fn configuration(&self, base: &TempDir, handle: &tokio::runtime::Handle) -> Configuration {
        let cli = Cli::parse_from([
            "bspp-node",
            "--chain",
            self.spec.to_str().unwrap(),
            "--base-path",
            base.path().to_str().unwrap(),
            "--no-prometheus",
            "--no-telemetry",
        ]);
        cli.create_configuration(&cli.run, handle.clone()).unwrap()
    }
}

/// The extrinsics of a block in addition to the inherents.
#[derive(Clone, Copy, Debug)]
pub enum Load {
    /// No extrinsics.
    Empty,
    /// This number of signed calls, each verified and dispatched.
    Calls(u32),
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.pad("empty blocks"),
            Self::Calls(n) => f.pad(&format!("{n} signed calls a block")),
        }
    }
}

/// Number of blocks before the timed ones.
///
/// They anchor both hospitals, so that authors attest in full.
pub const SETUP: u32 = 1;

/// A block in the form in which nodes send it.
pub type Sent = (Header, Vec<OpaqueExtrinsic>);

fn signed(name: &str, nonce: u32, call: runtime::RuntimeCall, genesis: H256) -> OpaqueExtrinsic {
    let pair = sr25519::Pair::from_string(&format!("//{name}"), None).unwrap();
    let extension: runtime::TxExtension = (
        frame_system::AuthorizeCall::new(),
        frame_system::CheckNonZeroSender::new(),
        frame_system::CheckSpecVersion::new(),
        frame_system::CheckTxVersion::new(),
        frame_system::CheckGenesis::new(),
        frame_system::CheckEra::from(Era::Immortal),
        pallet_conformance::CheckConformance::new(),
        bspp_runtime_common::CheckMember::new(),
        bspp_runtime_common::CheckNonce::from(nonce),
        frame_system::CheckWeight::new(),
        polkadot_sdk::frame_metadata_hash_extension::CheckMetadataHash::new(false),
        frame_system::WeightReclaim::new(),
    );
    let version = runtime::VERSION;
    let implicit = (
        (),
        (),
        version.spec_version,
        version.transaction_version,
        genesis,
        genesis,
        (),
        (),
        (),
        (),
        None,
        (),
    );
    let payload = runtime::SignedPayload::from_raw(call.clone(), extension.clone(), implicit);
    let signature = payload.using_encoded(|bytes| pair.sign(bytes));
    let account = AccountId::from(pair.public());
    opaque(&runtime::UncheckedExtrinsic::new_signed(
        call,
        account.into(),
        MultiSignature::Sr25519(signature),
        extension,
    ))
}

fn opaque(extrinsic: &runtime::UncheckedExtrinsic) -> OpaqueExtrinsic {
    OpaqueExtrinsic::decode(&mut &extrinsic.encode()[..]).unwrap()
}

/// The calls of the council that anchor a hospital: proposal, votes and close.
fn anchoring(hospital: &DevHospital, index: u32, genesis: H256) -> Vec<OpaqueExtrinsic> {
    type Council = pallet_collective::Call<runtime::Runtime, Instance1>;
    let header = Header::new(
        1,
        H256::zero(),
        H256::zero(),
        H256::zero(),
        Digest::default(),
    );
    let call: runtime::RuntimeCall = pallet_hospital_anchor::Call::initialise_anchor {
        hospital: hospital.id(),
        header: Box::new(header),
        authorities: vec![(dev::session_keys("Alice").grandpa, 1)]
            .try_into()
            .unwrap(),
        set_id: 0,
    }
    .into();
    let proposal_hash = sp_runtime::traits::BlakeTwo256::hash_of(&call);
    let length_bound = u32::try_from(call.encoded_size()).unwrap();
    let vote = || Council::vote {
        proposal: proposal_hash,
        index,
        approve: true,
    };
    let propose = Council::propose {
        threshold: 2,
        proposal: Box::new(call),
        length_bound,
    };
    let close = Council::close {
        proposal_hash,
        index,
        proposal_weight_bound: polkadot_sdk::frame_support::weights::Weight::from_parts(
            500_000_000_000,
            8 * 1024 * 1024,
        ),
        length_bound,
    };
    vec![
        signed("CouncilOne", 3 * index, propose.into(), genesis),
        signed("CouncilOne", 3 * index + 1, vote().into(), genesis),
        signed("CouncilTwo", index, vote().into(), genesis),
        signed("CouncilOne", 3 * index + 2, close.into(), genesis),
    ]
}

/// Authors the setup and `blocks` blocks with `load`.
///
/// Each block has a slot of its own, and all slots are in the past.
pub async fn author(
    side: &Side,
    load: Load,
    blocks: u32,
    handle: &tokio::runtime::Handle,
) -> Vec<Sent> {
    let base = tempfile::tempdir().unwrap();
    let config = side.configuration(&base, handle);
    let Partial {
        client,
        keystore_container,
        task_manager: _tasks,
        other: (import, _, _, _),
        ..
    } = new_partial(&config).unwrap();
    let keystore = keystore_container.keystore();
    for name in ["Alice", "Bob", "Charlie"] {
        let seed = format!("//{name}");
        for key_type in [AURA, CONFORMANCE_KEY_TYPE] {
            keystore
                .sr25519_generate_new(key_type, Some(&seed))
                .unwrap();
        }
    }
    let gates = Arc::new(ClientGates(client.clone()));
    let genesis = gates.genesis();
    let attester = Attester::new(gates, keystore.clone(), Prover::none());

    let now = *sp_timestamp::InherentDataProvider::from_system_time();
    let total = SETUP + blocks;
    let slot_duration = standalone::slot_duration_at::<AuraId, _, _>(&*client, genesis).unwrap();
    let first = now.as_millis() / slot_duration.as_millis() - u64::from(total) - 4;
    let (mut parent, mut nonce, mut sent) = (genesis, 0, Vec::new());
    for number in 0..total {
        let slot = first + u64::from(number);
        let extrinsics: Vec<_> = if number < SETUP {
            [HOSPITAL_A, HOSPITAL_B]
                .iter()
                .zip(0..)
                .flat_map(|(hospital, index)| anchoring(hospital, index, genesis))
                .collect()
        } else {
            let count = if let Load::Calls(count) = load {
                count
            } else {
                0
            };
            (0..count)
                .map(|_| {
                    let remark = frame_system::Call::remark {
                        remark: vec![0; 64],
                    };
                    nonce += 1;
                    signed("HospitalA", nonce - 1, remark.into(), genesis)
                })
                .collect()
        };
        let mut logs = vec![standalone::pre_digest::<AuraPair>(slot.into())];
        if side.gated {
            let attested = attester.attest(parent, slot).await.unwrap();
            logs.push(attested.attestation.to_digest_item());
            let full = matches!(
                attested.attestation.kind,
                bspp_primitives::conformance::AttestationKind::Full { .. }
            );
            assert_eq!(full, number >= SETUP, "the timed blocks are full ones");
        }
        let mut builder = BlockBuilderBuilder::new(&*client)
            .on_parent_block(parent)
            .with_parent_block_number(number)
            .with_inherent_digests(Digest { logs })
            .build()
            .unwrap();
        let now = slot * slot_duration.as_millis();
        let timestamp = sp_timestamp::InherentDataProvider::new(now.into());
        let data = timestamp.create_inherent_data().await.unwrap();
        for inherent in builder.create_inherents(data).unwrap() {
            builder.push(inherent).unwrap();
        }
        for extrinsic in extrinsics {
            builder.push(extrinsic).unwrap();
        }
        let built = builder.build().unwrap();
        let (header, body) = built.block.deconstruct();
        let authorities: Vec<AuraId> = client.runtime_api().authorities(parent).unwrap();
        let author = standalone::slot_author::<AuraPair>(slot.into(), &authorities).unwrap();
        let seal = standalone::seal::<_, AuraPair>(&header.hash(), author, &keystore).unwrap();
        let mut params = BlockImportParams::<OpaqueBlock>::new(BlockOrigin::Own, header.clone());
        params.post_digests.push(seal.clone());
        params.body = Some(body.clone());
        params.state_action =
            StateAction::ApplyChanges(StorageChanges::Changes(built.storage_changes));
        params.fork_choice = Some(ForkChoiceStrategy::LongestChain);
        parent = params.post_hash();
        import.import_block(params).await.unwrap();
        let mut header = header;
        header.digest_mut().push(seal);
        sent.push((header, body));
    }
    sent
}
