//! Unions in the document: enums whose variants are objects, such as the outcomes of a batch.
//!
//! utoipa writes tagged variants inside the union, where they have no name. Here each becomes a
//! schema, and the tag a discriminator, so that generated clients have a type for each variant.

use std::collections::BTreeMap;

use utoipa::openapi::{
    Discriminator, Ref, RefOr, Schema,
    schema::{AnyOf, Object, OneOf},
};

type Schemas = BTreeMap<String, RefOr<Schema>>;

/// Names the variants of all tagged unions. Without a tag, the first variant that fits counts:
/// generated clients ignore unknown members, so that a whole activity is also a revision to them.
pub fn complete(schemas: &mut Schemas) {
    let mut variants = Schemas::new();
    for (union, schema) in schemas.iter_mut() {
        let RefOr::T(Schema::OneOf(one_of)) = schema else { continue };
        match tag(one_of) {
            Some(tag) => variants.extend(take_variants(union, one_of, tag)),
            None => *schema = RefOr::T(Schema::AnyOf(any_of(one_of))),
        }
    }
    schemas.extend(variants);
}

fn any_of(one_of: &mut OneOf) -> AnyOf {
    let mut any_of = AnyOf::new();
    any_of.items = std::mem::take(&mut one_of.items);
    any_of.schema_type = one_of.schema_type.clone();
    any_of.description = one_of.description.take();
    any_of
}

/// The member that has a single value in each variant.
fn tag(one_of: &OneOf) -> Option<String> {
    let (first, others) = one_of.items.split_first()?;
    let names = objects(first).flat_map(|object| object.properties.keys());
    let mut tags = names.filter(|name| {
        value(first, name).is_some() && others.iter().all(|other| value(other, name).is_some())
    });
    tags.next().cloned()
}

/// Replaces each variant with a reference, and returns them by name.
fn take_variants(union: &str, one_of: &mut OneOf, tag: String) -> Schemas {
    let mut variants = Schemas::new();
    let mut discriminator = Discriminator::new(tag);
    for item in &mut one_of.items {
        let Some(value) = value(item, &discriminator.property_name) else { continue };
        let name = format!("{union}{}", pascal_case(&value));
        let reference = Ref::from_schema_name(&name);
        discriminator.mapping.insert(value, reference.ref_location.clone());
        variants.insert(name, std::mem::replace(item, RefOr::Ref(reference)));
    }
    one_of.discriminator = Some(discriminator);
    variants
}

/// The only value of a variant's member.
fn value(variant: &RefOr<Schema>, member: &str) -> Option<String> {
    objects(variant).find_map(|object| match object.properties.get(member)? {
        RefOr::T(Schema::Object(member)) => match member.enum_values.as_deref()? {
            [value] => value.as_str().map(str::to_owned),
            _ => None,
        },
        _ => None,
    })
}

/// The objects that a variant is composed of.
fn objects(variant: &RefOr<Schema>) -> impl Iterator<Item = &Object> {
    let parts = match variant {
        RefOr::T(Schema::AllOf(all_of)) => all_of.items.as_slice(),
        other => std::slice::from_ref(other),
    };
    parts.iter().filter_map(|part| match part {
        RefOr::T(Schema::Object(object)) => Some(object),
        _ => None,
    })
}

/// `needs_login` as `NeedsLogin`.
fn pascal_case(name: &str) -> String {
    let words = name.split('_').filter_map(|word| {
        let (first, rest) = word.split_at_checked(1)?;
        Some(first.to_uppercase() + rest)
    });
    words.collect()
}
