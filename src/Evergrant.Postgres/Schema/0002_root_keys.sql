-- What depends on a root key says its number. Nothing here tells anything about a key.

alter table signing_keys add column key_number integer; -- of the root key that wraps it; null: the lowest, from before keys were numbered

create table root_keys (
    number      integer          not null primary key,
    check_value bytea            not null, -- 32 bytes derived from the key: a node finds by them that it has another one
    added_at    bigint           not null,
    active_from bigint,                    -- null: waits until every node has it
    dropped_at  bigint
);

create table root_key_holders (            -- running nodes
    node    text collate "C" not null primary key,
    numbers text collate "C" not null,
    seen_at bigint           not null
);

create table wrapped_secrets (
    name       text collate "C" not null primary key,
    key_number integer          not null,
    wrapped    bytea            not null
);
