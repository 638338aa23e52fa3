//! Every route of the service, in one place.

use actix_web::{
    http::Method,
    web::{self, ServiceConfig},
};

use super::{health, method::resource, pages};
use crate::{
    accounts::{self, access, phone},
    activities,
    auth::{
        audit, local,
        oauth::{self, connections},
        otp, reauth, sessions,
    },
};

/// Registers all routes. `/metrics` is answered by the metrics middleware.
pub fn configure(app: &mut ServiceConfig) {
    const GET: Method = Method::GET;
    const POST: Method = Method::POST;
    const PUT: Method = Method::PUT;
    const DELETE: Method = Method::DELETE;

    app.service(resource("/healthz", [(GET, web::to(health::healthz))]))
        .service(resource("/readyz", [(GET, web::to(health::readyz))]))
        .service(resource("/verify-email", [(GET, web::to(pages::verify_email))]))
        .service(resource("/reset-password", [(GET, web::to(pages::reset_password))]))
        .service(resource("/auth/register", [(POST, web::to(local::register))]))
        .service(resource("/auth/verify-email", [(POST, web::to(local::verify_email))]))
        .service(resource(
            "/auth/resend-verification",
            [(POST, web::to(local::resend_verification))],
        ))
        .service(resource("/auth/login", [(POST, web::to(local::login))]))
        .service(resource("/auth/forgot-password", [(POST, web::to(local::forgot_password))]))
        .service(resource("/auth/reset-password", [(POST, web::to(local::reset_password))]))
        .service(resource("/auth/otp/request", [(POST, web::to(otp::request))]))
        .service(resource("/auth/otp/verify", [(POST, web::to(otp::verify))]))
        .service(resource("/auth/login/{provider}", [(GET, web::to(oauth::login))]))
        .service(resource("/auth/callback/{provider}", [(GET, web::to(oauth::callback))]))
        .service(resource("/auth/refresh", [(POST, web::to(sessions::refresh))]))
        .service(resource("/auth/logout", [(POST, web::to(sessions::logout))]))
        .service(resource(
            "/me/sessions",
            [(GET, web::to(sessions::list)), (DELETE, web::to(sessions::end_others))],
        ))
        .service(resource("/me/security-events", [(GET, web::to(audit::list))]))
        .service(resource("/me/connections", [(GET, web::to(connections::list))]))
        .service(resource(
            "/me/connections/{provider}",
            [
                (GET, web::to(connections::look)),
                (POST, web::to(connections::start)),
                (DELETE, web::to(connections::unlink)),
            ],
        ))
        .service(resource("/me/sessions/{id}", [(DELETE, web::to(sessions::end))]))
        .service(resource(
            "/me",
            [(GET, web::to(accounts::get_me)), (DELETE, web::to(access::delete_account))],
        ))
        .service(resource("/me/password", [(PUT, web::to(access::change_password))]))
        .service(resource("/me/email", [(PUT, web::to(access::change_email))]))
        .service(resource("/me/email/confirm", [(POST, web::to(access::confirm_email))]))
        .service(resource("/me/otp", [(POST, web::to(reauth::request_code))]))
        .service(resource("/me/profile", [(PUT, web::to(accounts::update_profile))]))
        .service(resource("/me/preferences", [(PUT, web::to(accounts::patch_preferences))]))
        .service(resource("/me/phone/verification", [(POST, web::to(phone::request))]))
        .service(resource("/me/phone/verification/confirm", [(POST, web::to(phone::confirm))]))
        .service(resource(
            "/activities",
            [(GET, web::to(activities::list)), (POST, web::to(activities::create))],
        ))
        .service(resource(
            "/activities/{id}",
            [
                (GET, web::to(activities::get)),
                (PUT, web::to(activities::update)),
                (DELETE, web::to(activities::delete)),
            ],
        ));
}
