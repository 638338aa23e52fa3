//! OAuth 2 and OpenID Connect client: endpoints, requests, identities. Independent of
//! SQL and accounts.

pub mod attempt;
mod callback;
mod facebook;
pub mod grant;
mod graph_error;
mod id_token;
mod identity;
mod key_set;
mod metadata;
mod openid;
mod outbound;
mod provider;
mod registry;
mod signed;
mod token_cipher;

pub use attempt::{AuthorizationRequest, LoginAttempt};
pub use callback::CallbackParams;
pub use grant::{Endpoints, Grant};
pub use identity::{ProviderIdentity, ProviderTokens};
pub use outbound::{CallError, Outbound};
pub use provider::Provider;
pub use registry::Providers;
pub use token_cipher::TokenCipher;
