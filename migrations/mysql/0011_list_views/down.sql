DROP TABLE IF EXISTS list_columns;
DROP TABLE IF EXISTS list_views;
