//! The error responses of each operation: the codes that its handler lists, and those that follow
//! from its parameters and body.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::StatusCode;
use serde_json::json;
use utoipa::{
    ToSchema,
    openapi::{
        Content, Header, ObjectBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder, Type,
        path::{Operation, ParameterIn},
    },
};

use super::paths::operations;
use crate::{
    error::ErrorCode::{self, *},
    http::known::ANY_PARAMETERS,
    server::finish::ErrorBody,
};

/// The extension with which a handler's documentation lists its own codes, as
/// `extensions(("x-error-codes" = json!([ErrorCode::…])))`.
const CODES: &str = "x-error-codes";

/// See <https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/>.
const HEADERS: [(&str, &str); 4] = [
    (REQUEST_ID, "The request's id, as in the server's log"),
    (RATE_LIMIT, "The remaining quota: `r` requests, and `t` seconds until it grows again"),
    (RATE_LIMIT_POLICY, "The limit: `q` requests in `w` seconds"),
    (RETRY_AFTER, "Seconds to wait before the next try"),
];

const REQUEST_ID: &str = "X-Request-Id";
const RATE_LIMIT: &str = "RateLimit";
const RATE_LIMIT_POLICY: &str = "RateLimit-Policy";
const RETRY_AFTER: &str = "Retry-After";

/// Error codes of an operation, by status.
type Codes = BTreeMap<u16, Vec<ErrorCode>>;

/// Adds the error responses of every operation, and the headers of every response.
///
/// Each status has one response among the components, with the codes that most operations have. An
/// operation with other codes lists its own.
pub fn complete(api: &mut OpenApi) {
    let codes: Vec<Codes> = api
        .paths
        .paths
        .values_mut()
        .flat_map(operations)
        .map(|operation| by_status(&codes_of(operation)))
        .collect();
    let usual = usual(&codes);
    for (operation, codes) in api.paths.paths.values_mut().flat_map(operations).zip(codes) {
        for response in operation.responses.responses.values_mut() {
            if let RefOr::T(response) = response {
                // The policy never changes, and every response has an id. Only errors list them,
                // to keep the document small.
                add_headers(response, &[RATE_LIMIT]);
            }
        }
        for (status, codes) in codes {
            let mut response = Ref::new(format!("#/components/responses/{}", name(status)));
            if usual.get(&status) != Some(&codes) {
                response.description = list(&codes);
            }
            operation.responses.responses.insert(status.to_string(), RefOr::Ref(response));
        }
    }
    let components = api.components.get_or_insert_default();
    for (header, description) in HEADERS {
        components.headers.insert(header.to_owned(), text_header(description));
    }
    for (status, codes) in usual {
        components.responses.insert(name(status), RefOr::T(error_response(status, &codes)));
    }
}

/// For each status, the codes that most operations have.
fn usual(codes: &[Codes]) -> Codes {
    let mut counts: BTreeMap<u16, BTreeMap<&[ErrorCode], usize>> = BTreeMap::new();
    for (status, codes) in codes.iter().flatten() {
        *counts.entry(*status).or_default().entry(codes).or_default() += 1;
    }
    let most = counts.into_iter().filter_map(|(status, counts)| {
        let (codes, _) = counts.into_iter().max_by_key(|(_, count)| *count)?;
        Some((status, codes.to_vec()))
    });
    most.collect()
}

/// The name of a status's response among the components, such as `NotFound`.
fn name(status: u16) -> String {
    let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    reason.map_or_else(|| format!("Status{status}"), |reason| reason.replace(' ', ""))
}

fn list(codes: &[ErrorCode]) -> String {
    codes.iter().map(|code| format!("`{code}`")).collect::<Vec<_>>().join(", ")
}

fn add_headers(response: &mut Response, headers: &[&str]) {
    for header in headers {
        let reference = Ref::new(format!("#/components/headers/{header}"));
        response.headers.insert((*header).to_owned(), RefOr::Ref(reference));
    }
}

fn codes_of(operation: &mut Operation) -> BTreeSet<ErrorCode> {
    let mut codes = BTreeSet::from([Internal, Busy, DatabaseUnavailable, RateLimited]);
    let own = operation.extensions.as_mut().and_then(|extensions| extensions.remove(CODES));
    let own = own.map(serde_json::from_value::<Vec<ErrorCode>>).and_then(Result::ok);
    codes.extend(own.unwrap_or_default());
    let extensions = operation.extensions.as_ref();
    if extensions.and_then(|extensions| extensions.get(ANY_PARAMETERS)).is_none() {
        codes.insert(InvalidParameter);
    }
    // Public operations have an empty security requirement.
    if operation.security.is_none() {
        codes.extend([MissingToken, InvalidAccessToken, InsufficientScope]);
        // Only logged-in users learn that their codes are no longer compared.
        if codes.contains(&InvalidCode) {
            codes.insert(CodesClosed);
        }
    }
    if operation.request_body.is_some() {
        codes.extend([MalformedJson, MalformedRequest, BodyTooLarge]);
        codes.extend([UnsupportedMediaType, ValidationFailed]);
    }
    for parameter in operation.parameters.iter().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        match parameter.parameter_in {
            ParameterIn::Path => codes.extend([NotFound]),
            ParameterIn::Query | ParameterIn::QueryString | ParameterIn::Header => {
                codes.extend([InvalidParameter]);
            }
            ParameterIn::Cookie => {}
        }
    }
    codes
}

fn by_status(codes: &BTreeSet<ErrorCode>) -> Codes {
    let mut statuses = Codes::new();
    for code in codes {
        statuses.entry(code.status().as_u16()).or_default().push(*code);
    }
    statuses
}

fn error_response(status: u16, codes: &[ErrorCode]) -> Response {
    let mut content = Content::new(Some(Ref::from_schema_name(ErrorBody::name())));
    content.example = codes.first().map(|code| {
        json!({
            "error": "The reason, in a sentence for people",
            "code": code,
            "request_id": "01a208d4-cd85-7417-88dc-1252c50e2c2e",
        })
    });
    let mut response = ResponseBuilder::new()
        .description(list(codes))
        .content("application/json", content)
        .build();
    add_headers(&mut response, &[REQUEST_ID, RATE_LIMIT, RATE_LIMIT_POLICY]);
    if matches!(status, 429 | 503) {
        add_headers(&mut response, &[RETRY_AFTER]);
    }
    response
}

fn text_header(description: &str) -> RefOr<Header> {
    let mut header = Header::new(ObjectBuilder::new().schema_type(Type::String));
    header.description = Some(description.to_owned());
    RefOr::T(header)
}
