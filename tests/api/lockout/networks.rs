//! An IPv6 subscriber has many networks: attempts also count for the wider networks around an
//! address.

use super::{ANN, Client, PROXY};
use crate::support::{PASSWORD, TestApp};

#[actix_rt::test]
async fn wider_networks_have_larger_budgets_and_end() {
    let app = TestApp::spawn_with(&[PROXY, ("AUTH_LIMIT_ADDRESS", "2/15m")]).await;
    let guess = async |network: &str| {
        let client = Client::at(&app, format!("2001:db8:{network}::1"));
        client.guess("x@example.com", 1).await[0]
    };
    let mut statuses = Vec::new();
    for network in [
        // A /64 has two attempts, its /56 four, and its /48 eight.
        "1:1101", "1:1101", "1:1101", "1:1102", "1:1102", "1:1103", //
        "1:1201", "1:1201", "1:1301", "1:1301", "1:1401", //
        "2:1101",
    ] {
        statuses.push(guess(network).await);
    }
    assert_eq!(statuses, [401, 401, 429, 401, 401, 429, 401, 401, 401, 401, 429, 401]);
}

#[actix_rt::test]
async fn one_account_is_guessed_at_from_a_48_four_times_as_often_as_from_a_64() {
    let app = TestApp::spawn_with(&[PROXY, ("AUTH_LIMIT_IDENTIFIER", "1/15m")]).await;
    app.user(ANN).await;
    let mut statuses = Vec::new();
    for network in ["1100", "1100", "1101", "1102", "1200", "1300", "1400"] {
        let client = Client::at(&app, format!("2001:db8:1:{network}::1"));
        statuses.extend(client.guess(ANN, 1).await);
    }
    assert_eq!(statuses, [401, 429, 401, 429, 401, 401, 429]);
    Client::at(&app, "2001:db8:2::1").login(ANN, PASSWORD).await.expect(200);
}
