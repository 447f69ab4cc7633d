-- Vehicles of a garage's customers: what stands on the plate and the frame, and what the garage notes, is
-- sealed in one value. The graph knows the vehicle by the same id, and by nothing that tells whose it is.
create table customer_vehicle (
    id text primary key,
    garage text not null,
    version integer not null,
    owner text references customer (id),
    make text not null,
    model text not null,
    year integer,
    identity bytea,
    plate_mark bytea,
    plate_end_mark bytea,
    vin_mark bytea,
    changed_at timestamptz not null,
    changed_by text not null
);

create index customer_vehicle_garage on customer_vehicle (garage, id desc);
create index customer_vehicle_owner on customer_vehicle (owner, id desc) where owner is not null;
create index customer_vehicle_plate on customer_vehicle (plate_mark, id desc) where plate_mark is not null;
create index customer_vehicle_plate_end on customer_vehicle (plate_end_mark, id desc)
    where plate_end_mark is not null;
create index customer_vehicle_vin on customer_vehicle (vin_mark, id desc) where vin_mark is not null;

comment on column customer_vehicle.identity is 'personal: vehicle';
comment on column customer_vehicle.plate_mark is 'personal: vehicle';
comment on column customer_vehicle.plate_end_mark is 'personal: vehicle';
comment on column customer_vehicle.vin_mark is 'personal: vehicle';
