//! SQL that is fixed in the source, as an expression or as a whole statement.

use std::{borrow::Cow, marker::PhantomData};

use diesel::{
    QueryResult,
    expression::{
        AppearsOnTable, AsExpression, Expression, SelectableExpression, TypedExpressionType,
        ValidGrouping, is_aggregate,
    },
    pg::Pg,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    result::Error,
    sql_types::{SingleValue, SqlType, Untyped},
};

/// SQL with one of a small number of texts, so that its statement can be cached as prepared. With
/// `diesel::dsl::sql` and `diesel::sql_query`, which cannot know how many texts there are,
/// PostgreSQL parses and plans the statement at each execution.
pub struct FixedSql<'a, T> {
    sql: Cow<'static, str>,
    binds: Vec<Box<dyn QueryFragment<Pg> + Send + 'a>>,
    of: PhantomData<T>,
}

/// A whole statement. Its rows are read by column name.
pub fn fixed_query<'a>(sql: &'static str) -> FixedSql<'a, Untyped> {
    FixedSql::new(sql)
}

impl<'a, T> FixedSql<'a, T> {
    /// Values are written as `$1`, `$2` and so on, and may occur several times.
    pub fn new(sql: impl Into<Cow<'static, str>>) -> Self {
        Self { sql: sql.into(), binds: Vec::new(), of: PhantomData }
    }

    /// Binds the next value, beginning with `$1`.
    pub fn bind<U, V>(mut self, value: V) -> Self
    where
        U: SqlType + SingleValue + TypedExpressionType,
        V: AsExpression<U>,
        V::Expression: QueryFragment<Pg> + Send + 'a,
    {
        self.binds.push(Box::new(value.as_expression()));
        self
    }
}

/// Each occurrence of a value becomes a separate placeholder, because diesel numbers placeholders
/// in the order of occurrence.
impl<T> QueryFragment<Pg> for FixedSql<'_, T> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let mut pieces = self.sql.split('$');
        out.push_sql(pieces.next().unwrap_or_default());
        for piece in pieces {
            let digits = piece.find(|c: char| !c.is_ascii_digit()).unwrap_or(piece.len());
            let (number, text) = piece.split_at(digits);
            let at = number.parse().ok().and_then(|number: usize| number.checked_sub(1));
            let bind = at.and_then(|at| self.binds.get(at)).ok_or_else(|| {
                Error::QueryBuilderError(format!("there is no value for ${number}").into())
            })?;
            bind.walk_ast(out.reborrow())?;
            out.push_sql(text);
        }
        Ok(())
    }
}

impl Query for FixedSql<'_, Untyped> {
    type SqlType = Untyped;
}

impl<T: TypedExpressionType> Expression for FixedSql<'_, T> {
    type SqlType = T;
}

impl<T: TypedExpressionType, Tables> AppearsOnTable<Tables> for FixedSql<'_, T> {}

impl<T: TypedExpressionType, Tables> SelectableExpression<Tables> for FixedSql<'_, T> {}

impl<T, Groups> ValidGrouping<Groups> for FixedSql<'_, T> {
    type IsAggregate = is_aggregate::Never;
}

/// Cached statements are identified by their text.
impl<T> QueryId for FixedSql<'_, T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
