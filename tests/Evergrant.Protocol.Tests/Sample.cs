using System.Security.Cryptography;
using System.Text;
using Evergrant.Jose;
using Evergrant.Protocol.Binding;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Sessions;
using Evergrant.Protocol.Token;

namespace Evergrant.Protocol.Tests;

/// <summary>The rows that most tests begin with.</summary>
internal static class Sample
{
    public const string Issuer = "https://id.example";
    public const string Notes = "https://notes.example";
    public const string Files = "https://files.example";
    public const string Redirect = "https://app.example/cb";

    /// <summary>The instant of every decision unless a test says otherwise.</summary>
    public static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static readonly CredentialKeys Keys = KeysOf((1, 1));

    public static readonly ScopeCatalogue Catalogue = new(
        [
            new() { Identifier = Notes, Name = "Notes", Scopes = [new("notes:read"), new("notes:write"), new("shared")] },
            new() { Identifier = Files, Scopes = [new("files:read"), new("shared")] },
        ],
        [new("extra"), new("secret", null, true)]);

    public static readonly Client Web = new()
    {
        Issuer = Issuer, ClientId = "web", RedirectUris = [Redirect], GrantTypes = ["authorization_code", "refresh_token", "client_credentials"],
        Scopes = ["openid", "profile", "email", "offline_access", "notes:read", "notes:write", "files:read", "extra"],
    };

    public static readonly Client Native = Web with
    {
        ClientId = "native",
        ApplicationType = ApplicationType.Native,
        AuthenticationMethod = ClientAuthenticationMethod.None,
        GrantTypes = ["authorization_code", "refresh_token"],
        RedirectUris = ["http://127.0.0.1/cb"],
    };

    /// <summary>An application in a browser.</summary>
    public static readonly Client Page = Native with { ClientId = "page", ApplicationType = ApplicationType.Browser, RedirectUris = [Redirect] };

    public static CredentialKeys KeysOf(params (int Number, byte Fill)[] roots) =>
        new(roots.Select(r => KeyValuePair.Create(r.Number, Enumerable.Repeat(r.Fill, 32).ToArray())));

    /// <summary>A grant that was refreshed often enough to have predecessors: generation 5 began a minute ago.</summary>
    public static Grant Grant(Client? client = null, long generation = 5) => new()
    {
        Id = new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
        Issuer = Issuer,
        ClientId = (client ?? Web).ClientId,
        Subject = "alice",
        State = generation == 0 ? GrantState.Pending : GrantState.Active,
        Generation = generation,
        GenerationAt = Now.AddMinutes(-1),
        KeyNumber = 1,
        AccessSerial = (int)generation,
        CreatedAt = Now.AddDays(-1),
        IdleExpiresAt = generation == 0 ? Now.AddSeconds(30) : Now.AddDays(14),
        ExpiresAt = Now.AddDays(60),
        Salt = Encoding.ASCII.GetBytes("0123456789abcdef"),
        Authorized = new Authorized { Scope = "openid profile offline_access notes:read notes:write", RedirectUri = Redirect, Policy = "confidential", IssuesRefreshToken = true },
    };

    /// <summary>What a client shows: the credential of a generation, read as the endpoint reads it.</summary>
    public static GrantCredential Shown(Grant grant, long generation, CredentialKind kind = CredentialKind.RefreshToken) =>
        GrantCredential.Read(Keys, kind, GrantCredential.Write(Keys, 1, kind, grant, generation))!;

    public static TokenRequest Refresh(string? scope = null, params string[] resources) =>
        new() { GrantType = "refresh_token", Scopes = scope?.Split(' '), Resources = resources };

    /// <summary>A key that has a name in a test.</summary>
    public static Confirmation KeyOf(string name, string member = Confirmation.DpopKey) => new(member, CanonicalBase64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(name))));

    /// <summary>What a request proves that has a proof of this key; null for none.</summary>
    public static ProvenKeys Proving(string? name) => name is null ? ProvenKeys.None : new(KeyOf(name));

    public static Session Session(string subject = "alice", TimeSpan? ago = null) => new()
    {
        Key = Encoding.ASCII.GetBytes(subject), Id = "sid-" + subject, Subject = subject, AuthTime = Now - (ago ?? TimeSpan.FromMinutes(10)), Amr = ["pwd"],
        Acr = "urn:evergrant:acr:password", SeenAt = Now, IdleExpiresAt = Now.AddHours(1), ExpiresAt = Now.AddHours(8),
    };

    /// <summary>Parameters as they come over the wire; a value that is null leaves its parameter out.</summary>
    public static Parameters Form(params (string Name, string? Value)[] pairs) =>
        Parameters.Parse(Encoding.UTF8.GetBytes(string.Join('&', pairs.Where(p => p.Value is not null).Select(p => Uri.EscapeDataString(p.Name) + "=" + Uri.EscapeDataString(p.Value!)))))!;
}
