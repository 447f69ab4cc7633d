-- A key's rung may be changed and registered documents removed: every process hears of both at once.
drop trigger api_key_wakes on api_key;
create trigger api_key_wakes after insert or update of revoked_at, rung on api_key
for each statement execute function wake('api_keys');

drop trigger trusted_document_wakes on trusted_document;
create trigger trusted_document_wakes after insert or delete on trusted_document
for each statement execute function wake('trusted_documents');
