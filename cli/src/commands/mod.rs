// SPDX-License-Identifier: Apache-2.0
//! The commands: one file for each noun of the command line.

pub mod council;
pub mod doctor;
pub mod gateway;
pub mod hospital;
pub mod patient;
pub mod status;
pub mod validator;
