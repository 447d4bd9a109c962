using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Evergrant.Jose;
using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;

namespace Evergrant.Protocol.GrantManagement;

/// <summary>Grants that their clients know by name (Grant Management for OAuth 2.0). A grant_id stands for one row at a time: merge and replace make a new row, which takes the name over when its
/// tokens are claimed, and end the one before.</summary>
public static class ManagedGrant
{
    /// <summary>Values of grant_management_action that make or change a grant.</summary>
    public static IReadOnlyList<string> Actions { get; } = ["create", "merge", "replace"];

    /// <summary>A grant_id that is longer is none of ours.</summary>
    public const int LongestId = 64;

    private const string Merge = "merge";

    // A grant without end keeps its name for as long as anybody can think of.
    private static readonly TimeSpan WithoutEnd = TimeSpan.FromDays(36525);

    private static readonly OAuthError NotAllowed = OAuthError.InvalidRequest("The client may not manage grants.", Refusal.GrantManagementNotAllowed);
    private static readonly OAuthError BadAction = OAuthError.InvalidRequest("The grant_management_action is not supported.", Refusal.GrantActionInvalid);
    private static readonly OAuthError NoAction = OAuthError.InvalidRequest("The parameter grant_management_action is missing.", Refusal.GrantActionInvalid);
    private static readonly OAuthError Unfit = OAuthError.InvalidRequest("grant_id goes with merge and replace, and with nothing else.", Refusal.GrantActionInvalid);
    private static readonly OAuthError BadId = new("invalid_grant_id", "The grant_id is not valid.", Refusal.GrantIdInvalid);

    /// <summary>Judges the parameters of a request (section 5.4).</summary>
    /// <param name="request">The request.</param>
    /// <param name="client">The client.</param>
    /// <param name="demands">What the server demands of every request.</param>
    /// <returns>The error, or null.</returns>
    public static OAuthError? Judge(AuthorizeRequest request, Client client, AuthorizeDemands demands)
    {
        if (request.GrantAction is not { } action)
        {
            if (demands.GrantActions) return NoAction;
            // To those who do not manage grants it is a parameter that nobody knows.
            return request.GrantId is not null && client.ManagesGrants ? NoAction : null;
        }
        // Section 5.1: confidential clients only.
        if (!client.ManagesGrants || client.IsPublic) return NotAllowed;
        if (!Actions.Contains(action)) return BadAction;
        return action == "create" == request.GrantId is null ? null : Unfit;
    }

    /// <summary>Judges what a grant_id leads to (sections 5.2, 5.4).</summary>
    /// <param name="request">The request.</param>
    /// <param name="managed">The row; null for none.</param>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <param name="client">The client.</param>
    /// <param name="subject">The End-User of the request; null where it is not known yet.</param>
    /// <param name="now">The instant of the decision.</param>
    /// <returns>The error, or null.</returns>
    public static OAuthError? Judge(AuthorizeRequest request, Grant? managed, string issuer, Client client, string? subject, DateTimeOffset now)
    {
        if (request.GrantAction is null || request.GrantId is null) return null;
        return IsLive(managed, issuer, now) && managed!.ClientId == client.ClientId && (subject is null || managed.Subject == subject) ? null : BadId;
    }

    /// <summary>Whether a row is one that can be managed: claimed, and not ended.</summary>
    /// <param name="managed">The row; null for none.</param>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <param name="now">The instant.</param>
    public static bool IsLive(Grant? managed, string issuer, DateTimeOffset now) => managed is { State: GrantState.Active, Authorized.ManagedId: not null } && managed.Issuer == issuer && !managed.HasEnded(now);

    /// <summary>Writes into what is authorized which name it goes by, and what of an earlier grant stays.</summary>
    /// <param name="authorized">What is authorized by this request.</param>
    /// <param name="request">The request, judged.</param>
    /// <param name="managed">The row under its grant_id; null for none.</param>
    /// <param name="seed">Id and salt of the new row, of which a new name is made.</param>
    public static Authorized Name(Authorized authorized, AuthorizeRequest request, Grant? managed, (Guid Id, byte[] Salt) seed)
    {
        if (request.GrantAction is null) return authorized;
        if (managed is null) return authorized with { ManagedId = NewId(seed.Id, seed.Salt) };
        authorized = authorized with { ManagedId = request.GrantId, Supersedes = managed.Id };
        if (request.GrantAction != Merge) return authorized;
        Authorized before = managed.Authorized;
        IReadOnlyList<JsonElement> details = AuthorizationDetails.Parse(before.Details) ?? [];
        return authorized with
        {
            Scope = Scope.Join(Scope.Split(before.Scope).Union(Scope.Split(authorized.Scope))),
            Resources = [.. before.Resources.Union(authorized.Resources)],
            Details = AuthorizationDetails.Write([.. details, .. (AuthorizationDetails.Parse(authorized.Details) ?? []).Where(one => !details.Any(d => JsonElement.DeepEquals(d, one)))]),
            Claims = Union(before.Claims, authorized.Claims),
        };
    }

    /// <summary>The scope values of a grant after a request.</summary>
    /// <param name="scopes">Those of the request.</param>
    /// <param name="request">The request, judged.</param>
    /// <param name="managed">The row under its grant_id; null for none.</param>
    public static IReadOnlyList<string> ScopesAfter(IReadOnlyList<string> scopes, AuthorizeRequest request, Grant? managed) =>
        managed is not null && request.GrantAction == Merge ? [.. Scope.Split(managed.Authorized.Scope).Union(scopes)] : scopes;

    /// <summary>What has to be made together with the redemption of a grant that has a name.</summary>
    /// <param name="grant">The row as it is after it.</param>
    /// <param name="keepsEnd">Whether its absolute end stays where it is.</param>
    /// <param name="now">The instant of the decision.</param>
    public static IEnumerable<Change> ClaimedBy(Grant grant, bool keepsEnd, DateTimeOffset now)
    {
        byte[] key = KeyOf(grant.Issuer, grant.Authorized.ManagedId!);
        if (grant.Authorized.Supersedes is { } before)
        {
            yield return new RevokeGrant(before, RevocationCause.Superseded, now);
            yield return new RemoveHandle(key);
        }
        yield return new AddHandle(new Handle(key, HandleKind.ManagedGrant, grant.Id, null, keepsEnd && grant.ExpiresAt is { } end ? end : now + WithoutEnd));
    }

    /// <summary>Under which key a name is kept.</summary>
    /// <param name="issuer">The issuer.</param>
    /// <param name="grantId">The name.</param>
    public static byte[] KeyOf(string issuer, string grantId) => SHA256.HashData(Encoding.UTF8.GetBytes($"managed grant\n{issuer}\n{grantId}"));

    // 160 bits of a hash over the row's salt, which nobody knows: not to be guessed, and it tells nothing (section 9).
    private static string NewId(Guid id, byte[] salt) => CanonicalBase64Url.Encode(SHA256.HashData([.. "grant id\n"u8, .. id.ToByteArray(bigEndian: true), .. salt]).AsSpan(0, 20));

    private static string? Union(string? before, string? after)
    {
        if (before is null || after is null) return before ?? after;
        var union = (JsonObject)JsonNode.Parse(before)!;
        foreach ((string place, JsonNode? claims) in (JsonObject)JsonNode.Parse(after)!)
        {
            if (claims is not JsonObject asked || union[place] is not JsonObject known) union[place] = claims?.DeepClone() ?? union[place]?.DeepClone();
            else foreach ((string name, JsonNode? claim) in asked) known[name] = claim?.DeepClone();
        }
        return union.ToJsonString();
    }
}
