//! Binary bodies in the API document.

use utoipa::ToSchema;

/// The bytes of a file.
// Client generators turn `format: binary` into a file or a blob. The schema of `Vec<u8>` would be
// an array of numbers.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub struct Binary(pub Vec<u8>);
