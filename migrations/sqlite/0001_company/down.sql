DROP TABLE audit_log;
DROP TABLE settings;
DROP TABLE events;
DROP TABLE contracts;
DROP TABLE clients;
DROP TABLE unknown_logins;
DROP TABLE users;
