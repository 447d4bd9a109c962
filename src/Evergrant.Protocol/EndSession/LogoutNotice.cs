using System.Text.Json;
using System.Text.Json.Nodes;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Storage;

namespace Evergrant.Protocol.EndSession;

/// <summary>What a Logout Token says (OpenID Connect Back-Channel Logout section 2.4), as it waits to be delivered. Without sid it means every session of the subject at the client.</summary>
/// <param name="Subject">The sub that the client sees.</param>
/// <param name="SessionId">sid; null for all sessions.</param>
public sealed record LogoutNotice(string Subject, string? SessionId)
{
    // Of an account that ends, a client that must be told of each session is told of so many at most.
    private const int MostSessions = 20;

    /// <summary>The notices to a client of the end of one session, or of all; none when it has no backchannel_logout_uri.</summary>
    /// <param name="client">The client.</param>
    /// <param name="subject">The sub that it sees.</param>
    /// <param name="sessions">Public ids of the sessions in which it took part, newest first.</param>
    /// <param name="all">Whether the account has no session left anywhere.</param>
    public static IReadOnlyList<LogoutNotice> For(Client client, string subject, IReadOnlyList<string> sessions, bool all)
    {
        if (client.BackchannelLogoutUri is null) return [];
        return all && !client.BackchannelLogoutSessionRequired ? [new(subject, null)] : [.. sessions.Take(MostSessions).Select(sid => new LogoutNotice(subject, sid))];
    }

    /// <summary>As text, for a delivery.</summary>
    public string Write() => new JsonObject { ["sub"] = Subject, ["sid"] = SessionId }.ToJsonString();

    /// <summary>Reads it back.</summary>
    /// <param name="delivery">A delivery of a Logout Token.</param>
    public static LogoutNotice Read(Delivery delivery)
    {
        using JsonDocument json = JsonDocument.Parse(delivery.Document);
        return new(json.RootElement.GetProperty("sub").GetString()!, json.RootElement.GetProperty("sid").GetString());
    }
}
