-- Named token policies. Grants keep what a policy said when they were authorized.
create table policies (
    name     text not null primary key,
    document text not null
);
