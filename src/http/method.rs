//! What all resources have in common: a deadline, and 405 with `Allow` for a wrong method.

use std::time::Duration;

use actix_web::{
    Error, HttpResponse, Resource, Route,
    body::{BoxBody, MessageBody},
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    guard,
    http::{Method, header},
    middleware::{Next, from_fn},
    web,
};

use crate::error::{ApiError, ErrorCode};

/// No request takes longer: whatever hangs behind it, the client gets an answer.
const DEADLINE: Duration = Duration::from_secs(30);

/// The resource at `path`. A GET route answers HEAD too; any other method gets 405 with `Allow`
/// (RFC 9110, section 15.5.6).
pub fn resource<const N: usize>(
    path: &str,
    routes: [(Method, Route); N],
) -> Resource<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<BoxBody>,
        Error = Error,
        InitError = (),
    >,
> {
    let mut allow: Vec<String> = routes.iter().map(|(method, _)| method.to_string()).collect();
    if allow.iter().any(|method| method == "GET") {
        allow.push("HEAD".to_owned());
    }
    let allow = allow.join(", ");
    let refuse = web::to(move || {
        std::future::ready(
            HttpResponse::MethodNotAllowed()
                .insert_header((header::ALLOW, allow.as_str()))
                .finish(),
        )
    });
    routes
        .into_iter()
        .fold(web::resource(path), |resource, (method, route)| {
            if method == Method::GET {
                resource.route(route.guard(guard::Any(guard::Get()).or(guard::Head())))
            } else {
                resource.route(route.method(method))
            }
        })
        .default_service(refuse)
        .wrap(from_fn(with_deadline))
}

/// Stands inside the routing: only from there on may a middleware keep hold of the request.
async fn with_deadline<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let http_request = request.request().clone();
    match tokio::time::timeout(DEADLINE, next.call(request)).await {
        Ok(response) => Ok(response?.map_into_boxed_body()),
        Err(_) => {
            let error = ApiError::new(ErrorCode::Busy, "this took too long; try again");
            Ok(ServiceResponse::from_err(error, http_request))
        }
    }
}
