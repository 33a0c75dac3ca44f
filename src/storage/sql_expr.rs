//! SQL expressions that the program writes as text.

use std::marker::PhantomData;

use diesel::{
    AppearsOnTable, Expression, SelectableExpression,
    backend::Backend,
    expression::{TypedExpressionType, ValidGrouping, is_aggregate},
    query_builder::{AstPass, QueryFragment, QueryId},
    result::QueryResult,
};

/// An SQL expression as text. Unlike Diesel's own `sql`, it lets the statement stay prepared, which
/// saves a round trip each time; so there must be few different texts.
#[derive(Debug, Clone)]
pub struct SqlExpr<T> {
    sql: String,
    of_type: PhantomData<T>,
}

/// This text as an expression of the type `T`.
pub fn sql_expr<T>(sql: impl Into<String>) -> SqlExpr<T> {
    SqlExpr { sql: sql.into(), of_type: PhantomData }
}

impl<T: TypedExpressionType> Expression for SqlExpr<T> {
    type SqlType = T;
}

impl<T, Table> AppearsOnTable<Table> for SqlExpr<T> where Self: Expression {}
impl<T, Table> SelectableExpression<Table> for SqlExpr<T> where Self: Expression {}

impl<T, Group> ValidGrouping<Group> for SqlExpr<T> {
    type IsAggregate = is_aggregate::Never;
}

impl<T> QueryId for SqlExpr<T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T, DB: Backend> QueryFragment<DB> for SqlExpr<T> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(&self.sql);
        Ok(())
    }
}
