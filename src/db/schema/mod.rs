//! The tables as diesel knows them. A test compares them with the migrated database.

mod accounts;
mod garmin;
mod log;
mod outgoing;
mod statistics;
mod uploads;
mod wide;

pub use self::{accounts::*, garmin::*, log::*, outgoing::*, statistics::*, uploads::*};

diesel::joinable!(profiles -> users (user_id));
diesel::joinable!(privacy_places -> users (user_id));
diesel::joinable!(privacy_zones -> users (user_id));
diesel::joinable!(oauth_connections -> users (user_id));
diesel::joinable!(local_credentials -> users (user_id));
diesel::joinable!(registrations -> users (user_id));
diesel::joinable!(invitations -> users (user_id));
diesel::joinable!(otp_challenges -> users (user_id));
diesel::joinable!(personal_tokens -> sessions (id));
diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(activities -> users (user_id));
diesel::joinable!(activity_feeds -> users (user_id));
diesel::joinable!(activity_tombstones -> users (user_id));
diesel::joinable!(deleted_names -> users (user_id));
diesel::joinable!(activities -> originals (original_id));
diesel::joinable!(activity_streams -> activities (activity_id));
diesel::joinable!(activity_efforts -> activities (activity_id));
diesel::joinable!(announced_records -> activities (activity_id));
diesel::joinable!(activity_days -> users (user_id));
diesel::joinable!(goals -> users (user_id));
diesel::joinable!(originals -> users (user_id));
diesel::joinable!(imports -> users (user_id));
diesel::joinable!(import_parts -> imports (import_id));
diesel::joinable!(import_files -> imports (import_id));
diesel::joinable!(garmin_connections -> users (user_id));
diesel::joinable!(garmin_activities -> garmin_connections (connection_id));
diesel::joinable!(garmin_events -> garmin_connections (connection_id));
diesel::joinable!(idempotent_answers -> users (user_id));
diesel::joinable!(webhooks -> users (user_id));
diesel::joinable!(webhook_deliveries -> webhooks (webhook_id));
diesel::joinable!(webhook_deliveries -> webhook_events (event_id));
diesel::joinable!(outbox -> users (user_id));
diesel::joinable!(account_exports -> users (user_id));
diesel::joinable!(shares -> users (user_id));

diesel::allow_tables_to_appear_in_same_query!(
    users,
    profiles,
    privacy_places,
    privacy_zones,
    oauth_connections,
    local_credentials,
    registrations,
    invitations,
    otp_challenges,
    sessions,
    personal_tokens,
    auth_events,
    spent_oauth_states,
    activities,
    activity_feeds,
    activity_tombstones,
    deleted_names,
    activity_streams,
    activity_days,
    activity_efforts,
    announced_records,
    goals,
    originals,
    imports,
    import_parts,
    import_chunks,
    import_files,
    garmin_connections,
    garmin_activities,
    garmin_events,
    idempotent_answers,
    webhooks,
    webhook_deliveries,
    webhook_events,
    outbox,
    throttles,
    daily_budgets,
    failure_runs,
    backups,
    oldest_server,
    programs,
    account_exports,
    account_export_chunks,
    shares,
);
