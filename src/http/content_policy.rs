//! `Content-Security-Policy` of HTML pages and pictures.

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

/// The hash that allows an inline script or style in a policy.
pub fn source_hash(source: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(source)))
}
