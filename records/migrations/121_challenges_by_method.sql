-- By what somebody came who owes a code: a password, or another service's word. The audit tells it.
alter table sign_in_challenge add column method text not null default 'password';
