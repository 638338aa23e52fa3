//! The ways in through providers: Google, Facebook, any OpenID provider. One account can have many.

mod attempt;
pub mod connections;
mod facebook;
mod grant;
mod graph_error;
mod handlers;
mod id_token;
mod identity;
mod key_set;
mod metadata;
mod openid;
mod outbound;
mod provider;
mod providers;
pub mod respond;
mod service;
mod signed;
pub mod store;
mod token_cipher;
mod tokens;
mod types;

pub use attempt::Attempt;
pub use grant::{Endpoints, Grant};
pub use handlers::*;
pub use identity::{ProviderIdentity, ProviderTokens};
pub use outbound::{CallError, Outbound};
pub use provider::Provider;
pub use providers::Providers;
pub use service::{Start, read_code, spend};
pub use token_cipher::TokenCipher;
pub use tokens::reencrypt;
pub use types::CallbackParams;

/// A login that is under way.
pub type LoginAttempt = Attempt<Provider>;
