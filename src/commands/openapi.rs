//! `openapi`: prints the API reference without a server.

use super::CommandResult;
use crate::server::openapi::document;

/// Prints the OpenAPI document as JSON.
pub fn openapi() -> CommandResult {
    println!("{}", document().to_pretty_json()?);
    Ok(())
}
