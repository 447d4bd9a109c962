-- What administrators changed, written before the change is made; outcome says what became of it.
create table audit (
    id      blob    not null unique,
    at      integer not null,
    actor   text    not null,
    action  text    not null,
    target  text,
    before  text,
    after   text,
    outcome integer not null,
    reason  text
);
create index audit_by_time on audit (at);
