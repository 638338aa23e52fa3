//! Parameters in the document. Those that several operations have are listed once, because the
//! document would be a quarter larger otherwise, and generated clients would have a type for each.

use std::collections::BTreeMap;

use utoipa::openapi::{
    OpenApi, Ref, RefOr, Schema,
    path::{Operation, Parameter},
};

use super::paths::operations;

/// Completes parameters whose type is an enum, then moves shared parameters to the components.
pub fn complete(api: &mut OpenApi) {
    let components = api.components.get_or_insert_default();
    let parameters = api.paths.paths.values_mut().flat_map(operations).flat_map(inline);
    parameters.for_each(|parameter| name_type(parameter, &components.schemas));

    let all = api.paths.paths.values_mut().flat_map(operations).flat_map(inline);
    let shared = shared(all.map(|parameter| &*parameter));
    for operation in api.paths.paths.values_mut().flat_map(operations) {
        for parameter in operation.parameters.iter_mut().flatten() {
            if let RefOr::T(own) = parameter
                && shared.get(&own.name) == Some(own)
            {
                let reference = format!("#/components/parameters/{}", own.name);
                *parameter = RefOr::Ref(Ref::new(reference));
            }
        }
    }
    let shared = shared.into_iter().map(|(name, parameter)| (name, RefOr::T(parameter)));
    components.parameters.extend(shared);
}

fn inline(operation: &mut Operation) -> impl Iterator<Item = &mut Parameter> {
    operation.parameters.iter_mut().flatten().filter_map(|parameter| match parameter {
        RefOr::T(parameter) => Some(parameter),
        RefOr::Ref(_) => None,
    })
}

/// Describes a parameter by its type if it has no description, and refers to the type if it is
/// among the schemas.
fn name_type(parameter: &mut Parameter, schemas: &BTreeMap<String, RefOr<Schema>>) {
    let Some(RefOr::T(Schema::Object(object))) = &parameter.schema else { return };
    if parameter.description.is_none() {
        parameter.description.clone_from(&object.description);
    }
    if object.enum_values.is_some()
        && let Some((name, _)) =
            schemas.iter().find(|(_, schema)| parameter.schema.as_ref() == Some(schema))
    {
        parameter.schema = Some(RefOr::Ref(Ref::from_schema_name(name)));
    }
}

/// The parameters of several operations, by name. If there are several of one name, the most
/// frequent.
fn shared<'a>(parameters: impl Iterator<Item = &'a Parameter>) -> BTreeMap<String, Parameter> {
    let mut counts: Vec<(&Parameter, usize)> = Vec::new();
    for parameter in parameters {
        match counts.iter_mut().find(|(known, _)| *known == parameter) {
            Some((_, count)) => *count += 1,
            None => counts.push((parameter, 1)),
        }
    }
    counts.retain(|(_, count)| *count > 1);
    counts.sort_by_key(|(_, count)| *count);
    counts.into_iter().map(|(parameter, _)| (parameter.name.clone(), parameter.clone())).collect()
}
