-- From where somebody signed in, as a mark: whoever tries an account elsewhere keeps them waiting no
-- more (ASVS 5.0, 6.1.1). It goes with its session.
alter table session add column address bytea;
create index session_address on session (person, address);
comment on column session.address is 'personal: person';
