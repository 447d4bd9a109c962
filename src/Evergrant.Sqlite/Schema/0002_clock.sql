-- The latest time at which the store was written, in one row; moved at most once a second, with a commit that happens anyway.
create table clock (
    latest integer not null
);
insert into clock (latest) values (0);
