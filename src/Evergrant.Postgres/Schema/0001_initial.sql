-- Instants are milliseconds since 1970-01-01T00:00:00Z, as in the embedded store. Documents are JSON.
-- Text is compared and ordered byte by byte. No sequence stands anywhere: every key comes with its row.

create table grants (
    id              uuid               not null primary key, -- UUIDv7: ids sort by creation
    generation      bigint             not null,
    generation_at   bigint             not null,
    retries         bigint             not null,
    -- Among those that a refresh changes, which come before the long ones that it does not: the log of a changed row has all between its first and its last byte that differ. Stores that have it from 0004 have it at the end.
    mark            bigint             not null default 0,
    created_at      bigint             not null,
    idle_expires_at bigint,
    expires_at      bigint,
    revoked_at      bigint,
    -- When clean-up looks at the row next. Written at creation, redemption and revocation and by clean-up itself, never by a refresh:
    -- a refresh moves idle_expires_at, which is in no index; clean-up finds the row still alive and puts its look off.
    clean_after     bigint,
    key_number      integer            not null,
    access_serial   integer            not null,
    access_floor    integer            not null,
    state           smallint           not null,
    issuer          text collate "C"   not null,
    client_id       text collate "C"   not null,
    subject         text collate "C",
    session_id      text collate "C",
    bound_key       text collate "C",
    revoked_why     text collate "C",
    salt            bytea              not null,
    authorized      text collate "C"   not null
-- Room on each page, so that the next version of a row stays on it (a HOT update: no index is touched).
) with (fillfactor = 80);
create index grants_by_subject on grants (subject) where subject is not null;
create index grants_by_session on grants (session_id) where session_id is not null;
create index grants_by_client on grants (client_id, id);
create index grants_by_clean_after on grants (clean_after) where clean_after is not null;

create table sessions (
    key             bytea              not null primary key, -- SHA-256 of the cookie value
    auth_time       bigint             not null,
    seen_at         bigint             not null,
    idle_expires_at bigint             not null,
    expires_at      bigint             not null,
    clean_after     bigint             not null,             -- as for grants
    id              text collate "C"   not null,
    subject         text collate "C"   not null,
    amr             text collate "C"   not null,
    acr             text collate "C"
) with (fillfactor = 80);
create index sessions_by_subject on sessions (subject);
create index sessions_by_clean_after on sessions (clean_after);

create table consents (
    subject   text collate "C" not null,
    issuer    text collate "C" not null,
    client_id text collate "C" not null,
    scopes    text collate "C" not null,
    resources text collate "C" not null,
    claims    text collate "C" not null,
    given_at  bigint           not null,
    primary key (subject, issuer, client_id)
);
create index consents_by_client on consents (issuer, client_id);

create table events (
    reference  text collate "C" not null primary key,
    at         bigint           not null,
    presented  bigint,
    generation bigint,
    grant_id   uuid,
    decision   text collate "C" not null,
    refusal    text collate "C",
    error      text collate "C",
    endpoint   text collate "C" not null,
    issuer     text collate "C",
    client_id  text collate "C",
    policy     text collate "C",
    subject    text collate "C"
);
create index events_by_grant on events (grant_id, at) where grant_id is not null;
create index events_by_at on events (at);

create table denials (
    token_hash bytea  not null primary key,
    expires_at bigint not null
);
create index denials_by_end on denials (expires_at);

create table assertions (
    assertion_hash bytea  not null primary key,
    expires_at     bigint not null
);
create index assertions_by_end on assertions (expires_at);

create table clients (
    issuer    text collate "C" not null,
    client_id text collate "C" not null,
    document  text collate "C" not null,
    primary key (issuer, client_id)
);

create table resources (
    identifier text collate "C" not null primary key,
    document   text collate "C" not null
);

create table scopes (
    name        text collate "C" not null primary key,
    description text collate "C",
    hidden      boolean          not null
);

create table signing_keys (
    issuer       text collate "C" not null,
    key_id       text collate "C" not null,
    algorithm    text collate "C" not null,
    wrapped_key  bytea            not null,
    public_jwk   text collate "C" not null,
    announced_at bigint           not null,
    signs_from   bigint           not null,
    retires_at   bigint           not null,
    gone_at      bigint           not null,
    withdrawn_at bigint,
    primary key (issuer, key_id)
);

create table accounts (
    id                   text collate "C" not null primary key,
    user_name            text collate "C" not null,
    normalized_user_name text collate "C" not null unique,
    password_hash        text collate "C",
    security_stamp       text collate "C" not null,
    version              bigint           not null,
    access_failed_count  integer          not null,
    lockout_end          bigint,
    disabled             boolean          not null,
    operator             boolean          not null,
    claims               text collate "C" not null,
    created_at           bigint           not null,
    updated_at           bigint           not null
);
