//! A type's list of columns, whose SQL is generated only once.
//!
//! diesel-async generates a statement's text at each execution, also for prepared statements. Most
//! of the text is column names, each quoted in a separate string. For a type with many columns this
//! is a noticeable part of the cost of reading a row.

use std::{marker::PhantomData, sync::OnceLock};

use diesel::{
    QueryResult, Selectable,
    dsl::AsSelect,
    expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping},
    pg::{Pg, PgQueryBuilder},
    query_builder::{AstPass, QueryBuilder, QueryFragment, QueryId},
};

/// Stored in a static; a reference to it is used instead of `T::as_select()` and
/// `T::as_returning()`.
pub struct Columns<T> {
    sql: OnceLock<String>,
    of: PhantomData<fn() -> T>,
}

impl<T> Columns<T> {
    /// The SQL is generated on first use.
    pub const fn unwritten() -> Self {
        Self { sql: OnceLock::new(), of: PhantomData }
    }
}

impl<T: Selectable<Pg>> QueryFragment<Pg> for Columns<T>
where
    T::SelectExpression: QueryFragment<Pg>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        if let Some(sql) = self.sql.get() {
            out.push_sql(sql);
            return Ok(());
        }
        let mut written = PgQueryBuilder::default();
        T::construct_selection().to_sql(&mut written, &Pg)?;
        out.push_sql(self.sql.get_or_init(|| written.finish()));
        Ok(())
    }
}

impl<T: Selectable<Pg>> Expression for Columns<T>
where
    AsSelect<T, Pg>: Expression,
{
    type SqlType = <AsSelect<T, Pg> as Expression>::SqlType;
}

impl<T: Selectable<Pg>, Tables> AppearsOnTable<Tables> for Columns<T>
where
    AsSelect<T, Pg>: AppearsOnTable<Tables>,
    Self: Expression,
{
}

impl<T: Selectable<Pg>, Tables> SelectableExpression<Tables> for Columns<T>
where
    AsSelect<T, Pg>: SelectableExpression<Tables>,
    Self: AppearsOnTable<Tables>,
{
}

impl<T: Selectable<Pg>, Groups> ValidGrouping<Groups> for Columns<T>
where
    AsSelect<T, Pg>: ValidGrouping<Groups>,
{
    type IsAggregate = <AsSelect<T, Pg> as ValidGrouping<Groups>>::IsAggregate;
}

impl<T: Selectable<Pg>> QueryId for Columns<T>
where
    AsSelect<T, Pg>: QueryId,
{
    type QueryId = <AsSelect<T, Pg> as QueryId>::QueryId;
    const HAS_STATIC_QUERY_ID: bool = <AsSelect<T, Pg> as QueryId>::HAS_STATIC_QUERY_ID;
}
