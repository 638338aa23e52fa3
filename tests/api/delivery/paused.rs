//! A process is suspended past the end of its leases and then resumes: fault F14.

use nix::sys::signal::Signal;

use super::{STATES, enqueue_on, tally::Tally};
use crate::support::{
    Database, Scrape, SmtpServer, Stage, TestApp, process::Process, settings, until, until_selects,
};

#[actix_rt::test]
async fn a_replica_that_slept_past_its_leases_completes_nothing() {
    let (database, smtp) = (Database::new().await, SmtpServer::start().await);
    let in_flight = 3;
    let mut variables = settings(&database.url, smtp.port);
    variables.push(("DELIVERY_IN_FLIGHT", in_flight.to_string()));
    // An attempt that ended before the last one began would lose no lease.
    variables.push(("DELIVERY_DEADLINE_SECS", "8".to_owned()));
    variables.push(("DELIVERY_LEASE_SECS", "9".to_owned()));
    let sleeper = Process::start(&["serve"], &variables);
    let base = format!("http://127.0.0.1:{}", sleeper.port());
    smtp.hold(Some(Stage::Dot));
    enqueue_on(&database, 30).await;
    until("it is in the middle of sending", async || smtp.unanswered().len() == in_flight).await;
    sleeper.signal(Signal::SIGSTOP);
    smtp.hold(None);

    // Another server takes over the messages of the sleeper once their leases have expired.
    let app = TestApp::spawn_on(database, smtp, &[]).await;
    until_selects(&app.database, STATES, "sent 30").await;
    sleeper.signal(Signal::SIGCONT);
    let lost = async || {
        let answer =
            crate::support::send(actix_web::http::Method::GET, &base, "/metrics", &[], None);
        Scrape::read(&answer.await.expect(200).text()).count("sports_log_outbox_lost_leases_total")
    };
    until("the sleeper noticed", async || lost().await == in_flight as f64).await;
    assert_eq!(app.database.text(STATES).await, "sent 30");
    let tally = Tally::take("F14, asleep past its leases", &app.database, &app.smtp).await;
    assert_eq!(tally.lost, 0);
    assert!(tally.duplicated <= in_flight, "{} of {in_flight} in flight", tally.duplicated);
    let completed_by_it = "SELECT max(fence) FROM outbox";
    assert_eq!(app.database.text(completed_by_it).await, "2");
    drop(app);
    assert_eq!(sleeper.end(Signal::SIGTERM), Some(0));
}
