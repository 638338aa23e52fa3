//! The operations of a path.

use utoipa::openapi::{PathItem, path::Operation};

/// Returns the operations of a path, whatever their methods.
pub fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch]
        .into_iter()
        .filter_map(Option::as_mut)
}
