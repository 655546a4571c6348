// SPDX-License-Identifier: Apache-2.0
#![allow(clippy::unwrap_used)]

use super::*;
use crate::{
    outbox::{Binding, Job, JobPhase},
    shares::Kept,
};
use bspp_peks::HospitalShare;
use bspp_types::RecordId;

/// The folders of one gateway.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn open(&self, admit: bool) -> Result<AtRest> {
        let shares = [self.path("a"), self.path("b")];
        AtRest::open(&self.path("data"), &self.path("key"), &shares, admit)
    }

    /// The reason for which the gateway does not start.
    fn refusal(&self, admit: bool) -> String {
        self.open(admit).err().unwrap().to_string()
    }

    fn put_share(&self) {
        let share = HospitalShare::from_bytes([7; 32]);
        let kept = self.open(false).unwrap();
        kept.shares.put(&[(rid(), share)]).unwrap();
    }

    /// Writes a job with a plain record, and a patient with a subject.
    fn put_plain(&self) {
        let kept = self.open(false).unwrap();
        let job = Job {
            created: 0,
            phase: JobPhase::Queued,
            records_total: 1,
            failure: None,
        };
        let binding = Binding {
            account: [1; 32],
            subject: kept.vault.fingerprint(b"subject", b"Patient/1"),
            renew: false,
        };
        let sealed = kept.vault.seal(PLAIN, b"a record").unwrap();
        kept.outbox
            .create_job(&job, &[sealed], Some(&binding))
            .unwrap();
    }

    fn lose(&self, folder: &str) {
        std::fs::remove_dir_all(self.path(folder)).unwrap();
    }

    fn lose_key(&self) {
        std::fs::remove_file(self.path("key")).unwrap();
    }
}

fn rid() -> RecordId {
    RecordId::repeat_byte(1)
}

#[test]
fn gateway_should_start_again_with_its_parts() {
    let home = Home::new();
    let check = home.open(false).unwrap().vault.check_value();
    home.put_share();
    home.put_plain();
    let kept = home.open(false).unwrap();
    assert_eq!(kept.vault.check_value(), check);
    assert_eq!(kept.outbox.vault_check().unwrap(), Some(check));
    assert!(matches!(kept.shares.get(&rid()).unwrap(), Kept::Share(_)));
}

/// Fault: a new key took the place of a key whose medium was not mounted.
#[test]
fn missing_key_should_not_be_replaced_while_something_is_sealed() {
    let (with_share, with_plain) = (Home::new(), Home::new());
    with_share.put_share();
    with_plain.put_plain();
    for home in [with_share, with_plain] {
        home.lose_key();
        let reason = home.refusal(false);
        assert!(reason.starts_with("InvalidSecret"), "{reason}");
        assert!(reason.contains("missing"), "{reason}");
        assert!(home.refusal(true).contains("missing"));
        assert!(!home.path("key").exists());
    }
}

#[test]
fn key_should_be_made_anew_while_nothing_is_sealed() {
    let home = Home::new();
    home.open(false).unwrap();
    home.lose_key();
    home.open(false).unwrap();
    home.put_share();
}

#[test]
fn another_key_should_be_recognised_at_the_start() {
    let (with_share, with_plain) = (Home::new(), Home::new());
    with_share.put_share();
    with_plain.put_plain();
    for home in [with_share, with_plain] {
        let right = std::fs::read(home.path("key")).unwrap();
        home.lose_key();
        Vault::open(&home.path("key")).unwrap();
        for admit in [false, true] {
            let reason = home.refusal(admit);
            assert!(reason.starts_with("InvalidSecret"), "{reason}");
            assert!(reason.contains("another vault key"), "{reason}");
        }
        std::fs::write(home.path("key"), right).unwrap();
        home.open(false).unwrap();
    }
}

/// Fault: a medium was not mounted, and the gateway went on with an empty folder.
#[test]
fn empty_medium_should_be_refused_unless_the_operator_admits_it() {
    for lost in ["a", "b"] {
        let home = Home::new();
        home.put_share();
        home.lose(lost);
        let reason = home.refusal(false);
        assert!(reason.starts_with("ShareMediumMismatch"), "{reason}");
        assert!(reason.contains("--admit-share-media"), "{reason}");
        assert!(!home.path(lost).exists(), "a refusal must create nothing");
        home.open(true).unwrap();
        // It is a medium of its own now, with all shares.
        let kept = home.open(false).unwrap();
        assert!(matches!(kept.shares.get(&rid()).unwrap(), Kept::Share(_)));
    }
}

/// Fault: no medium was mounted, which looks like a first start.
#[test]
fn loss_of_all_media_should_not_look_like_a_first_start() {
    let home = Home::new();
    home.put_share();
    home.lose("a");
    home.lose("b");
    assert!(home.refusal(false).starts_with("ShareMediumMismatch"));
}

#[test]
fn foreign_medium_should_be_refused() {
    let (home, other) = (Home::new(), Home::new());
    home.put_share();
    other.put_share();
    home.lose("b");
    std::fs::create_dir(home.path("b")).unwrap();
    let file = |home: &Home, name| home.path(name).join("shares.redb");
    std::fs::copy(file(&other, "b"), file(&home, "b")).unwrap();
    let reason = home.refusal(false);
    assert!(reason.contains("is not one of this gateway's"), "{reason}");
    // Even if it is admitted, another key sealed its shares.
    assert!(home.refusal(true).contains("another vault key"));
    std::fs::copy(file(&home, "a"), file(&home, "b")).unwrap();
    assert!(home.refusal(false).contains("is a copy of another one"));
    home.open(true).unwrap();
    home.open(false).unwrap();
}

#[test]
fn medium_that_is_left_out_should_be_missed() {
    let home = Home::new();
    let open = |names: &[&str], admit| {
        let shares: Vec<_> = names.iter().map(|name| home.path(name)).collect();
        AtRest::open(&home.path("data"), &home.path("key"), &shares, admit)
    };
    open(&["a", "b", "c"], false).unwrap();
    let reason = open(&["a", "b"], false).err().unwrap().to_string();
    assert!(reason.contains("names 2 media"), "{reason}");
    open(&["a", "b"], true).unwrap();
    open(&["a", "b"], false).unwrap();
}

/// A lost data folder leaves the media as they are: they know each other.
#[test]
fn media_should_be_known_without_the_outbox() {
    let home = Home::new();
    home.put_share();
    home.lose("data");
    home.open(false).unwrap();
    home.lose("data");
    home.lose("a");
    assert!(home.refusal(false).starts_with("ShareMediumMismatch"));
}

/// A stop within the first start, between two media, does not need a person.
#[test]
fn first_start_should_be_repeatable() {
    let home = Home::new();
    home.open(false).unwrap();
    home.lose("data");
    home.lose("b");
    home.open(false).unwrap();
}
