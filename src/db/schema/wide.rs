//! Columns beyond the 32 that diesel's tables may have. Support for more would slow down every
//! build.

/// Declares columns of a table, in the syntax of `diesel::table!`. Values can be assigned to them,
/// and they can be selected and compared individually.
macro_rules! further_columns {
    ($table:ident ($key:ident) { $($column:ident -> $kind:ty,)+ }) => {
        pub mod further {
            use diesel::{
                expression::{
                    AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate,
                },
                pg::Pg,
                query_builder::{AstPass, QueryFragment, QueryId},
                query_source::Column,
                sql_types::*,
            };

            use super::$table::table;

            $(
                #[allow(non_camel_case_types)]
                #[derive(Clone, Copy, Debug, QueryId)]
                pub struct $column;

                impl Expression for $column {
                    type SqlType = $kind;
                }

                impl Column for $column {
                    type Table = table;
                    const NAME: &'static str = stringify!($column);
                }

                impl QueryFragment<Pg> for $column {
                    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> diesel::QueryResult<()> {
                        out.push_identifier(stringify!($table))?;
                        out.push_sql(".");
                        out.push_identifier(Self::NAME)
                    }
                }

                impl AppearsOnTable<table> for $column {}
                impl SelectableExpression<table> for $column {}

                impl ValidGrouping<()> for $column {
                    type IsAggregate = is_aggregate::No;
                }
            )+
        }
    };
}

pub(super) use further_columns;
