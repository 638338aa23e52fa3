//! All routes of the server. Method and path are in the documentation of each handler.

use super::{
    docs,
    endpoint::{Endpoint, endpoints, operation},
    health, in_order, pages, web,
};
use crate::{
    account_export,
    accounts::{self, access, phone},
    activities::{
        self, batch, changes, efforts, export, merging, originals, sports, streams, track_file,
    },
    auth::{
        audit, invitations, local, login_methods,
        oauth::{self, connections},
        otp, reauth, sessions, tokens,
    },
    goals, imports,
    integrations::{garmin, health_auto_export},
    pictures, privacy, reprocess, shares,
    stats::{records, streaks, summary},
    webhooks,
};

/// Lists handlers by module, each with the documentation that utoipa generates for it.
macro_rules! operations {
    ($($module:ident { $($handler:ident),+ $(,)? })+) => {
        pastey::paste! {
            vec![$($(operation(in_order::to($module::$handler), $module::[<__path_ $handler>]),)+)+]
        }
    };
}

/// All endpoints, for the server and for the API document.
pub fn routes() -> impl Iterator<Item = Endpoint> {
    endpoints(operations! {
            health { healthz, readyz, metrics }
            docs { openapi, page, file }
            pages { verify_email_page, reset_password_page }
            web { client, client_file, client_file_in_folder }
            local {
                register, verify_email, resend_verification, login, forgot_password, reset_password,
            }
            login_methods { list_login_methods }
            otp { request, verify }
            oauth { login, callback }
            sessions { refresh, logout, list, end, end_others }
            connections { list, check, start, unlink }
            audit { list }
            reauth { request_code }
            tokens { create, list, delete }
            invitations { create, list, delete }
            accounts { get_me, update_profile, patch_preferences }
            access { change_password, change_email, confirm_email, delete_account }
            phone { set, request, confirm }
            privacy { list, replace }
            webhooks { create, list, update, delete, deliveries, replay, test }
            activities { list, create, get, update, delete }
            imports { create, list, get, cancel, events }
            health_auto_export { health_auto_export }
            garmin { get, connect, disconnect, authorize, callback, sync, webhook }
            account_export { create, get, download, delete }
            batch { create_many }
            changes { changes }
            export { export }
            sports { activity_types }
            streams { streams, track }
            originals { original }
            merging { unmerge }
            reprocess { reprocess }
            track_file { track_file }
            efforts { efforts }
            goals { create, list, get, update, delete }
            summary { summary }
            streaks { streaks }
            records { records }
            pictures {
                route_svg, route_png, chart_svg, chart_png, heatmap_svg, heatmap_png, weekly_svg, weekly_png,
            }
            shares { create, list, delete, shared_svg, shared_png, shared_ics, shared_atom, shared_page }
    })
}
