//! SQL that stands in the source, as an expression.

use std::marker::PhantomData;

use diesel::{
    QueryResult,
    expression::{
        AppearsOnTable, Expression, SelectableExpression, TypedExpressionType, ValidGrouping,
        is_aggregate,
    },
    pg::Pg,
    query_builder::{AstPass, QueryFragment, QueryId},
};

/// A text that is one of a few, and so a part of a statement that may be kept prepared: `diesel::dsl::sql`, which does not
/// know how many texts there are, has its statements prepared each time that they are executed.
#[derive(Clone, Copy, Debug)]
pub struct FixedSql<T> {
    sql: &'static str,
    of: PhantomData<T>,
}

impl<T> FixedSql<T> {
    pub const fn new(sql: &'static str) -> Self {
        Self { sql, of: PhantomData }
    }
}

impl<T> QueryFragment<Pg> for FixedSql<T> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(self.sql);
        Ok(())
    }
}

impl<T: TypedExpressionType> Expression for FixedSql<T> {
    type SqlType = T;
}

impl<T: TypedExpressionType, Tables> AppearsOnTable<Tables> for FixedSql<T> {}

impl<T: TypedExpressionType, Tables> SelectableExpression<Tables> for FixedSql<T> {}

impl<T, Groups> ValidGrouping<Groups> for FixedSql<T> {
    type IsAggregate = is_aggregate::Never;
}

/// Statements are told apart by their texts.
impl<T> QueryId for FixedSql<T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
