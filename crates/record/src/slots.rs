// SPDX-License-Identifier: Apache-2.0
//! The slots of an entry and the data key, wrapped for each slot (protocol section 6).

use crate::payload::DataKey;
use bspp_peks::{Ed25519Secret, HospitalShare, MonthLabel, OpenSecret, RecordCore, SearchSecret};
use bspp_types::{Slot, Slots, Tag, Wrap, Wraps, MAX_SLOTS, SLOT_CLASSES};
use chacha20poly1305::{
    aead::{Aead, KeyInit, Payload},
    XChaCha20Poly1305, XNonce,
};
use rand::seq::SliceRandom;
use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

/// Maximum number of keywords of one entry, in addition to the identity keyword.
pub const KEYWORDS_PER_ENTRY: usize = MAX_SLOTS as usize - 1;

/// The secrets of one keyword and the counter that this entry uses.
pub(crate) struct Keyed<'a> {
    pub(crate) search: &'a SearchSecret,
    pub(crate) open: &'a OpenSecret,
    pub(crate) label: &'a MonthLabel,
    pub(crate) counter: u32,
}

/// Slots in their random order on chain.
///
/// `owners` maps each slot to its keyword, an index into the input, or to padding.
pub(crate) struct Arranged {
    pub(crate) slots: Slots,
    owners: Vec<Option<usize>>,
}

/// Makes the slots of all keywords, pads them to a slot class and shuffles them.
///
/// The result is `None` if there are too many keywords. A padding slot is a random tag and the
/// public key of a random seed: without the secrets it cannot be distinguished from other slots.
pub(crate) fn arrange<R: RngCore + CryptoRng>(
    keyed: &[Keyed<'_>],
    rng: &mut R,
) -> Option<Arranged> {
    let class = *SLOT_CLASSES.iter().find(|class| **class >= keyed.len())?;
    let mut made: Vec<(Slot, Option<usize>)> = keyed
        .iter()
        .enumerate()
        .map(|(index, key)| {
            let slot = Slot {
                tag: key.search.tag(key.counter),
                match_key: key.search.match_key(key.counter, key.label).public(),
            };
            (slot, Some(index))
        })
        .collect();
    while made.len() < class {
        let mut tag: Tag = [0; 16];
        rng.fill_bytes(&mut tag);
        let match_key = Ed25519Secret::generate(rng).public();
        made.push((Slot { tag, match_key }, None));
    }
    made.shuffle(rng);
    let (slots, owners): (Vec<Slot>, Vec<Option<usize>>) = made.into_iter().unzip();
    Some(Arranged {
        slots: slots.try_into().ok()?,
        owners,
    })
}

impl Arranged {
    /// Wraps the data key for each slot. Padding slots get random bytes.
    pub(crate) fn wrap<R: RngCore + CryptoRng>(
        &self,
        keyed: &[Keyed<'_>],
        core: &RecordCore,
        share: &HospitalShare,
        key: &DataKey,
        rng: &mut R,
    ) -> Option<Wraps> {
        let mut wraps = Vec::with_capacity(self.slots.len());
        for (slot, owner) in self.slots.iter().zip(&self.owners) {
            let mut wrap: Wrap = [0; 48];
            match owner {
                None => rng.fill_bytes(&mut wrap),
                Some(owner) => {
                    let Keyed { open, counter, .. } = keyed.get(*owner)?;
                    let kek = open.kek(*counter, core, share);
                    wrap = wrap_key(&kek, core, &slot.tag, key)?;
                }
            }
            wraps.push(wrap);
        }
        wraps.try_into().ok()
    }
}

fn associated(core: &RecordCore, tag: &Tag) -> [u8; 48] {
    let mut bytes = [0u8; 48];
    let (left, right) = bytes.split_at_mut(32);
    left.copy_from_slice(core);
    right.copy_from_slice(tag);
    bytes
}

/// Encrypts the data key with XChaCha20-Poly1305.
///
/// The nonce may be zero, because a key-encryption key is used only once.
fn wrap_key(kek: &[u8; 32], core: &RecordCore, tag: &Tag, key: &DataKey) -> Option<Wrap> {
    let payload = Payload {
        msg: key.as_bytes(),
        aad: &associated(core, tag),
    };
    let sealed = XChaCha20Poly1305::new(kek.into())
        .encrypt(&XNonce::default(), payload)
        .ok()?;
    sealed.try_into().ok()
}

/// Unwraps the data key of a slot.
///
/// The result is `None` if the key-encryption key belongs to another slot, or the wrap was changed.
pub(crate) fn unwrap_key(
    kek: &[u8; 32],
    core: &RecordCore,
    tag: &Tag,
    wrap: &Wrap,
) -> Option<DataKey> {
    let payload = Payload {
        msg: wrap,
        aad: &associated(core, tag),
    };
    let opened = XChaCha20Poly1305::new(kek.into())
        .decrypt(&XNonce::default(), payload)
        .ok()?;
    let opened = Zeroizing::new(opened);
    Some(DataKey::from_bytes(opened.as_slice().try_into().ok()?))
}
