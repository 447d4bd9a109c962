-- Whose assertions are believed (RFC 7521), by the issuer of this server and theirs.
create table trusted_issuers (
    issuer   text not null,
    name     text not null,
    document text not null,
    primary key (issuer, name)
) without rowid;
