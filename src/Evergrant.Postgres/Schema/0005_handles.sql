-- What a short text that was handed out leads to (user codes); kept as a hash, good for minutes.
create table handles (
    key        bytea            not null primary key,
    expires_at bigint           not null,
    kind       integer          not null,
    grant_id   uuid,
    document   text collate "C"
);
create index handles_by_end on handles (expires_at);
