-- How far the change log has been trimmed: every entry up to this number may be gone.
alter table change_log_head add column floor bigint not null default 0;

create index change_log_logged_at on change_log (logged_at);
