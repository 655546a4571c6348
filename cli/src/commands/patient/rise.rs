// SPDX-License-Identifier: Apache-2.0
//! A rise of the label version, until the hospital shows it.
//!
//! Only the next version is taken, and each version once. Another device of the patient may take the
//! same version first, with another time of revocation. The rise is then sent again with the next version.

use crate::error::{CliError, CliResult};
use bspp_peks::LabelVersion;
use bspp_types::{LabelState, Moment};
use std::time::{Duration, Instant};

/// Maximum number of versions that one command tries.
pub(super) const MAX_TRIES: u32 = 5;
/// The interval at which the command asks whether a rise has taken effect.
const POLL: Duration = Duration::from_millis(500);
/// The time after a refusal in which the chain must show another rise as its reason.
const GRACE: Duration = Duration::from_secs(15);

/// The hospital, as a rise sees it.
pub(super) trait Place {
    /// The patient's label version.
    async fn state(&mut self) -> CliResult<LabelState>;
    /// Signs and sends a rise.
    async fn send(&mut self, version: LabelVersion, revoke_before: Moment) -> CliResult<()>;
}

/// A rise that holds.
pub(super) struct Risen {
    /// The label version, and the time before which the hospital refuses grants.
    pub(super) state: LabelState,
    /// The number of versions that other devices took meanwhile.
    pub(super) taken: u32,
}

impl Risen {
    /// The line for people, if the command had to try again.
    pub(super) fn line(&self) -> Option<String> {
        (self.taken > 0).then(|| {
            "Another device of yours raised the label version at the same time. This command took the next version. \
             If you have no other device, somebody has your account key: tell the hospital."
                .into()
        })
    }
}

/// The rise that a command has sent.
struct Sent {
    version: LabelVersion,
    revoke_before: Moment,
}

/// The progress of a rise.
#[derive(Debug, PartialEq, Eq)]
enum Progress {
    /// Labels have this version or a later one, and grants of the wanted time are refused.
    Holds,
    /// The version is used, but not with this time of revocation.
    Used,
    /// The version is not in force.
    Waits,
}

impl Sent {
    fn progress(&self, state: &LabelState) -> Progress {
        if state.version < self.version {
            Progress::Waits
        } else if state.revoke_before < self.revoke_before {
            Progress::Used
        } else {
            Progress::Holds
        }
    }
}

/// The version after this one.
fn next(version: LabelVersion) -> CliResult<LabelVersion> {
    version
        .checked_add(1)
        .ok_or_else(|| CliError::failed("the label version cannot rise further"))
}

/// Whether a refusal by the gateway, the chain or its pool can mean a used version.
fn may_be_used(error: &CliError) -> bool {
    matches!(error, CliError::Refused { code, .. } if matches!(
        code.as_str(),
        "VersionUsed" | "Patients.LabelVersionMismatch" | "TransactionRefused"
    ))
}

/// Raises the label version, and waits until the hospital shows it.
///
/// `revoke_before` is the time before which grants are no longer valid. `None` leaves them valid.
///
/// # Errors
/// Those of the place, and `Failed` if the rise does not show in time, or if other devices took
/// [`MAX_TRIES`] versions.
pub(super) async fn rise(
    place: &mut impl Place,
    revoke_before: Option<Moment>,
    patience: Duration,
) -> CliResult<Risen> {
    let start = Instant::now();
    for taken in 0..MAX_TRIES {
        let state = place.state().await?;
        let sent = Sent {
            version: next(state.version)?,
            revoke_before: revoke_before.unwrap_or(0).max(state.revoke_before),
        };
        let refusal = place.send(sent.version, sent.revoke_before).await.err();
        if let Some(state) = shown(place, &sent, refusal, start, patience).await? {
            return Ok(Risen { state, taken });
        }
    }
    Err(CliError::Failed(format!(
        "other devices of yours raised the label version {MAX_TRIES} times while this command tried; nothing that this \
         command wanted holds yet. Run it again when they have ended. If you have no other device, somebody has your \
         account key: tell the hospital"
    )))
}

/// The state in which a rise holds. `None` if its version is used for another one.
async fn shown(
    place: &mut impl Place,
    sent: &Sent,
    mut refusal: Option<CliError>,
    start: Instant,
    patience: Duration,
) -> CliResult<Option<LabelState>> {
    let since = Instant::now();
    loop {
        let state = place.state().await?;
        match sent.progress(&state) {
            Progress::Holds => return Ok(Some(state)),
            Progress::Used => return Ok(None),
            Progress::Waits => {}
        }
        if let Some(error) = refusal.take() {
            if !may_be_used(&error) || since.elapsed() > GRACE.min(patience) {
                return Err(error);
            }
            refusal = Some(error);
        } else if start.elapsed() > patience {
            return Err(CliError::Failed(format!(
                "the hospital took label version {}, but its chain does not show it yet; run the command again later",
                sent.version
            )));
        }
        tokio::time::sleep(POLL).await;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// A hospital by the rule of its chain: the next version, and no earlier time.
    ///
    /// Other devices raise the version first, as often as `others` says.
    #[derive(Default)]
    struct Hospital {
        version: LabelVersion,
        revoke_before: Moment,
        others: u32,
        /// The code of the refusal of a used version. `None` answers as if the rise was taken.
        code: Option<&'static str>,
        sent: Vec<LabelVersion>,
    }

    impl Place for Hospital {
        async fn state(&mut self) -> CliResult<LabelState> {
            Ok(LabelState {
                version: self.version,
                revoke_before: self.revoke_before,
                rises: Vec::new(),
            })
        }

        async fn send(&mut self, version: LabelVersion, revoke_before: Moment) -> CliResult<()> {
            self.sent.push(version);
            if self.others > 0 {
                self.others -= 1;
                self.version += 1;
            }
            if version == self.version + 1 && revoke_before >= self.revoke_before {
                self.version = version;
                self.revoke_before = revoke_before;
                return Ok(());
            }
            self.code.map_or(Ok(()), |code| {
                Err(CliError::Refused {
                    code: code.into(),
                    message: "refused".into(),
                })
            })
        }
    }

    async fn raise(hospital: &mut Hospital, revoke_before: Option<Moment>) -> CliResult<Risen> {
        rise(hospital, revoke_before, Duration::ZERO).await
    }

    #[tokio::test]
    async fn rise_should_take_the_next_version_when_another_device_used_it() {
        for code in [
            None,
            Some("VersionUsed"),
            Some("Patients.LabelVersionMismatch"),
        ] {
            let mut hospital = Hospital {
                others: 2,
                code,
                ..Hospital::default()
            };
            let risen = raise(&mut hospital, Some(70)).await.unwrap();
            assert_eq!(hospital.sent, [1, 2, 3], "{code:?}");
            assert_eq!((risen.state.version, risen.state.revoke_before), (3, 70));
            assert!(risen.line().unwrap().contains("Another device"));
        }
    }

    #[tokio::test]
    async fn rise_should_end_when_other_devices_use_all_its_versions() {
        let mut hospital = Hospital {
            others: u32::MAX,
            ..Hospital::default()
        };
        let error = raise(&mut hospital, Some(70)).await.err().unwrap();
        assert!(error.to_string().contains("other devices"), "{error}");
        assert_eq!(hospital.sent.len(), MAX_TRIES as usize);
        assert_eq!(hospital.revoke_before, 0);
    }

    #[tokio::test]
    async fn rise_should_be_sent_once_when_nobody_else_raises() {
        let mut hospital = Hospital::default();
        let risen = raise(&mut hospital, Some(70)).await.unwrap();
        assert_eq!(hospital.sent, [1]);
        assert!(risen.line().is_none());
    }

    /// A rise of another device serves a command that revokes no grants by their time.
    #[tokio::test]
    async fn rise_of_another_device_should_hold_when_no_time_is_wanted() {
        let mut hospital = Hospital {
            others: 1,
            code: Some("VersionUsed"),
            ..Hospital::default()
        };
        let risen = raise(&mut hospital, None).await.unwrap();
        assert_eq!((risen.state.version, risen.taken), (1, 0));
    }

    #[tokio::test]
    async fn other_refusals_should_be_told_as_they_are() {
        struct Refuses;
        impl Place for Refuses {
            async fn state(&mut self) -> CliResult<LabelState> {
                Ok(LabelState::default())
            }

            async fn send(&mut self, _: LabelVersion, _: Moment) -> CliResult<()> {
                Err(CliError::Refused {
                    code: "PatientNotFound".into(),
                    message: "the account is not enrolled".into(),
                })
            }
        }
        let error = rise(&mut Refuses, None, Duration::from_secs(60)).await;
        let error = error.err().unwrap().to_string();
        assert!(error.contains("PatientNotFound"), "{error}");
    }

    #[test]
    fn next_version_should_not_wrap() {
        assert_eq!(next(0).ok(), Some(1));
        assert!(next(LabelVersion::MAX).is_err());
    }
}
