// SPDX-License-Identifier: Apache-2.0
//! A patient's wallet: the seed, the hospitals of the patient, and the grants.
//!
//! It is one file, encrypted under a passphrase: grants name keywords and doctors.

use crate::{
    card::Card,
    checkpoints::Checkpoints,
    error::{CliError, CliResult},
    files, grant_numbers,
    keys::SecretText,
    passphrase::{Passphrase, PassphraseArguments},
    values::{hex0x, Hex32},
};
use bspp_client::proved::Checkpoint;
use bspp_peks::{LabelVersion, PatientKeys, Seed};
use bspp_record::{GrantHeader, GrantKey, Keyword};
use bspp_types::{Day, FilingMonth, HospitalId, LabelState, Moment, RequestId, H256};
use clap::Args;
use codec::{DecodeAll, Encode};
use nix::fcntl::{Flock, FlockArg};
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The wallet of a command.
#[derive(Args)]
pub struct WalletArguments {
    /// Folder of the wallet.
    #[arg(long)]
    pub wallet: PathBuf,
    #[command(flatten)]
    pub passphrase: PassphraseArguments,
}

/// The content of the wallet's file.
#[derive(Serialize, Deserialize)]
struct Content {
    seed: SecretText,
    enrolments: Vec<Enrolment>,
    grants: Vec<KeptGrant>,
    /// The newest checkpoint of each consortium chain.
    checkpoints: Checkpoints,
    /// The first number of a grant. A restored wallet leaves out those of the lost one.
    #[serde(default)]
    first_grant: u32,
}

/// A hospital of the patient.
#[derive(Clone, Serialize, Deserialize)]
pub struct Enrolment {
    /// The hospital's card.
    pub card: Card,
    /// The generation of the patient's keys there.
    pub generation: u32,
    /// The first number that a new grant may have.
    pub next_grant: u32,
    /// The highest label version that the wallet has seen.
    pub label_version: LabelVersion,
    /// The consents that the patient has signed.
    pub consents: Vec<KeptConsent>,
}

/// A consent that the patient has signed.
#[derive(Clone, Serialize, Deserialize)]
pub struct KeptConsent {
    /// Its identifier.
    pub consent: String,
    /// The first month.
    pub from: FilingMonth,
    /// The last month.
    pub until: FilingMonth,
}

/// A keyword of a grant. Erased when dropped; its `Debug` prints nothing.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct KeptKeyword {
    system: String,
    code: String,
}

impl From<&Keyword> for KeptKeyword {
    fn from(keyword: &Keyword) -> Self {
        Self {
            system: keyword.system().into(),
            code: keyword.code().into(),
        }
    }
}

/// The records that a grant covers.
#[derive(Clone, Serialize, Deserialize)]
pub struct Scope {
    /// The first filing month.
    pub from: FilingMonth,
    /// The last filing month.
    pub to: FilingMonth,
    /// Groups of keywords. A record is covered if it has all keywords of a group.
    groups: Vec<Vec<KeptKeyword>>,
    /// Whether the doctor may read the records, in addition to finding them.
    pub may_open: bool,
}

impl Scope {
    /// Makes a scope.
    pub fn new(
        (from, to): (FilingMonth, FilingMonth),
        groups: &[Vec<Keyword>],
        may_open: bool,
    ) -> Self {
        Self {
            from,
            to,
            groups: groups
                .iter()
                .map(|group| group.iter().map(KeptKeyword::from).collect())
                .collect(),
            may_open,
        }
    }

    /// The groups of keywords.
    pub fn groups(&self) -> Vec<Vec<Keyword>> {
        self.groups
            .iter()
            .map(|group| {
                group
                    .iter()
                    .map(|keyword| Keyword::new(keyword.system.clone(), keyword.code.clone()))
                    .collect()
            })
            .collect()
    }
}

/// A grant in the wallet.
#[derive(Clone, Serialize, Deserialize)]
pub struct KeptGrant {
    request: String,
    hospital: String,
    /// The number from which the one-time key follows.
    pub index: u32,
    /// The facts that only the wallet has. `None` if the grant was recovered from the chain.
    pub made: Option<MadeGrant>,
    /// Whether the patient has revoked or closed the grant.
    pub ended: bool,
    /// Whether the label version rose because of the revocation.
    pub labels_raised: bool,
}

/// The facts of a grant that only the wallet has.
#[derive(Clone, Serialize, Deserialize)]
pub struct MadeGrant {
    header: String,
    /// The doctor's account.
    pub requester: String,
    /// HL7 purpose of use.
    pub purpose: String,
    /// The first day on which the grant is no longer valid.
    pub expiry: Day,
    /// Time of the grant, or of its last supplement.
    pub issued_at: Moment,
    /// The highest label version that the grant, or its last supplement, covers.
    pub version: LabelVersion,
    /// The records.
    pub scope: Scope,
}

impl MadeGrant {
    /// Keeps the header of a new grant.
    pub fn new(header: &GrantHeader, scope: Scope) -> Self {
        Self {
            header: hex0x(header.encode()),
            requester: hex0x(header.requester.account()),
            purpose: header.purpose.code().into(),
            expiry: header.expiry,
            issued_at: header.issued_at,
            version: header.version,
            scope,
        }
    }

    /// The header that the patient signed.
    pub fn header(&self) -> CliResult<GrantHeader> {
        let damaged = || CliError::failed("a grant in the wallet is damaged");
        let bytes = hex::decode(self.header.trim_start_matches("0x")).map_err(|_| damaged())?;
        GrantHeader::decode_all(&mut bytes.as_slice()).map_err(|_| damaged())
    }
}

impl KeptGrant {
    /// A grant that the wallet has made.
    pub fn made(index: u32, header: &GrantHeader, scope: Scope) -> Self {
        Self {
            request: hex0x(header.request_id()),
            hospital: hex0x(header.hospital),
            index,
            made: Some(MadeGrant::new(header, scope)),
            ended: false,
            labels_raised: false,
        }
    }

    /// A grant whose request was found on the chain.
    pub fn recovered(index: u32, request: &RequestId, hospital: &HospitalId, ended: bool) -> Self {
        Self {
            request: hex0x(request),
            hospital: hex0x(hospital),
            index,
            made: None,
            ended,
            labels_raised: false,
        }
    }

    /// The request that the grant opens, for people.
    pub fn request_text(&self) -> &str {
        &self.request
    }

    /// The request that the grant opens.
    pub fn request(&self) -> CliResult<RequestId> {
        hash(&self.request)
    }

    /// The hospital that has the records.
    pub fn hospital(&self) -> CliResult<HospitalId> {
        hash(&self.hospital)
    }
}

fn hash(text: &str) -> CliResult<H256> {
    let bytes: Hex32 = text
        .parse()
        .map_err(|_| CliError::failed("a grant in the wallet is damaged"))?;
    Ok(bytes.hash())
}

/// A decrypted wallet. Changes are kept by [`Self::save`].
pub struct Wallet {
    path: PathBuf,
    passphrase: Passphrase,
    content: Content,
    /// One process changes a wallet at a time: two must not use one index for two grants.
    lock: Option<Flock<File>>,
}

fn wallet_path(folder: &Path) -> PathBuf {
    folder.join("wallet.age")
}

fn lock(folder: &Path) -> CliResult<Flock<File>> {
    let path = folder.join("wallet.lock");
    let failed =
        |reason: String| CliError::Failed(format!("cannot lock {}: {reason}", path.display()));
    let file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(|error| failed(error.to_string()))?;
    Flock::lock(file, FlockArg::LockExclusive).map_err(|(_, error)| failed(error.to_string()))
}

impl Wallet {
    /// Makes a wallet with a new seed. It is an error if the folder has one.
    pub fn create(arguments: &WalletArguments, seed: &Seed) -> CliResult<()> {
        Self::create_from(arguments, seed, 0)
    }

    /// Makes the wallet of a seed that another wallet had until this day.
    pub fn restore(arguments: &WalletArguments, seed: &Seed, today: Day) -> CliResult<()> {
        Self::create_from(arguments, seed, grant_numbers::first_after(today))
    }

    fn create_from(arguments: &WalletArguments, seed: &Seed, first_grant: u32) -> CliResult<()> {
        let path = wallet_path(&arguments.wallet);
        if path.exists() {
            return Err(CliError::Usage(format!(
                "there is a wallet in {}; choose another folder",
                arguments.wallet.display()
            )));
        }
        let passphrase = arguments.passphrase.choose()?;
        let content = Content {
            seed: SecretText::new(seed.as_bytes()),
            enrolments: Vec::new(),
            grants: Vec::new(),
            checkpoints: Checkpoints::default(),
            first_grant,
        };
        files::write_secret(&path, &passphrase.seal(&content)?)
    }

    /// Opens a wallet to read it.
    pub fn read(arguments: &WalletArguments) -> CliResult<Self> {
        Self::open(arguments, None)
    }

    /// Opens a wallet to change it. Another process that changes it must wait.
    pub fn change(arguments: &WalletArguments) -> CliResult<Self> {
        let lock = if wallet_path(&arguments.wallet).exists() {
            Some(lock(&arguments.wallet)?)
        } else {
            None
        };
        Self::open(arguments, lock)
    }

    fn open(arguments: &WalletArguments, lock: Option<Flock<File>>) -> CliResult<Self> {
        let path = wallet_path(&arguments.wallet);
        if !path.exists() {
            return Err(CliError::NotFound(format!(
                "there is no wallet in {}; make one with `bspp patient new`",
                arguments.wallet.display()
            )));
        }
        let passphrase = arguments.passphrase.read()?;
        let content = passphrase.open(&path)?;
        Ok(Self {
            path,
            passphrase,
            content,
            lock,
        })
    }

    /// Writes the wallet completely or not at all.
    pub fn save(&self) -> CliResult<()> {
        if self.lock.is_none() {
            return Err(CliError::failed("the wallet was opened to read it only"));
        }
        files::replace_secret(&self.path, &self.passphrase.seal(&self.content)?)
    }

    /// The seed.
    pub fn seed(&self) -> CliResult<Seed> {
        Ok(Seed::from_bytes(*self.content.seed.bytes("seed")?))
    }

    /// The hospitals of the patient.
    pub fn enrolments(&self) -> &[Enrolment] {
        &self.content.enrolments
    }

    /// A hospital of the patient.
    pub fn enrolment(&self, hospital: &HospitalId) -> CliResult<&Enrolment> {
        let place = self.place(hospital)?;
        self.content
            .enrolments
            .get(place)
            .ok_or_else(|| unknown(hospital))
    }

    /// A hospital of the patient, to change it.
    pub fn enrolment_mut(&mut self, hospital: &HospitalId) -> CliResult<&mut Enrolment> {
        let place = self.place(hospital)?;
        self.content
            .enrolments
            .get_mut(place)
            .ok_or_else(|| unknown(hospital))
    }

    fn place(&self, hospital: &HospitalId) -> CliResult<usize> {
        for (place, enrolment) in self.content.enrolments.iter().enumerate() {
            if enrolment.card.hospital()? == *hospital {
                return Ok(place);
            }
        }
        Err(unknown(hospital))
    }

    /// Adds a hospital, or takes its new card. Chain and generation never change.
    pub fn add_hospital(&mut self, card: Card, generation: u32) -> CliResult<()> {
        let (hospital, checkpoint) = (card.hospital()?, card.checkpoint()?);
        if let Ok(known) = self.enrolment_mut(&hospital) {
            if known.card.chain()? != card.chain()? {
                return Err(CliError::usage(
                    "the wallet knows this hospital on another consortium chain; ask the hospital which card is right",
                ));
            }
            if known.generation != generation {
                return Err(CliError::Usage(format!(
                    "the wallet has keys of generation {} at this hospital",
                    known.generation
                )));
            }
            known.card = card;
            return self.note_checkpoint(&checkpoint);
        }
        self.content.enrolments.push(Enrolment {
            card,
            generation,
            next_grant: self.content.first_grant,
            label_version: 0,
            consents: Vec::new(),
        });
        self.note_checkpoint(&checkpoint)
    }

    /// The newest checkpoint of a consortium chain.
    pub fn checkpoint(&self, chain: &H256) -> CliResult<Checkpoint> {
        self.content.checkpoints.of(chain)?.ok_or_else(|| {
            CliError::NotFound("the wallet has no checkpoint of this consortium".into())
        })
    }

    /// Keeps a checkpoint if it is newer than the known one: trust never moves back.
    pub fn note_checkpoint(&mut self, checkpoint: &Checkpoint) -> CliResult<()> {
        self.content.checkpoints.note(checkpoint)
    }

    /// The patient's keys at a hospital.
    pub fn keys(&self, hospital: &HospitalId) -> CliResult<PatientKeys> {
        let enrolment = self.enrolment(hospital)?;
        Ok(PatientKeys::derive(
            &self.seed()?,
            &enrolment.card.chain()?.0,
            &hospital.0,
            enrolment.generation,
        ))
    }

    /// Notes the label version of a hospital, and refuses a lower one than before.
    pub fn note_labels(&mut self, hospital: &HospitalId, state: &LabelState) -> CliResult<()> {
        let enrolment = self.enrolment_mut(hospital)?;
        if state.version < enrolment.label_version {
            return Err(CliError::Failed(format!(
                "the hospital names label version {}, but it was {} before; a grant now would miss records",
                state.version, enrolment.label_version
            )));
        }
        enrolment.label_version = state.version;
        Ok(())
    }

    /// Takes the number of a grant that is made today.
    ///
    /// The caller saves the wallet before it gives the grant away.
    ///
    /// # Errors
    /// No number is free today.
    pub fn take_grant_number(&mut self, hospital: &HospitalId, today: Day) -> CliResult<u32> {
        let enrolment = self.enrolment_mut(hospital)?;
        let number = grant_numbers::take(enrolment.next_grant, today)?;
        enrolment.next_grant = number
            .checked_add(1)
            .ok_or_else(|| CliError::failed("the wallet has no further number for a grant"))?;
        Ok(number)
    }

    /// Leaves out the numbers of grants below `first` at a hospital.
    pub fn skip_grant_numbers(&mut self, hospital: &HospitalId, first: u32) -> CliResult<()> {
        let enrolment = self.enrolment_mut(hospital)?;
        enrolment.next_grant = enrolment.next_grant.max(first);
        Ok(())
    }

    /// All grants, in the order in which they were made.
    pub fn grants(&self) -> &[KeptGrant] {
        &self.content.grants
    }

    /// Adds a grant.
    pub fn add_grant(&mut self, grant: KeptGrant) {
        self.content.grants.push(grant);
    }

    /// The grant that opens a request.
    pub fn grant(&self, request: &RequestId) -> CliResult<&KeptGrant> {
        let text = hex0x(request);
        self.content
            .grants
            .iter()
            .find(|grant| grant.request == text)
            .ok_or_else(|| {
                CliError::NotFound(format!("the wallet has no grant for request {text}"))
            })
    }

    /// The grant that opens a request, to change it.
    pub fn grant_mut(&mut self, request: &RequestId) -> CliResult<&mut KeptGrant> {
        let text = hex0x(request);
        self.content
            .grants
            .iter_mut()
            .find(|grant| grant.request == text)
            .ok_or_else(|| {
                CliError::NotFound(format!("the wallet has no grant for request {text}"))
            })
    }

    /// The one-time key of a grant.
    pub fn grant_key(&self, request: &RequestId) -> CliResult<GrantKey> {
        let grant = self.grant(request)?;
        let key = GrantKey::derive(&self.keys(&grant.hospital()?)?, grant.index);
        if key.request_id() != *request {
            return Err(CliError::failed("a grant in the wallet is damaged"));
        }
        Ok(key)
    }
}

fn unknown(hospital: &HospitalId) -> CliError {
    CliError::NotFound(format!(
        "the wallet does not know hospital {}; take its card with `bspp patient enrol` or `bspp patient recover`",
        hex0x(hospital)
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::card::tests::checkpoint;

    fn arguments(folder: &Path) -> WalletArguments {
        let passphrase = folder.join("passphrase");
        if !passphrase.exists() {
            files::write_secret(&passphrase, b"correct horse").unwrap();
        }
        WalletArguments {
            wallet: folder.join("wallet"),
            passphrase: PassphraseArguments::of_file(passphrase),
        }
    }

    fn card(chain: u8, hospital: u8) -> Card {
        let (id, checkpoint) = (H256([hospital; 32]), checkpoint(chain, 10));
        Card::new("Hospital", &id, "https://a.example", &checkpoint)
    }

    /// Attack: an old card, or a node, would move the wallet back to former validators.
    #[test]
    fn checkpoint_should_not_go_back() {
        let folder = tempfile::tempdir().unwrap();
        let arguments = arguments(folder.path());
        Wallet::create(&arguments, &Seed::from_bytes([7; 32])).unwrap();
        let mut wallet = Wallet::change(&arguments).unwrap();
        assert!(wallet.checkpoint(&H256([1; 32])).is_err());
        wallet.add_hospital(card(1, 2), 0).unwrap();
        let number = |wallet: &Wallet| wallet.checkpoint(&H256([1; 32])).unwrap().number;
        assert_eq!(number(&wallet), 10);
        wallet.note_checkpoint(&checkpoint(1, 20)).unwrap();
        assert_eq!(number(&wallet), 20);
        wallet.note_checkpoint(&checkpoint(1, 15)).unwrap();
        wallet.add_hospital(card(1, 2), 0).unwrap();
        assert_eq!(number(&wallet), 20);
        wallet.note_checkpoint(&checkpoint(3, 5)).unwrap();
        assert_eq!(number(&wallet), 20);
        assert_eq!(wallet.checkpoint(&H256([3; 32])).unwrap().number, 5);
        wallet.save().unwrap();
        drop(wallet);
        assert_eq!(number(&Wallet::read(&arguments).unwrap()), 20);
    }

    /// Fault: a restored wallet gave a new grant the one-time key of one that nobody had opened.
    #[test]
    fn restored_wallet_should_not_use_the_numbers_of_the_lost_one() {
        const TODAY: Day = 20_000;
        let (hospital, seed) = (H256([2; 32]), Seed::from_bytes([7; 32]));
        let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (old, new) = (arguments(old.path()), arguments(new.path()));
        Wallet::create(&old, &seed).unwrap();
        let mut lost = Wallet::change(&old).unwrap();
        lost.add_hospital(card(1, 2), 0).unwrap();
        let used: Vec<u32> = (0..40)
            .map(|_| lost.take_grant_number(&hospital, TODAY).unwrap())
            .collect();

        Wallet::restore(&new, &seed, TODAY).unwrap();
        let mut restored = Wallet::change(&new).unwrap();
        restored.add_hospital(card(1, 2), 0).unwrap();
        let error = restored.take_grant_number(&hospital, TODAY).unwrap_err();
        assert_eq!(error.exit_code(), 2, "{error}");
        let next = restored.take_grant_number(&hospital, TODAY + 1).unwrap();
        assert!(!used.contains(&next));
        restored.skip_grant_numbers(&hospital, next + 10).unwrap();
        restored.skip_grant_numbers(&hospital, next).unwrap();
        let after = restored.take_grant_number(&hospital, TODAY + 1).unwrap();
        assert_eq!(after, next + 10);
    }

    fn state(version: LabelVersion) -> LabelState {
        LabelState {
            version,
            revoke_before: 0,
            rises: Vec::new(),
        }
    }

    #[test]
    fn wallet_should_keep_the_changes_and_hide_them() {
        let folder = tempfile::tempdir().unwrap();
        let arguments = arguments(folder.path());
        Wallet::create(&arguments, &Seed::from_bytes([7; 32])).unwrap();
        assert!(Wallet::create(&arguments, &Seed::from_bytes([8; 32])).is_err());

        let mut wallet = Wallet::change(&arguments).unwrap();
        wallet.add_hospital(card(1, 2), 0).unwrap();
        let request = H256([9; 32]);
        wallet.add_grant(KeptGrant::recovered(3, &request, &H256([2; 32]), false));
        wallet.grant_mut(&request).unwrap().ended = true;
        wallet.save().unwrap();
        drop(wallet);

        let read = Wallet::read(&arguments).unwrap();
        assert_eq!(read.seed().unwrap().as_bytes(), &[7; 32]);
        assert!(read.grant(&request).unwrap().ended);
        assert!(read.grant(&H256([8; 32])).is_err());
        // Only a locked wallet is written.
        assert!(read.save().is_err());
        let bytes = fs::read(wallet_path(&arguments.wallet)).unwrap();
        assert!(!bytes.windows(8).any(|window| window == b"Hospital"));
    }

    #[test]
    fn hospital_should_not_change_its_chain_or_generation() {
        let folder = tempfile::tempdir().unwrap();
        let arguments = arguments(folder.path());
        Wallet::create(&arguments, &Seed::from_bytes([7; 32])).unwrap();
        let mut wallet = Wallet::change(&arguments).unwrap();
        wallet.add_hospital(card(1, 2), 0).unwrap();
        wallet.add_hospital(card(1, 2), 0).unwrap();
        assert_eq!(wallet.enrolments().len(), 1);
        assert!(wallet.add_hospital(card(3, 2), 0).is_err());
        assert!(wallet.add_hospital(card(1, 2), 1).is_err());
        assert!(wallet.keys(&H256([2; 32])).is_ok());
        assert!(wallet.keys(&H256([3; 32])).is_err());
    }

    #[test]
    fn label_version_should_not_go_back() {
        let folder = tempfile::tempdir().unwrap();
        let arguments = arguments(folder.path());
        Wallet::create(&arguments, &Seed::from_bytes([7; 32])).unwrap();
        let mut wallet = Wallet::change(&arguments).unwrap();
        wallet.add_hospital(card(1, 2), 0).unwrap();
        let hospital = H256([2; 32]);
        wallet.note_labels(&hospital, &state(2)).unwrap();
        wallet.note_labels(&hospital, &state(2)).unwrap();
        assert!(wallet.note_labels(&hospital, &state(1)).is_err());
    }
}
