-- The documents that partners have registered; a text never changes, as its hash is its name.
create table trusted_document (
    partner text not null,
    id text not null,
    name text not null,
    text text not null,
    kind text not null,
    objects bigint not null,
    deprecated text[] not null,
    scopes text[] not null,
    registered_by text not null,
    registered_at timestamptz not null,
    primary key (partner, id)
);

create index trusted_document_newest on trusted_document (registered_at desc);

-- Every process reads and checks new documents before they are asked.
create trigger trusted_document_wakes after insert on trusted_document
for each statement execute function wake('trusted_documents');
