-- The latest time at which the store was written, in one row; moved at most once a second, with a commit that happens anyway.
create table clock (
    latest integer not null
);
insert into clock (latest) values (0);

-- Checksums of a grant (GrantSeal.cs); NULL in rows that are older than they and have not been written since.
alter table grants add column moving_seal integer;
alter table grants add column fixed_seal integer;
