ALTER TABLE audit_log DROP INDEX audit_by_record_name, DROP INDEX audit_by_action, DROP INDEX audit_by_name;
ALTER TABLE contracts DROP INDEX contracts_sums;
ALTER TABLE events DROP INDEX events_loads, DROP INDEX events_status, DROP INDEX events_by_support_name, DROP INDEX events_by_client_name, DROP INDEX events_words;
ALTER TABLE contracts DROP INDEX contracts_signed, DROP INDEX contracts_by_sales_name, DROP INDEX contracts_by_company, DROP INDEX contracts_by_client_name, DROP INDEX contracts_words;
ALTER TABLE clients DROP INDEX clients_by_email, DROP INDEX clients_by_phone, DROP INDEX clients_by_sales_name, DROP INDEX clients_words;
