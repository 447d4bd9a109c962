-- What is to be told to clients (logout tokens, notifications), written in the commit of what it is about.
create table deliveries (
    id         uuid             not null primary key,
    due_at     bigint           not null,
    expires_at bigint           not null,
    tries      integer          not null,
    kind       integer          not null,
    issuer     text collate "C" not null,
    client_id  text collate "C" not null,
    document   text collate "C" not null
);
create index deliveries_by_due on deliveries (due_at);
create index deliveries_by_end on deliveries (expires_at);
