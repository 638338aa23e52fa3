//! Functions and triggers, which are recreated after the steps. `migrations/programs` has their
//! current text.
//!
//! Functions that an index or a generated column uses are part of the steps instead.

use std::sync::LazyLock;

use diesel::{
    Connection, QueryableByName, RunQueryDsl,
    connection::SimpleConnection,
    migration,
    sql_types::{Binary, Bool, Text},
};
use sha2::{Digest, Sha256};

use super::{
    Harness,
    compatibility::{OWN_VERSION, is_newer},
};

/// The files of `migrations/programs` with their texts, in the order in which they are applied.
pub const FILES: [(&str, &str); 8] = [
    ("revisions.sql", include_str!("../../../migrations/programs/revisions.sql")),
    ("merging.sql", include_str!("../../../migrations/programs/merging.sql")),
    ("deletions.sql", include_str!("../../../migrations/programs/deletions.sql")),
    ("webhooks.sql", include_str!("../../../migrations/programs/webhooks.sql")),
    ("statistics.sql", include_str!("../../../migrations/programs/statistics.sql")),
    ("records.sql", include_str!("../../../migrations/programs/records.sql")),
    ("search.sql", include_str!("../../../migrations/programs/search.sql")),
    ("accounts.sql", include_str!("../../../migrations/programs/accounts.sql")),
];

static DIGEST: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut digest = Sha256::new();
    FILES.iter().for_each(|(_, text)| digest.update(text));
    digest.finalize().to_vec()
});

/// Drops everything that [`MARK`] has marked. Without CASCADE, so that an index or another object
/// that depends on a function is never dropped with it.
const DROP: &str = "DO $$
DECLARE
    made CONSTANT OID[] := ARRAY(
        SELECT oid FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
            AND obj_description(oid, 'pg_proc') LIKE 'migrations/programs/%');
    trigger RECORD;
BEGIN
    FOR trigger IN SELECT tgname, tgrelid::regclass AS of_table FROM pg_trigger WHERE tgfoid = ANY (made) LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', trigger.tgname, trigger.of_table);
    END LOOP;
    IF made <> '{}' THEN
        EXECUTE (SELECT 'DROP FUNCTION ' || string_agg(oid::regprocedure::text, ', ') FROM unnest(made) oid);
    END IF;
END $$";

/// Comments each function that this transaction has created, and that has no comment, with the name
/// of its file.
const MARK: &str = "DO $$
DECLARE
    program TEXT;
BEGIN
    FOR program IN
        SELECT oid::regprocedure::text FROM pg_proc
        WHERE pronamespace = current_schema()::regnamespace AND xmin = pg_current_xact_id()::xid
            AND obj_description(oid, 'pg_proc') IS NULL
    LOOP
        EXECUTE format('COMMENT ON FUNCTION %s IS %L', program, 'migrations/programs/@');
    END LOOP;
END $$";

/// Whether the database has this server's programs, or those of a newer one: two versions that run
/// side by side must not replace each other's programs at every start.
pub fn are_current(connection: &mut Harness) -> migration::Result<bool> {
    #[derive(QueryableByName)]
    struct Table {
        #[diesel(sql_type = Bool)]
        is_there: bool,
    }
    #[derive(QueryableByName)]
    struct Made {
        #[diesel(sql_type = Binary)]
        digest: Vec<u8>,
        #[diesel(sql_type = Text)]
        server: String,
    }
    let table = "SELECT to_regclass('programs') IS NOT NULL AS is_there";
    let table: Vec<Table> = diesel::sql_query(table).load(connection)?;
    if !table.iter().any(|table| table.is_there) {
        return Ok(false);
    }
    let made: Vec<Made> =
        diesel::sql_query("SELECT digest, server FROM programs").load(connection)?;
    Ok(made.iter().any(|made| made.digest == *DIGEST || is_newer(&made.server, OWN_VERSION)))
}

/// Replaces the database's programs with this server's.
pub fn make(connection: &mut Harness) -> migration::Result<()> {
    connection.transaction(|connection| {
        connection.batch_execute(DROP)?;
        for (name, text) in FILES {
            connection.batch_execute(text)?;
            connection.batch_execute(&MARK.replace('@', name))?;
        }
        diesel::sql_query("DELETE FROM programs").execute(connection)?;
        diesel::sql_query("INSERT INTO programs (digest, server) VALUES ($1, $2)")
            .bind::<Binary, _>(&*DIGEST)
            .bind::<Text, _>(OWN_VERSION)
            .execute(connection)?;
        Ok(())
    })
}

/// Drops all programs, before steps are reverted.
pub fn drop(connection: &mut Harness) -> migration::Result<()> {
    Ok(connection.batch_execute(DROP)?)
}
