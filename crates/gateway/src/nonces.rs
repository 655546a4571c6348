// SPDX-License-Identifier: Apache-2.0
//! Nonces for requests of one account. Each is fresh, used once, and valid for a short time.

use bspp_peks::{blake2b_256_parts, domain};
use bspp_types::Moment;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// The reasons for which a nonce is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NonceError {
    /// The nonce was not issued by this gateway, or it was used.
    #[error("NonceNotFound: the nonce was not issued here, or it was used")]
    NotFound,
    /// The nonce is too old.
    #[error("NonceExpired: the nonce is too old")]
    Expired,
    /// Too many nonces were used within their lifetime.
    #[error("MaxNoncesExceeded: too many requests at this time; try again later")]
    TooMany,
}

/// Issues nonces without keeping them, and remembers those that were used.
///
/// A nonce is its time, random bytes and a MAC over both and the account that asked for it. Strangers can ask for any number of
/// nonces: only a used one takes memory, and the caller uses it after the check of a signature. The
/// key is that of this run, so a restart makes all nonces invalid.
pub struct Nonces {
    key: [u8; 32],
    used: Mutex<HashMap<[u8; 32], Moment>>,
    lifetime: u64,
    max: usize,
}

/// Number of bytes of time and randomness at the start of a nonce. The MAC follows.
const HEAD: usize = 16;

impl Nonces {
    /// Makes nonces that are valid for `lifetime` milliseconds.
    ///
    /// `max` is the maximum number of nonces that are used within that time.
    pub fn new(lifetime: u64, max: usize) -> Self {
        Self {
            key: rand::random(),
            used: Mutex::default(),
            lifetime,
            max,
        }
    }

    /// Issues a nonce to an account.
    pub fn issue(&self, account: &[u8; 32], now: Moment) -> [u8; 32] {
        let mut nonce = [0u8; 32];
        let (head, mac) = nonce.split_at_mut(HEAD);
        let (time, random) = head.split_at_mut(8);
        time.copy_from_slice(&now.to_be_bytes());
        random.copy_from_slice(&rand::random::<[u8; 8]>());
        mac.copy_from_slice(&self.mac(head, account));
        nonce
    }

    /// BLAKE2b needs no HMAC: a secret prefix makes it a MAC.
    fn mac(&self, head: &[u8], account: &[u8; 32]) -> [u8; 32 - HEAD] {
        let hash = blake2b_256_parts(&[&self.key, domain::NONCE, head, account]);
        let mut mac = [0u8; 32 - HEAD];
        mac.copy_from_slice(&hash[..32 - HEAD]);
        mac
    }

    /// Uses up a nonce, independent of the outcome of the request.
    ///
    /// # Errors
    /// `NonceNotFound`, `NonceExpired`, `MaxNoncesExceeded`.
    pub fn take(
        &self,
        nonce: &[u8; 32],
        account: &[u8; 32],
        now: Moment,
    ) -> Result<(), NonceError> {
        let (head, mac) = nonce.split_at(HEAD);
        // The comparison takes the same time for each wrong MAC.
        let differences = mac
            .iter()
            .zip(self.mac(head, account))
            .fold(0, |all, (a, b)| all | (a ^ b));
        let time = head.first_chunk::<8>().filter(|_| differences == 0);
        let issued = Moment::from_be_bytes(*time.ok_or(NonceError::NotFound)?);
        let end = issued.saturating_add(self.lifetime);
        if end <= now {
            return Err(NonceError::Expired);
        }
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.len() >= self.max {
            used.retain(|_, end| *end > now);
        }
        if used.contains_key(nonce) {
            return Err(NonceError::NotFound);
        }
        if used.len() >= self.max {
            return Err(NonceError::TooMany);
        }
        used.insert(*nonce, end);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: [u8; 32] = [1; 32];

    #[test]
    fn take_should_fail_when_a_nonce_is_replayed() {
        let nonces = Nonces::new(100, 10);
        let nonce = nonces.issue(&A, 0);
        assert_eq!(nonces.take(&nonce, &A, 1), Ok(()));
        assert_eq!(nonces.take(&nonce, &A, 1), Err(NonceError::NotFound));
    }

    #[test]
    fn take_should_fail_when_a_nonce_is_forged_or_old() {
        let nonces = Nonces::new(100, 10);
        assert_eq!(nonces.take(&[0; 32], &A, 0), Err(NonceError::NotFound));
        let nonce = nonces.issue(&A, 0);
        for position in 0..32 {
            let mut forged = nonce;
            forged[position] ^= 1;
            assert_eq!(
                nonces.take(&forged, &A, 0),
                Err(NonceError::NotFound),
                "{position}"
            );
        }
        // Another account asked for it.
        assert_eq!(nonces.take(&nonce, &[2; 32], 0), Err(NonceError::NotFound));
        assert_eq!(nonces.take(&nonce, &A, 100), Err(NonceError::Expired));
        let other_run = Nonces::new(100, 10);
        assert_eq!(other_run.take(&nonce, &A, 1), Err(NonceError::NotFound));
    }

    #[test]
    fn strangers_should_not_exhaust_nonces() {
        let nonces = Nonces::new(100, 1);
        for _ in 0..10_000 {
            let _ = nonces.issue(&A, 0);
        }
        assert!(nonces.used.lock().is_ok_and(|used| used.is_empty()));
        assert_eq!(nonces.take(&nonces.issue(&A, 0), &A, 1), Ok(()));
    }

    #[test]
    fn take_should_fail_when_too_many_are_used_and_recover() {
        let nonces = Nonces::new(100, 2);
        let (first, second) = (nonces.issue(&A, 0), nonces.issue(&A, 50));
        assert_ne!(first, second);
        assert_eq!(nonces.take(&first, &A, 60), Ok(()));
        assert_eq!(nonces.take(&second, &A, 60), Ok(()));
        assert_eq!(
            nonces.take(&nonces.issue(&A, 60), &A, 99),
            Err(NonceError::TooMany)
        );
        assert_eq!(nonces.take(&nonces.issue(&A, 60), &A, 100), Ok(()));
    }
}
