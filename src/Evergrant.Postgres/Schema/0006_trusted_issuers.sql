-- Whose assertions are believed (RFC 7521), by the issuer of this server and theirs.
create table trusted_issuers (
    issuer   text collate "C" not null,
    name     text collate "C" not null,
    document text collate "C" not null,
    primary key (issuer, name)
);
