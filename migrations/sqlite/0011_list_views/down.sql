DROP TABLE list_columns;
DROP TABLE list_views;
