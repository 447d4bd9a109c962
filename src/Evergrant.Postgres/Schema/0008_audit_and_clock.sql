-- What administrators changed, written before the change is made; outcome says what became of it.
create table audit (
    id      uuid             not null primary key,
    at      bigint           not null,
    actor   text collate "C" not null,
    action  text collate "C" not null,
    target  text collate "C",
    before  text collate "C",
    after   text collate "C",
    outcome integer          not null,
    reason  text collate "C"
);
create index audit_by_time on audit (at);

-- The latest time that any node has gone by: a node that starts goes on from there, wherever the server's clock is then.
create table clock (
    id     integer not null primary key check (id = 1),
    latest bigint  not null
);
