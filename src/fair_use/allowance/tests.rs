//! Tests of allowances.

use super::*;

const SHORT: Duration = Duration::from_millis(20);

#[actix_rt::test]
async fn a_client_waits_for_itself_only() {
    let fair_use = FairUse::default();
    let [ann, bob] = [1, 2].map(|id| fair_use.allowance(Client::User(Uuid::from_u128(id))));
    let mut taken = Vec::new();
    for _ in 0..4 {
        taken.push(ann.take(Resource::Connection, 1, SHORT).await.unwrap());
    }
    assert_eq!(ann.take(Resource::Connection, 1, SHORT).await.unwrap_err().code, ErrorCode::Busy);
    bob.take(Resource::Connection, 1, SHORT).await.unwrap();
    taken.pop();
    ann.take(Resource::Connection, 1, SHORT).await.unwrap();
    drop((taken, ann, bob));
    fair_use.purge();
    assert!(fair_use.clients.lock().unwrap().is_empty());
}

#[actix_rt::test]
async fn a_client_that_does_not_read_gets_no_more() {
    let client = FairUse::default().allowance(Client::User(Uuid::nil()));
    let held = [client.hold_unread(4 << 20), client.hold_unread(1 << 20)];
    assert_eq!(client.admit(SHORT).await.unwrap_err().code, ErrorCode::Busy);
    drop(held);
    client.admit(SHORT).await.unwrap();
    assert_eq!(client.of(Resource::UnreadKib).available_permits(), 4096);
}

#[actix_rt::test]
async fn large_rows_are_read_one_at_a_time() {
    let client = FairUse::default().allowance(Client::User(Uuid::nil()));
    let first: Vec<_> = (0..16).map(|_| client.read(SHORT)).collect();
    let first = futures_util::future::join_all(first).await;
    assert!(first.iter().all(Result::is_ok));
    drop(first);
    client.answered(512 * 1024);
    let held = client.read(SHORT).await.unwrap();
    assert_eq!(client.read(SHORT).await.unwrap_err().code, ErrorCode::Busy);
    drop(held);
    (0..5).for_each(|_| client.answered(500));
    let _first = client.read(SHORT).await.unwrap();
    client.read(SHORT).await.unwrap();
}

#[actix_rt::test]
async fn those_who_wait_are_bounded() {
    let client = FairUse::default().allowance(Client::User(Uuid::nil()));
    client.waiting.store(MAX_WAITING, Relaxed);
    let all: Vec<_> = (0..16).map(|_| client.try_take(Resource::Follower, 1).unwrap()).collect();
    assert!(client.try_take(Resource::Follower, 1).is_none());
    let refused = client.take(Resource::Follower, 1, SHORT).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::RateLimited);
    assert_eq!(client.waiting.load(Relaxed), MAX_WAITING);
    drop(all);
}
