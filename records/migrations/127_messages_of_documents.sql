-- Which document a message brings: of an issued or credited one its customer is told once, though two
-- events may tell of it. Messages from before do not say; theirs was the invoice, or one of its notes.
alter table message add column document text;
