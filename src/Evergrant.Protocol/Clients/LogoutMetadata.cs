using System.Text.Json.Nodes;
using Evergrant.Protocol.EndSession;

namespace Evergrant.Protocol.Clients;

/// <summary>The members of a client's metadata that are about logout (OpenID Connect Front-Channel Logout section 2, Back-Channel Logout section 2.2).</summary>
internal sealed record LogoutMetadata(string? Front, bool FrontNeedsSession, string? Back, bool BackNeedsSession)
{
    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Members { get; } =
        ["frontchannel_logout_uri", "frontchannel_logout_session_required", "backchannel_logout_uri", "backchannel_logout_session_required"];

    /// <summary>Reads and judges them.</summary>
    public static LogoutMetadata Read(JsonMembers read, IReadOnlyList<string> redirects, bool isPublic, bool allowLoopback)
    {
        string? front = read.Text("frontchannel_logout_uri");
        if (front is not null)
        {
            if (FrontchannelLogout.Fault(front, isPublic, allowLoopback) is { } fault) read.Fault("frontchannel_logout_uri", fault);
            // Section 2: scheme, host and port are those of a redirect URI.
            else if (!redirects.Any(r => RedirectUri.OriginOf(r) == RedirectUri.OriginOf(front))) read.Fault("frontchannel_logout_uri", "has another scheme, host or port than the redirect URIs (OpenID Connect Front-Channel Logout section 2)");
        }
        string? back = read.Text("backchannel_logout_uri");
        if (back is not null && FrontchannelLogout.Fault(back, isPublic, allowLoopback) is { } wrong) read.Fault("backchannel_logout_uri", wrong);
        return new(front, read.Flag("frontchannel_logout_session_required") ?? false, back, read.Flag("backchannel_logout_session_required") ?? false);
    }

    /// <summary>Writes them; members with the built-in value are left out.</summary>
    public static void Write(Client client, JsonObject json)
    {
        if (client.FrontchannelLogoutUri is { } front) json["frontchannel_logout_uri"] = front;
        if (client.FrontchannelLogoutSessionRequired) json["frontchannel_logout_session_required"] = true;
        if (client.BackchannelLogoutUri is { } back) json["backchannel_logout_uri"] = back;
        if (client.BackchannelLogoutSessionRequired) json["backchannel_logout_session_required"] = true;
    }
}
