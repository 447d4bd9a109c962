-- What a short text that was handed out leads to (user codes); kept as a hash, good for minutes.
create table handles (
    key        blob    not null unique,
    expires_at integer not null,
    kind       integer not null,
    grant_id   blob,
    document   text
);
create index handles_by_end on handles (expires_at);
