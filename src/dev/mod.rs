//! Local replacements for services on a development machine: a private PostgreSQL cluster,
//! generated keys, a mailbox folder. The tests use the same cluster. Independent of the API.

mod binaries;
mod cluster;
mod error;
mod home;
mod run_as;

pub use binaries::Binaries;
pub use cluster::{Cluster, Durability};
pub use error::ClusterError;
pub use home::Home;
