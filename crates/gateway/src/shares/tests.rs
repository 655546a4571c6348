// SPDX-License-Identifier: Apache-2.0
#![allow(clippy::unwrap_used)]

use super::*;

struct Media {
    folder: tempfile::TempDir,
}

impl Media {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn folders(&self) -> Vec<PathBuf> {
        ["a", "b"].map(|name| self.folder.path().join(name)).into()
    }

    fn vault(&self) -> Vault {
        Vault::open(&self.folder.path().join("key")).unwrap()
    }

    fn open(&self) -> ShareStore {
        ShareStore::open(&self.folders(), self.vault()).unwrap()
    }

    /// Opens media that differ from those before.
    fn admit(&self) -> ShareStore {
        let media = super::Media::find(&self.folders()).unwrap();
        ShareStore::from_media(media, self.vault()).unwrap()
    }
}

fn rid(n: u8) -> RecordId {
    RecordId::repeat_byte(n)
}

fn share(n: u8) -> HospitalShare {
    HospitalShare::from_bytes([n; 32])
}

#[test]
fn share_should_survive_the_loss_of_one_medium() {
    let media = Media::new();
    media
        .open()
        .put(&[(rid(1), share(7)), (rid(2), share(8))])
        .unwrap();
    for lost in media.folders() {
        std::fs::remove_dir_all(lost).unwrap();
        let store = media.admit();
        assert_eq!(store.get(&rid(1)).unwrap(), Kept::Share(share(7)));
        assert_eq!(store.get(&rid(2)).unwrap(), Kept::Share(share(8)));
    }
    assert_eq!(media.open().get(&rid(3)).unwrap(), Kept::Absent);
}

#[test]
fn deleted_share_should_not_return_with_an_old_backup() {
    let media = Media::new();
    media.open().put(&[(rid(1), share(7))]).unwrap();
    let [a, b]: [PathBuf; 2] = media.folders().try_into().unwrap();
    let backup = media.folder.path().join("backup");
    std::fs::create_dir(&backup).unwrap();
    std::fs::copy(a.join("shares.redb"), backup.join("shares.redb")).unwrap();
    media.open().delete(&rid(1)).unwrap();
    assert_eq!(media.open().get(&rid(1)).unwrap(), Kept::Deleted);
    // One medium comes back from its backup. The other one remembers the deletion.
    std::fs::copy(backup.join("shares.redb"), a.join("shares.redb")).unwrap();
    assert_eq!(media.open().get(&rid(1)).unwrap(), Kept::Deleted);
    // The replay is durable: the restored medium alone knows the deletion now.
    std::fs::remove_dir_all(&b).unwrap();
    assert_eq!(media.admit().get(&rid(1)).unwrap(), Kept::Deleted);
}

#[test]
fn share_that_was_never_written_should_be_deletable() {
    let media = Media::new();
    let store = media.open();
    store.delete(&rid(1)).unwrap();
    assert_eq!(store.get(&rid(1)).unwrap(), Kept::Deleted);
}

#[test]
fn media_should_not_show_a_share_without_the_key() {
    let media = Media::new();
    media.open().put(&[(rid(1), share(7))]).unwrap();
    for folder in media.folders() {
        let bytes = std::fs::read(folder.join("shares.redb")).unwrap();
        assert!(!bytes.windows(32).any(|window| window == [7; 32]));
    }
    std::fs::remove_file(media.folder.path().join("key")).unwrap();
    let refused = ShareStore::open(&media.folders(), media.vault());
    assert!(matches!(refused, Err(GatewayError::InvalidSecret(_))));
}

#[test]
fn fewer_than_two_media_should_be_refused() {
    let media = Media::new();
    let vault = Vault::open(&media.folder.path().join("key")).unwrap();
    let [a, _]: [PathBuf; 2] = media.folders().try_into().unwrap();
    for folders in [vec![], vec![a.clone()], vec![a.clone(), a]] {
        let refused = ShareStore::open(&folders, vault.clone());
        assert!(matches!(refused, Err(GatewayError::InvalidConfig(_))));
    }
}
