//! Search ignores the case of letters, whatever the locale of the database.

use serde_json::json;

use super::{is_there, made};
use crate::support::{Database, SmtpServer, TestApp, User};

/// Titles and notes, with words that must each find them. No word finds another entry.
const FOUND: [(&str, &[&str]); 11] = [
    ("INTERVALS 10 × 400", &["intervals", "Intervals", "INTERVALS", "400"]),
    ("along the isar", &["ISAR", "Isar"]),
    ("Runde um ZÜRICH", &["zürich", "Zürich", "ZU\u{308}RICH", "„zürich“"]),
    ("„Genève“–Lausanne…", &["genève", "GENÈVE", "lausanne", "LAUSANNE"]),
    ("Große Straße", &["straße", "STRASSE", "STRAẞE", "grosse"]),
    ("İSTANBUL", &["istanbul", "İstanbul", "ISTANBUL"]),
    ("ışık", &["IŞIK", "Işık"]),
    ("ΟΔΌΣ", &["οδός", "Οδόσ"]),
    ("вечерняя Пробежка", &["ПРОБЕЖКА", "ВЕЧЕРНЯЯ пробежка"]),
    ("ÅRHUS\u{a0}ØST 🏃\u{200d}♀\u{fe0f}", &["århus", "øst", "A\u{30a}rhus"]),
    ("ＦＵＬＬ ﬁnish", &["full", "FINISH"]),
];

async fn titles(app: &TestApp, user: &User, words: &str) -> Vec<String> {
    let query = serde_urlencoded::to_string([("q", words)]).unwrap();
    let page = app.get_as(user, &format!("/activities?{query}")).await.expect(200).json();
    let items = page["activities"].as_array().unwrap().iter();
    items.map(|item| item["title"].as_str().unwrap().to_owned()).collect()
}

#[actix_rt::test]
async fn words_are_found_in_every_case_in_every_locale() {
    for locale in ["C", "C.UTF-8", "tr_TR.UTF-8", "de_DE.UTF-8", "en_US.UTF-8"] {
        if !is_there(locale) {
            eprintln!("SKIPPED: this machine has no locale {locale}, and localedef cannot make it");
            continue;
        }
        let name = format!("locale_{}", locale.replace(['.', '-'], "_").to_lowercase());
        let options = format!("ENCODING 'UTF8' LC_COLLATE '{locale}' LC_CTYPE '{locale}'");
        let database = made(&name, &options).await;
        let app = TestApp::spawn_on(database, SmtpServer::start().await, &[]).await;
        let ann = app.user("ann@example.com").await;
        for (title, _) in FOUND {
            let body = json!({"activity_type": "run", "started_at": "2026-05-01T08:00:00Z",
                              "duration_secs": 600, "title": title});
            app.post_as(&ann, "/activities", &body).await.expect(201);
        }
        for (title, queries) in FOUND {
            for words in queries {
                assert_eq!(titles(&app, &ann, words).await, [title], "{words} in {locale}");
            }
        }
        has_folded_all(&app.database).await;
    }
}

/// Asserts that search treats capital and small letters of the common scripts alike.
async fn has_folded_all(database: &Database) {
    let letters = ('A'..='\u{58f}').filter(|letter| letter.to_lowercase().ne([*letter]));
    let pairs: Vec<String> =
        letters.map(|letter| format!("('{letter}', '{}')", letter.to_lowercase())).collect();
    assert!(pairs.len() > 300);
    let apart = format!(
        "SELECT string_agg(capital, ' ') FROM (VALUES {}) pairs (capital, small)
         WHERE fold_case(capital || '.') <> fold_case(small || '.')",
        pairs.join(", ")
    );
    assert_eq!(database.text(&apart).await, "");
}
