//! PostgreSQL: connections, pools, migrations, the schema. Independent of the domains.

mod backups;
pub mod clock;
mod columns;
mod connect;
mod errors;
mod fetch_one;
mod fixed_sql;
mod hosts;
mod inspection;
mod json_text;
mod locks;
pub mod migrations;
mod notifications;
mod point_reads;
mod pool;
pub mod schema;
mod session;
mod tls;
mod trust;
mod wire;

pub use backups::Backup;
pub use columns::Columns;
pub use connect::{ConnectError, Connector};
pub use errors::is_unknown_zone;
pub use fetch_one::FetchOne;
pub use fixed_sql::{FixedSql, fixed_query};
pub use inspection::{DatabaseError, Inspection, OLDEST_VERSION};
pub use json_text::JsonText;
pub use locks::lock_name;
pub use notifications::Notifications;
pub use point_reads::PointReads;
pub use pool::{Pool, PooledConnection};
