//! Metrics and health checks.

use serde_json::json;

use crate::support::{PASSWORD, Scrape, TestApp};

#[actix_rt::test]
async fn what_happened_is_counted() {
    let app = TestApp::spawn().await;
    let user = app.registered_user("ann@example.com").await;
    app.login("ann@example.com", PASSWORD).await.expect(200);
    for _ in 0..2 {
        app.login("ann@example.com", "not the password").await.expect(401);
    }
    let run =
        json!({"activity_type": "run", "started_at": "2026-05-04T08:00:00Z", "duration_secs": 60});
    for _ in 0..3 {
        app.post_as(&user, "/activities", &run).await.expect(201);
    }
    app.get_as(&user, "/activities/5f0c4f5e-0000-4000-8000-000000000000").await.expect(404);
    let metrics = Scrape::of(&app).await;
    for (series, expected) in [
        ("sports_log_users_registered_total", 1.0),
        ("sports_log_logins_total{method=\"local\",status=\"success\"}", 1.0),
        ("sports_log_logins_total{method=\"local\",status=\"failure\"}", 2.0),
        ("sports_log_activities_created_total", 3.0),
        (
            "sports_log_http_requests_total{endpoint=\"/activities\",method=\"POST\",status=\"201\"}",
            3.0,
        ),
        (
            "sports_log_http_requests_total{endpoint=\"/activities/{id}\",method=\"GET\",status=\"404\"}",
            1.0,
        ),
        (
            "sports_log_http_requests_duration_seconds_count{endpoint=\"/auth/login\",method=\"POST\",status=\"401\"}",
            2.0,
        ),
        ("sports_log_outbox_attempts_total{channel=\"email\",outcome=\"sent\"}", 1.0),
        ("sports_log_outbox_dead_total{channel=\"email\",class=\"permanent\"}", 0.0),
        ("sports_log_outbox_dead_total{channel=\"sms\",class=\"unconfirmed\"}", 0.0),
        ("sports_log_outbox_expired_total{channel=\"email\"}", 0.0),
        ("sports_log_outbox_unreachable_addresses{channel=\"sms\"}", 0.0),
        ("sports_log_outbox_breaker_open{channel=\"email\"}", 0.0),
        ("sports_log_outbox_lost_leases_total", 0.0),
        ("sports_log_delivery_restarts_total", 0.0),
        ("sports_log_delivery_actor_up{actor=\"relay\"}", 1.0),
        ("sports_log_delivery_actor_up{actor=\"sms\"}", 0.0),
        ("sports_log_logins_total{method=\"otp\",status=\"failure\"}", 0.0),
        ("sports_log_work_wait_seconds{work=\"import\"}", 0.0),
        ("sports_log_work_wait_seconds{work=\"garmin\"}", 0.0),
        ("sports_log_imports{status=\"waiting\"}", 0.0),
        ("sports_log_imports{status=\"running\"}", 0.0),
        ("sports_log_hashing_pending", 0.0),
        ("sports_log_hashing_seconds_count", 4.0),
        ("sports_log_db_pool_waiting{pool=\"http\"}", 0.0),
        ("sports_log_db_pool_connections{pool=\"http\",state=\"max\"}", 4.0),
    ] {
        assert_eq!(metrics.get(series), Some(expected), "{series}");
    }
    for series in [
        "process_cpu_seconds_total",
        "process_resident_memory_bytes",
        "process_virtual_memory_bytes",
        "process_threads",
        "sports_log_db_pool_connections{pool=\"http\",state=\"idle\"}",
        "sports_log_outbox_commit_to_sent_seconds_count",
    ] {
        assert!(metrics.get(series).is_some_and(|value| value >= 0.0), "{series}");
    }
}

#[actix_rt::test]
async fn unknown_paths_are_one_series() {
    let app = TestApp::spawn().await;
    for n in 0..5 {
        app.get(&format!("/nothing/{n}")).await.expect(404);
    }
    let series =
        "sports_log_http_requests_total{endpoint=\"unknown\",method=\"GET\",status=\"404\"}";
    assert_eq!(Scrape::of(&app).await.get(series), Some(5.0));
    assert!(!app.get("/metrics").await.text().contains("/nothing"));
}

#[actix_rt::test]
async fn health_and_readiness_are_different_questions() {
    let app = TestApp::spawn().await;
    assert_eq!(app.get("/healthz").await.expect(200).json()["status"], "ok");
    let ready = app.get("/readyz").await.expect(200).json();
    assert_eq!(
        ready,
        json!({
            "status": "ready", "database": "ok", "delivery": "ok",
            "actors": {"relay": "running", "otp": "running", "email": "running", "sms": "not_configured", "webhook": "running"},
        })
    );
}
