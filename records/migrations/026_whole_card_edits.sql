-- An edit proposes all that a card says, and is looked for by its operation, which is done once. Those
-- kept in the older form held three fields: their versions count as changed by hand from now on.
delete from card_edit;
alter table card_edit drop constraint card_edit_pkey, add primary key (card, source);
