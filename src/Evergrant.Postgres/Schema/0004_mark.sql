-- Random number of the request that made the present generation of a grant, or last renewed it; 0: nobody redeemed it, or the row is older than this column.
alter table grants add column if not exists mark bigint not null default 0;
