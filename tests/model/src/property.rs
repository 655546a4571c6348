// SPDX-License-Identifier: Apache-2.0
//! The claims about single states. `graph.rs` has the claims about runs.

use crate::{
    consortium::{Claim, Consortium},
    state::{Call, State, Verdict},
};
use stateright::Property;

type Condition = fn(&Consortium, &State) -> bool;

impl Claim {
    /// The claims that must hold in all states under free conduct.
    pub const SAFETY: [Self; 6] = [
        Self::AnchorNotBehind,
        Self::RegisteredNotAhead,
        Self::QuotaKept,
        Self::QuietDelegateHasRoom,
        Self::FlightBounded,
        Self::NoFailure,
    ];

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::AnchorNotBehind => "an anchor is never behind a registration of its account",
            Self::RegisteredNotAhead => "registered sequence <= anchored sequence",
            Self::QuotaKept => "the quota is never exceeded",
            Self::QuietDelegateHasRoom => "a quiet delegate has room",
            Self::FlightBounded => "registrations in flight are bounded",
            Self::NoFailure => "no honest registration fails",
            Self::NoWaste => "no honest registration pays for registered blocks",
            Self::NoLag => "no honest author is restricted for lag",
            Self::NeverRestricted => "no honest author is restricted",
            Self::LagBounded => "lag is bounded",
            Self::LaggardRestricted => "a laggard is restricted",
            Self::SomeLag => "example: restricted for lag",
            Self::SomeStale => "example: restricted for a stale anchor",
            Self::AllRestricted => "example: all are restricted",
            Self::SomeClockStands => "example: a lag clock stands",
            Self::SomeFullFlight => "example: maximum in flight",
            Self::SomeRefused => "example: refused for the quota",
        }
    }

    /// Whether the claim asks for one state only.
    pub fn is_example(self) -> bool {
        self.name().starts_with("example")
    }

    fn condition(self) -> Condition {
        match self {
            Self::AnchorNotBehind => |model, state| {
                all(model, state, |_, hospital| {
                    let is_anchor = |tx: &crate::Tx| matches!(tx.call, Call::Anchor { .. });
                    let place = hospital.queue.iter().position(is_anchor);
                    place.is_none_or(|place| hospital.queue[..place].iter().all(is_anchor))
                })
            },
            Self::RegisteredNotAhead => {
                |model, state| all(model, state, |_, hospital| hospital.ahead == 0)
            }
            Self::QuotaKept => |model, state| {
                all(model, state, |model, hospital| {
                    model.sizes.quota.is_none_or(|quota| {
                        if model.rules.shares {
                            hospital.used <= quota.reserve
                                && hospital.used_by_delegate <= quota.share
                        } else {
                            hospital.used <= quota.total
                        }
                    })
                })
            },
            Self::QuietDelegateHasRoom => |model, state| {
                all(model, state, |model, hospital| {
                    model.room_of_quiet_delegate(hospital) > 0
                })
            },
            Self::FlightBounded => |model, state| {
                all(model, state, |model, hospital| {
                    hospital.in_flight() <= model.sizes.flight as usize
                })
            },
            Self::NoFailure => |model, state| all(model, state, |_, hospital| !hospital.failed),
            Self::NoWaste => |model, state| all(model, state, |_, hospital| !hospital.wasted),
            Self::NoLag => |model, state| {
                all(model, state, |model, hospital| {
                    model.verdict(hospital) != Verdict::Lag
                })
            },
            Self::NeverRestricted => |model, state| {
                all(model, state, |model, hospital| {
                    model.verdict(hospital) == Verdict::Full
                })
            },
            Self::LagBounded => |model, state| {
                all(model, state, |model, hospital| {
                    hospital.waits.iter().all(|wait| wait.real <= model.bound)
                })
            },
            Self::LaggardRestricted => |model, state| {
                all(model, state, |model, hospital| {
                    model.verdict(hospital) != Verdict::Full
                        || hospital.waits.iter().all(|wait| wait.real <= model.bound)
                })
            },
            Self::SomeLag => |model, state| {
                let lags = |hospital| model.verdict(hospital) == Verdict::Lag;
                model.hospitals(state).iter().any(lags)
            },
            Self::SomeStale => |model, state| {
                let is_stale = |hospital| model.verdict(hospital) == Verdict::Stale;
                model.hospitals(state).iter().any(is_stale)
            },
            Self::AllRestricted => |model, state| {
                all(model, state, |model, hospital| {
                    model.verdict(hospital) != Verdict::Full
                })
            },
            Self::SomeClockStands => |model, state| {
                let stands = |hospital: &crate::Hospital| {
                    model.clock_stands(hospital) && !hospital.waits.is_empty()
                };
                model.hospitals(state).iter().any(stands)
            },
            Self::SomeFullFlight => |model, state| {
                let is_full = |hospital: &crate::Hospital| {
                    hospital.in_flight() == model.sizes.flight as usize
                };
                model.hospitals(state).iter().any(is_full)
            },
            Self::SomeRefused => |model, state| {
                let is_refused =
                    |hospital: &crate::Hospital| hospital.queue.iter().any(|tx| tx.lost);
                model.hospitals(state).iter().any(is_refused)
            },
        }
    }

    /// The claim for `stateright`.
    pub fn property(self) -> Property<Consortium> {
        if self.is_example() {
            Property::sometimes(self.name(), self.condition())
        } else {
            Property::always(self.name(), self.condition())
        }
    }
}

fn all(
    model: &Consortium,
    state: &State,
    condition: impl Fn(&Consortium, &crate::Hospital) -> bool,
) -> bool {
    let hospitals = model.hospitals(state);
    hospitals.iter().all(|hospital| condition(model, hospital))
}
