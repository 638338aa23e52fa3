//! Providers whose answers arrive slowly, with extra data, or not at all.

use super::{ANN, begin, come_back, spawn};
use crate::support::{
    Answer, TestApp,
    graph::Facebook,
    openid::Person,
    peer::{Manner, ODD_MANNERS, Peer},
};

/// A server that reaches Facebook through a peer. Browsers go there directly.
async fn through_a_peer() -> (TestApp, Facebook, Peer) {
    let facebook = Facebook::start().await;
    let peer = Peer::before(&facebook.base);
    let mut settings = peer.instead_of(&facebook.base, facebook.settings());
    settings.retain(|(name, _)| *name != "FACEBOOK_DIALOG_URL");
    settings.push(("FACEBOOK_DIALOG_URL", format!("{}/dialog/oauth", facebook.base)));
    (spawn(&settings).await, facebook, peer)
}

async fn log_in(app: &TestApp, facebook: &Facebook) -> Answer {
    facebook.log_in(Person::new("f1", ANN));
    let begun = begin(app, "/auth/login/facebook").await;
    let returned = facebook.visit(&begun.location).await;
    come_back(app, &returned, &begun.cookie).await
}

#[actix_rt::test]
async fn an_answer_that_comes_oddly_means_what_it_says() {
    let (app, facebook, peer) = through_a_peer().await;
    for manner in ODD_MANNERS {
        peer.usually(manner);
        let answer = log_in(&app, &facebook).await;
        assert_eq!(answer.status, 200, "{manner:?}: {}", answer.text());
    }
}

#[actix_rt::test]
async fn what_is_no_answer_is_the_providers_fault() {
    let (app, facebook, peer) = through_a_peer().await;
    for manner in [
        Manner::CutOff,
        Manner::Instead(""),
        Manner::Instead("220 ftp.example\r\n"),
        Manner::Instead("HTTP/1.1 101 Switching Protocols\r\n\r\n"),
        Manner::Instead("HTTP/1.1 200 OK\r\n\r\n<html>Log in</html>"),
        Manner::Instead("HTTP/1.1 200 OK\r\n\r\n{\"access_token\": null}"),
        Manner::Instead("HTTP/1.1 204 No Content\r\n\r\n"),
        Manner::EndlessHead,
        Manner::EndlessInterim,
    ] {
        peer.usually(manner);
        log_in(&app, &facebook).await.expect_error(502, "provider_error");
    }
    peer.usually(Manner::AsItIs);
    log_in(&app, &facebook).await.expect(200);
}
