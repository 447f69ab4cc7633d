-- name: standing
-- Whether the history of migrations is there, and whether who asks may add to it.
select pg_has_role(relowner, 'usage') as owned
from pg_class where oid = to_regclass('migration')

-- name: role
-- What a role is to its database: no grant binds a superuser, an owner of the tables or of their
-- schema, or a member of one of them or of whoever asks. Who asks may own nothing: a superuser.
select rolsuper or rolbypassrls or pg_has_role(r.oid, current_user, 'member') or exists (
    select from pg_class c where c.relnamespace = 'public'::regnamespace
    and pg_has_role(r.oid, c.relowner, 'member')) or exists (
    select from pg_namespace n where n.nspname = 'public'
    and pg_has_role(r.oid, n.nspowner, 'member')) as unbound
from pg_roles r where rolname = %(role)s

-- name: relations
-- Every table, view and sequence of ours; `kept` refuses change whoever asks.
select c.relname as name, c.relkind::text as kind, exists (
    select from pg_trigger t join pg_proc p on p.oid = t.tgfoid
    where t.tgrelid = c.oid and p.proname = 'refuse_change') as kept
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S')
  and not c.relispartition
order by name
