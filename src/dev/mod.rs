//! What a development machine has in place of services: a private PostgreSQL cluster, keys made
//! once, a mailbox folder. The tests use the same cluster. Knows nothing of the API.

mod binaries;
mod cluster;
mod error;
mod home;
mod run_as;

pub use binaries::Binaries;
pub use cluster::{Cluster, Durability};
pub use error::ClusterError;
pub use home::{Home, names};
