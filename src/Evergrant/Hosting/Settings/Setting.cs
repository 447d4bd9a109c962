namespace Evergrant.Hosting.Settings;

/// <summary>One setting of <c>evergrant serve</c>. The table of them is what is read, what is refused as unknown, and what the manual says.</summary>
/// <param name="Path">Path in the file; [] stands for each item of a list, e.g. issuers[].issuer.</param>
/// <param name="Type">What it holds, in words.</param>
/// <param name="WhenNotSet">What holds when it is left out; null for a setting that has to be there.</param>
/// <param name="Meaning">One sentence for the manual.</param>
internal sealed record Setting(string Path, string Type, string? WhenNotSet, string Meaning)
{
    /// <summary>All settings, in the order of the manual.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        new("data", "folder", null, "Where the store, the root key and the command socket are. Only the server's user may enter it."),
        new("issuers[].issuer", "https URL", null, "An issuer identifier, byte for byte as clients are told. Its path is the prefix of its endpoints; the first issuer is the one commands mean when none is named."),
        new("issuers[].name", "text", "the issuer's host", "Name of the issuer on pages."),
        new("issuers[].policy", "name", "none", "The token policy that the issuer's clients start from, on top of the server's."),
        new("policy", "name", "the built-in ones", "The token policy that all clients start from; declared under `policies` in the file of `apply`."),
        new("self_registration", "`on` or `off`", "`off`", "Whether people may make accounts for themselves when an application sends them to sign in (`prompt=create`)."),
        new("session_management", "`on` or `off`", "`off`", "Whether authorization responses carry `session_state` and the iframe that watches it is there (OpenID Connect Session Management). See [logout](../guides/logout.md#session-management)."),
        new("pushed_requests", "`optional` or `required`", "`optional`", "Whether clients have to push their authorization requests (RFC 9126); a client can be registered with it alone."),
        new("signed_requests", "`optional` or `required`", "`optional`", "Whether clients have to sign their authorization requests (RFC 9101); a client can be registered with it alone."),
        new("grant_management_actions", "`optional` or `required`", "`optional`", "Whether every authorization request has to say what becomes of the grant (`grant_management_action`). See [grant management](../guides/grant-management.md)."),
        new("urls[]", "URL", "`https://localhost:5001`", "Where to listen: scheme, host (or `*`) and port. With http, TLS ends at a proxy, which `trusted_proxies` names."),
        new("postgres.connection", "Npgsql connection string", "a file in the data folder", "The PostgreSQL database to keep everything in, for several nodes: `Host=db1,db2;Username=evergrant;Database=evergrant`. A password is better kept in one of the files below or in the environment."),
        new("postgres.connection_file", "file", "none", "A file with the connection string, instead of `postgres.connection`."),
        new("postgres.password_file", "file", "none", "A file with the password, for a connection string without one."),
        new("postgres.deadline", "duration `d.hh:mm:ss`", "`00:00:02`", "How long the database may take for a statement before the answer is 503; from 1 to 60 seconds."),
        new("certificate.path", "PEM file", "none", "The certificate for https, followed by its intermediates. Read again when the file changes."),
        new("certificate.key_path", "PEM file", "the file of the certificate", "The certificate's private key. Nobody but its owner and group may read it."),
        new("trusted_proxies[]", "address or network", "none", "Whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed, e.g. `10.0.0.1` or `10.0.0.0/8`."),
        new("profile", "`oauth2.1`, `mcp`, `fapi2`, `fapi2_message_signing` or `legacy`", "none for declared clients, `oauth2.1` for those that register themselves", "The [profile](../guides/profiles.md) of clients that name none: what they are where they say nothing, and what they may not be."),
        new("registration.mode", "`off`, `token` or `open`", "`off`", "Whether clients may register themselves (RFC 7591): not at all, with an initial access token or a trusted software statement, or anybody. See [registration](../guides/registration.md)."),
        new("registration.grant_types[]", "grant type", "`authorization_code`, `refresh_token`", "Grant types that clients which register themselves may choose from; an initial access token may allow others."),
        new("registration.scopes[]", "scope value", "none", "Scope values that they may have beside the standard ones and those of `registration.resources`; `*` stands for all that are published."),
        new("registration.resources[]", "resource", "none", "APIs that they may have tokens for, with all their scopes; `*` stands for all."),
        new("registration.management", "`full`, `read` or `none`", "`full`", "What they may do with their own registration (RFC 7592)."),
        new("registration.per_address", "whole number", "`20`", "Open registrations of one address in an hour."),
        new("registration.clients", "whole number", "`10000`", "Clients at most that have registered themselves openly."),
        new("registration.unused_lifetime", "duration `d.hh:mm:ss` or `none`", "`90.00:00:00`", "After how long without use such a client goes."),
        new("registration.secret_lifetime", "duration `d.hh:mm:ss` or `none`", "`none`", "Life of the secrets of clients that register themselves; an update after half of it brings a new one."),
        new("registration.software_statement", "`optional` or `required`", "`optional`", "Whether a software statement is needed to register."),
        new("registration.software_statements[].issuer", "text", "none", "Somebody whose software statements are trusted: their `iss`."),
        new("registration.software_statements[].jwks_uri", "https URL", "has to be set with the issuer", "Where their keys are."),
        new("client_documents.mode", "`off` or `on`", "`off`", "Whether clients may be named by the URL of their metadata (Client ID Metadata Documents). What they may have is said by `registration.grant_types`, `scopes` and `resources`."),
        new("client_documents.hosts[]", "host or `*.`host", "all", "Hosts that may publish such clients."),
        new("client_documents.query", "`refused` or `allowed`", "`refused`", "Whether the URL may have a query."),
        new("client_documents.redirect_uris", "`any` or `same-origin`", "`any`", "Whether the redirect URIs have to be of the URL's origin."),
        new("outbound.allowed_hosts[]", "host or host:port", "none", "Hosts that may have private addresses, and with a port other than 443 that port, when keys and documents of clients or trusted issuers are fetched. All others have to be public https hosts."),
        new("outbound.timeout", "duration `d.hh:mm:ss`", "`00:00:05`", "How long one such fetch may take; from 1 to 30 seconds."),
        new("mutual_tls.urls[]", "https URL", "none", "Where to listen for clients that show certificates (RFC 8705); elsewhere none is asked for. With `certificate.path`."),
        new("mutual_tls.aliases", "https URL of host and port", "none", "What such clients are told to call instead of the issuers' own address (`mtls_endpoint_aliases`), e.g. `https://mtls.auth.example`."),
        new("mutual_tls.authorities", "PEM file", "none", "The certificates, roots and intermediates, of those who issue certificates of `tls_client_auth` clients. No other authority is trusted. Read at the start."),
        new("mutual_tls.header", "header name", "none", "The header in which a proxy of `trusted_proxies` passes a client certificate on, e.g. `Client-Cert` (RFC 9440), `X-Forwarded-Client-Cert` (Envoy) or `ssl-client-cert` (nginx). From anybody else it is ignored."),
        new("dpop_nonces", "`optional` or `required`", "`optional`", "Whether every DPoP proof needs a nonce of the server's (RFC 9449 section 8), whatever its client is registered with."),
        new("apply", "file", "none", "Clients, users, scopes and resources that are applied at every start, as `evergrant apply -f` does."),
        new("log_level", "`trace`, `debug`, `information`, `warning` or `error`", "`information`", "From which level on the server writes log lines to standard error."),
        new("keep_events", "duration `d.hh:mm:ss`", "`30.00:00:00`", "How long refusals, replays and ended grants can be explained."),
        new("keep_audit", "duration `d.hh:mm:ss`", "`400.00:00:00`", "How long it is kept what administrators changed (`evergrant audit`)."),
    ];

    /// <summary>Name of the environment variable that overrides it; N stands for the place in a list, from 0.</summary>
    public string Variable => "EVERGRANT__" + Path.Replace("[]", "__N", StringComparison.Ordinal).Replace(".", "__", StringComparison.Ordinal).ToUpperInvariant();
}
