// SPDX-License-Identifier: Apache-2.0
//! The first members, and the check of a genesis that names them.

use crate::{pallet::*, GenesisHospital};
use alloc::{
    format,
    string::{String, ToString},
};
use bspp_peks::X25519Public;
use bspp_primitives::genesis::DistinctFields;
use sp_runtime::{DispatchError, DispatchResult};

/// Checks the members of a genesis.
///
/// Identifiers, keys and accounts are distinct, every key is usable, and the council has a member.
///
/// # Errors
///
/// A sentence with the path of the field, such as `hospitals[1].operator: the account is also
/// hospitals[0].operator`.
pub fn check<AccountId: Ord>(
    hospitals: &[GenesisHospital<AccountId>],
    council: &[AccountId],
) -> Result<(), String> {
    let mut identifiers = DistinctFields::new();
    let mut keys = DistinctFields::new();
    let mut accounts = DistinctFields::new();
    for (n, hospital) in hospitals.iter().enumerate() {
        let at = |field: &str| format!("hospitals[{n}].{field}");
        identifiers.note(hospital.id, at("id"), "the identifier")?;
        let path = at("encryptionKey");
        if X25519Public(hospital.encryption_key.0).is_small_order() {
            return Err(format!("{path}: the key is zero or of small order"));
        }
        keys.note(hospital.encryption_key, path, "the key")?;
        accounts.note(&hospital.operator, at("operator"), "the account")?;
        if let Some(anchorer) = &hospital.anchorer {
            accounts.note(anchorer, at("anchorer"), "the account")?;
        }
        let lists = [
            ("validators", &hospital.validators),
            ("requesters", &hospital.requesters),
        ];
        for (field, list) in lists {
            for (m, account) in list.iter().enumerate() {
                accounts.note(account, at(&format!("{field}[{m}]")), "the account")?;
            }
        }
    }
    for (n, member) in council.iter().enumerate() {
        accounts.note(member, format!("council[{n}]"), "the account")?;
    }
    if council.is_empty() {
        return Err("council: the list is empty".to_string());
    }
    Ok(())
}

/// An error of the pallet in the field `path`.
fn in_field(path: String) -> impl FnOnce(DispatchError) -> String {
    move |error| format!("{path}: {}", <&'static str>::from(error))
}

impl<T: Config> Pallet<T> {
    /// Builds the first state.
    ///
    /// Keys are in force from the first month on, because there is no time at genesis. Validators
    /// count as admitted with the council's word on their hospital's share.
    ///
    /// # Errors
    ///
    /// A sentence with the path of the field.
    pub(crate) fn build_genesis(genesis: &GenesisConfig<T>) -> Result<(), String> {
        UpgradeDelay::<T>::put(genesis.upgrade_delay);
        // The default genesis has no members. No chain begins with it.
        if genesis.hospitals.is_empty() && genesis.council.is_empty() {
            return Ok(());
        }
        check(&genesis.hospitals, &genesis.council)?;
        for (n, hospital) in genesis.hospitals.iter().enumerate() {
            Self::build_hospital(hospital).map_err(in_field(format!("hospitals[{n}]")))?;
        }
        Self::do_set_council(genesis.council.clone(), None)
            .map_err(in_field("council".to_string()))?;
        Ok(())
    }

    fn build_hospital(hospital: &GenesisHospital<T::AccountId>) -> DispatchResult {
        let GenesisHospital {
            id,
            operator,
            encryption_key,
            validators,
            requesters,
            anchorer,
        } = hospital;
        Self::do_add_hospital(*id, operator.clone(), encryption_key.0, 0)?;
        for validator in validators {
            Self::do_add_validator(*id, validator)?;
        }
        for requester in requesters {
            Self::do_add_requester(*id, requester)?;
        }
        Self::do_set_anchorer(*id, anchorer.as_ref())
    }
}
