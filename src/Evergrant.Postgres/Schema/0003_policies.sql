-- Named token policies. Grants keep what a policy said when they were authorized.
create table policies (
    name     text collate "C" not null primary key,
    document text collate "C" not null
);
