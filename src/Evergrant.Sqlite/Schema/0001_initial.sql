-- Instants are milliseconds since 1970-01-01T00:00:00Z. Documents are JSON.
-- Tables whose rows are larger than a twentieth of a page keep their rowid: a clustered key would put whole rows into the inner pages of the tree.

create table grants (
    id              blob    not null unique,  -- 16 bytes, UUIDv7 big-endian: ids sort by creation
    issuer          text    not null,
    client_id       text    not null,
    subject         text,
    session_id      text,
    state           integer not null,
    generation      integer not null,
    generation_at   integer not null,
    key_number      integer not null,
    retries         integer not null,
    access_serial   integer not null,
    access_floor    integer not null,
    created_at      integer not null,
    idle_expires_at integer,
    expires_at      integer,
    bound_key       text,
    salt            blob    not null,
    revoked_at      integer,
    revoked_why     text,
    -- When clean-up looks at the row next. Written at creation, redemption and revocation and by clean-up itself, never by a refresh:
    -- a refresh moves idle_expires_at, which is in no index; clean-up finds the row still alive and puts its look off.
    clean_after     integer,
    authorized      text    not null
);
create index grants_by_subject on grants (subject) where subject is not null;
create index grants_by_session on grants (session_id) where session_id is not null;
create index grants_by_client on grants (client_id, id);
create index grants_by_clean_after on grants (clean_after) where clean_after is not null;

create table sessions (
    key             blob    not null unique,  -- SHA-256 of the cookie value
    id              text    not null,
    subject         text    not null,
    auth_time       integer not null,
    amr             text    not null,
    acr             text,
    seen_at         integer not null,
    idle_expires_at integer not null,
    expires_at      integer not null,
    clean_after     integer not null          -- as for grants
);
create index sessions_by_subject on sessions (subject);
create index sessions_by_clean_after on sessions (clean_after);

create table consents (
    subject   text    not null,
    issuer    text    not null,
    client_id text    not null,
    scopes    text    not null,
    resources text    not null,
    claims    text    not null,
    given_at  integer not null,
    primary key (subject, issuer, client_id)
);
create index consents_by_client on consents (issuer, client_id);

create table events (
    reference  text    not null unique,
    at         integer not null,
    decision   text    not null,
    refusal    text,
    error      text,
    endpoint   text    not null,
    issuer     text,
    client_id  text,
    grant_id   blob,
    presented  integer,
    generation integer,
    policy     text,
    subject    text
);
create index events_by_grant on events (grant_id, at) where grant_id is not null;
create index events_by_at on events (at);

create table denials (
    token_hash blob    not null primary key,
    expires_at integer not null
) without rowid;
create index denials_by_end on denials (expires_at);

create table assertions (
    assertion_hash blob    not null primary key,
    expires_at     integer not null
) without rowid;
create index assertions_by_end on assertions (expires_at);

create table clients (
    issuer    text not null,
    client_id text not null,
    document  text not null,
    primary key (issuer, client_id)
);

create table resources (
    identifier text not null primary key,
    document   text not null
);

create table scopes (
    name        text    not null primary key,
    description text,
    hidden      integer not null
);

create table signing_keys (
    issuer       text    not null,
    key_id       text    not null,
    algorithm    text    not null,
    wrapped_key  blob    not null,
    public_jwk   text    not null,
    announced_at integer not null,
    signs_from   integer not null,
    retires_at   integer not null,
    gone_at      integer not null,
    withdrawn_at integer,
    primary key (issuer, key_id)
);

create table accounts (
    id                   text    not null primary key,
    user_name            text    not null,
    normalized_user_name text    not null unique,
    password_hash        text,
    security_stamp       text    not null,
    version              integer not null,
    access_failed_count  integer not null,
    lockout_end          integer,
    disabled             integer not null,
    operator             integer not null,
    claims               text    not null,
    created_at           integer not null,
    updated_at           integer not null
);
