-- What was answered of a customer or vehicle is found when they are erased.
create index people_change_answered on people_change ((answer ->> 'id'));
