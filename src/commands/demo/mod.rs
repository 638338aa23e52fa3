//! `dev --demo`: an account with two years of five sports.

mod files;
mod plan;
mod terrain;

use std::{fs, path::Path};

use chrono::{NaiveDate, Utc};

use self::plan::Plan;
use super::{CommandError, explained};
use crate::{
    accounts::operators::{self, NewAccount},
    config::Config,
    credentials::{EmailAddress, Memory, Password, PasswordHash},
    db::Connector,
    error::ApiError,
    imports::{folder::Input, local, store},
};

/// The credentials of the demo account.
pub const EMAIL: &str = "demo@example.com";
pub const PASSWORD: &str = "two years of five sports";

/// Creates the account and queues the import of its activities. False if the account already
/// exists.
pub async fn fill(config: &Config, folder: &Path) -> Result<bool, CommandError> {
    let email: EmailAddress = EMAIL.parse().map_err(|_| "no address")?;
    let mut conn = Connector::new(&config.database)?.connect().await?;
    let password = Password::accept(PASSWORD, Some(&email), "").map_err(|weak| weak.to_string())?;
    let hash = PasswordHash::compute(&password, &mut Memory::default()).map_err(explained)?;
    let made = operators::create(
        &mut conn,
        &email,
        &NewAccount { name: None, is_admin: true, password: Some(&hash) },
    )
    .await
    .map_err(explained)?;
    let Some(user_id) = made else { return Ok(false) };
    fs::create_dir_all(folder)?;
    let inputs = write(folder, Utc::now().date_naive())?;
    let received = local::receive(&mut conn, user_id, &inputs, |_| ()).await;
    fs::remove_dir_all(folder)?;
    let (id, bytes) = received.map_err(explained)?;
    store::submit_for(&conn, id, bytes).await.map_err(ApiError::from).map_err(explained)?;
    Ok(true)
}

/// Writes the files of the two years before `today` to the folder.
fn write(folder: &Path, today: NaiveDate) -> Result<Vec<Input>, CommandError> {
    let Plan { outings, lines, mut random } = Plan::until(today);
    let mut inputs = Vec::new();
    let mut add = |name: String, content: String| -> Result<(), CommandError> {
        let path = folder.join(name);
        fs::write(&path, content)?;
        inputs.push(Input::File(path));
        Ok(())
    };
    add("swims.csv".to_owned(), files::swims(&lines))?;
    add("strength.csv".to_owned(), files::strength(&lines))?;
    for outing in outings.iter().rev() {
        let moments = outing.route.run(outing.effort, outing.start, &mut random);
        add(format!("{}.gpx", outing.start.format("%Y-%m-%d")), files::gpx(outing, &moments))?;
    }
    Ok(inputs)
}
