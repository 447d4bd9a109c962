-- What is to be told to clients (logout tokens, notifications), written in the commit of what it is about.
create table deliveries (
    id         blob    not null unique,
    due_at     integer not null,
    expires_at integer not null,
    tries      integer not null,
    kind       integer not null,
    issuer     text    not null,
    client_id  text    not null,
    document   text    not null
);
create index deliveries_by_due on deliveries (due_at);
create index deliveries_by_end on deliveries (expires_at);
