using System.Text;
using Evergrant.Fire.History;

namespace Evergrant.Fire.Clients;

/// <summary>A client that is declared at the server under fire.</summary>
/// <param name="Id">client_id.</param>
/// <param name="Secret">Its secret; null for a public client.</param>
/// <param name="Rules">What its grants promise.</param>
internal sealed record FireClient(string Id, string? Secret, GrantRules Rules)
{
    /// <summary>Nobody listens there: the code is read from the redirect.</summary>
    public const string RedirectUri = "http://127.0.0.1/callback";

    /// <summary>Without openid: an ID Token would cost an RS256 signature at each refresh.</summary>
    public const string Scope = "notes:read offline_access";

    /// <summary>The Authorization header, a whole line; empty for a public client.</summary>
    public string Authorization { get; } = Secret is null ? "" : $"Authorization: Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes($"{Id}:{Secret}"))}\r\n";

    /// <summary>The same client with a wrong secret.</summary>
    public string WrongAuthorization { get; } = $"Authorization: Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes($"{Id}:wrong-{Id}"))}\r\n";

    /// <summary>The parameter by which a public client names itself; empty for others.</summary>
    public string Identification => Secret is null ? "&client_id=" + Id : "";

    /// <summary>Tells the id only.</summary>
    public override string ToString() => Id;
}
