//! The error responses of each operation: the codes that its handler lists, and those that follow
//! from its parameters and body.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use utoipa::{
    ToSchema,
    openapi::{
        AllOfBuilder, Content, Header, ObjectBuilder, OpenApi, PathItem, Ref, RefOr, Response,
        ResponseBuilder, Type,
        path::{Operation, ParameterIn},
    },
};

use crate::{
    error::ErrorCode::{self, *},
    http::known::ANY_PARAMETERS,
    server::finish::ErrorBody,
};

/// The extension with which a handler's documentation lists its own codes, as
/// `extensions(("x-error-codes" = json!([ErrorCode::…])))`.
const CODES: &str = "x-error-codes";

/// See <https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/>.
const LIMIT_HEADERS: [(&str, &str); 2] = [
    ("RateLimit", "What is left: `r` requests, and `t` seconds until there is more"),
    ("RateLimit-Policy", "The limit: `q` requests in `w` seconds"),
];

/// Adds the error responses of every operation, and the headers of every response.
pub fn complete(api: &mut OpenApi) {
    for item in api.paths.paths.values_mut() {
        for operation in operations(item) {
            for (status, codes) in by_status(&codes_of(operation)) {
                let response = RefOr::T(error_response(status, &codes));
                operation.responses.responses.insert(status.to_string(), response);
            }
            for response in operation.responses.responses.values_mut() {
                if let RefOr::T(response) = response {
                    let header = text_header("The request's id, for logs and questions");
                    response.headers.insert("X-Request-Id".to_owned(), header);
                    for (name, description) in LIMIT_HEADERS {
                        response.headers.insert(name.to_owned(), text_header(description));
                    }
                }
            }
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch]
        .into_iter()
        .filter_map(Option::as_mut)
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

fn by_status(codes: &BTreeSet<ErrorCode>) -> BTreeMap<u16, Vec<ErrorCode>> {
    let mut statuses: BTreeMap<u16, Vec<ErrorCode>> = BTreeMap::new();
    for code in codes {
        statuses.entry(code.status().as_u16()).or_default().push(*code);
    }
    statuses
}

/// The error body, with `code` restricted to these codes.
fn error_response(status: u16, codes: &[ErrorCode]) -> Response {
    let names: Vec<String> = codes.iter().map(|code| format!("`{code}`")).collect();
    let of_these = ObjectBuilder::new().property(
        "code",
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(codes.iter().map(|code| json!(code)))),
    );
    let schema = AllOfBuilder::new().item(Ref::from_schema_name(ErrorBody::name())).item(of_these);
    let mut content = Content::new(Some(schema));
    content.example = codes.first().map(|code| example(*code));
    let mut response = ResponseBuilder::new()
        .description(names.join(", "))
        .content("application/json", content)
        .build();
    if matches!(status, 429 | 503) {
        let header = text_header("Seconds after which a retry makes sense");
        response.headers.insert("Retry-After".to_owned(), header);
    }
    response
}

fn example(code: ErrorCode) -> Value {
    json!({
        "error": "a sentence for people",
        "code": code,
        "request_id": "01a208d4-cd85-7417-88dc-1252c50e2c2e",
    })
}

fn text_header(description: &str) -> RefOr<Header> {
    let mut header = Header::new(ObjectBuilder::new().schema_type(Type::String));
    header.description = Some(description.to_owned());
    RefOr::T(header)
}
