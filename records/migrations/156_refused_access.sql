-- That somebody asked what their role, their shift or their key does not open is a deed.
alter table deed drop constraint deed_event_type_check;
alter table deed add constraint deed_event_type_check check (event_type in (
    'user.login', 'user.logout', 'user.permission_change', 'user.credential_change',
    'user.correct', 'user.erase', 'customer.change', 'access.refuse',
    'ticket.create', 'ticket.update', 'ticket.delete',
    'failure_card.create', 'failure_card.verify', 'invoice.create', 'invoice.void',
    'employee.salary_view', 'employee.pii_access', 'report.export', 'settings.change'));
