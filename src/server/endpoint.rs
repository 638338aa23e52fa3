//! An endpoint: one path, with a handler and its documentation for each method.
//!
//! All endpoints have in common: a deadline, rejection of undocumented parameters and unsupported
//! `If-Match`, HEAD wherever there is GET, and 405 with `Allow` for any other method.

use std::{collections::BTreeMap, time::Duration};

use actix_web::{
    Error, HttpMessage, HttpResponse, Route,
    body::{BoxBody, EitherBody, MessageBody},
    dev::{AppService, HttpServiceFactory, ServiceRequest, ServiceResponse},
    guard,
    http::{Method, header},
    middleware::{Next, from_fn},
    web,
};
use utoipa::{
    Path,
    openapi::{HttpMethod, RefOr, Schema, path::Paths},
};
use utoipa_actix_web::OpenApiFactory;

use crate::{
    error::{ApiError, ErrorCode},
    http::known::{self, UnknownParameter},
};

/// The operation without a deadline: an upload takes as long as the client needs, and
/// limits that itself.
const UPLOADS: (Method, &str) = (Method::POST, "/imports");

/// The deadline of all other requests, whatever blocks them. A little more than the longest time
/// that a client may ask to wait.
const DEADLINE: Duration = Duration::from_secs(40);

type Schemas = Vec<(String, RefOr<Schema>)>;

/// One path with all its methods. Created by [`endpoints`].
#[derive(Default)]
pub struct Endpoint {
    path: String,
    routes: Vec<(Method, Route)>,
    /// Factories, called only to create the document, so that a server that only serves requests
    /// does not keep it in memory.
    documentation: Vec<Box<dyn OpenApiFactory>>,
}

/// A handler with its documentation. The macro `operations!` calls this with functions that have
/// `#[utoipa::path]`.
pub fn operation<D: Path + OpenApiFactory + 'static>(route: Route, documentation: D) -> Endpoint {
    let method = D::methods().into_iter().next().map_or(Method::GET, |method| match method {
        HttpMethod::Get => Method::GET,
        HttpMethod::Post => Method::POST,
        HttpMethod::Put => Method::PUT,
        HttpMethod::Delete => Method::DELETE,
        HttpMethod::Patch => Method::PATCH,
        HttpMethod::Head => Method::HEAD,
        HttpMethod::Options => Method::OPTIONS,
        HttpMethod::Trace => Method::TRACE,
    });
    Endpoint {
        path: D::path(),
        routes: vec![(method, route)],
        documentation: vec![Box::new(documentation)],
    }
}

/// Groups operations by path. A fixed path comes before one with a parameter in the same place,
/// because `{` sorts after every letter, and `{token}.svg` before `{token}`, which would match it.
pub fn endpoints(operations: Vec<Endpoint>) -> impl Iterator<Item = Endpoint> {
    let mut endpoints: BTreeMap<String, Endpoint> = BTreeMap::new();
    for operation in operations {
        // The end of the path sorts after everything else.
        let endpoint = endpoints.entry(format!("{}~", operation.path)).or_default();
        endpoint.path = operation.path;
        endpoint.routes.extend(operation.routes);
        endpoint.documentation.extend(operation.documentation);
    }
    endpoints.into_values()
}

impl OpenApiFactory for Endpoint {
    fn paths(&self) -> Paths {
        self.documentation.iter().fold(Paths::new(), |mut paths, operation| {
            paths.merge(operation.paths());
            paths
        })
    }

    fn schemas(&self, schemas: &mut Schemas) {
        self.documentation.iter().for_each(|operation| operation.schemas(schemas));
    }
}

impl HttpServiceFactory for Endpoint {
    fn register(self, config: &mut AppService) {
        let mut allow: Vec<_> =
            self.routes.iter().map(|(method, _)| method.as_str().to_owned()).collect();
        if allow.iter().any(|method| method == "GET") {
            allow.push("HEAD".to_owned());
        }
        let allow = allow.join(", ");
        // RFC 9110, section 15.5.6.
        let refuse = web::to(move || {
            std::future::ready(
                HttpResponse::MethodNotAllowed()
                    .insert_header((header::ALLOW, allow.as_str()))
                    .finish(),
            )
        });
        self.routes
            .into_iter()
            .fold(web::resource(self.path), |resource, (method, route)| {
                if method == Method::GET {
                    resource.route(route.guard(guard::Any(guard::Get()).or(guard::Head())))
                } else {
                    resource.route(route.method(method))
                }
            })
            .default_service(refuse)
            .wrap(from_fn(with_deadline))
            .wrap(from_fn(with_known_parameters))
            .register(config);
    }
}

async fn with_known_parameters<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let http_request = request.request();
    let checked =
        known::check_query(http_request).and_then(|()| known::check_if_match(http_request));
    if let Err(error) = checked {
        if !known::is_guarded(http_request) {
            let refused = ServiceResponse::from_err(error, http_request.clone());
            return Ok(refused.map_into_right_body());
        }
        request.extensions_mut().insert(UnknownParameter(error));
    }
    Ok(next.call(request).await?.map_into_left_body())
}

/// Runs inside the routing: only there may a middleware keep a reference to the request.
async fn with_deadline<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if (request.method(), request.path()) == (&UPLOADS.0, UPLOADS.1) {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let http_request = request.request().clone();
    match tokio::time::timeout(DEADLINE, next.call(request)).await {
        Ok(response) => Ok(response?.map_into_boxed_body()),
        Err(_) => {
            let error = ApiError::new(ErrorCode::Busy, "the request took too long; try again");
            Ok(ServiceResponse::from_err(error, http_request))
        }
    }
}
