using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Evergrant.Protocol.BackchannelAuthentication;

/// <summary>What is kept beside a request that waits for its End-User's answer; it goes with the answer, or with its time.</summary>
/// <param name="At">When the client asked.</param>
/// <param name="Message">binding_message; null for none.</param>
/// <param name="SealedToken">client_notification_token under a root key; null for poll.</param>
/// <param name="KeyNumber">Number of that root key.</param>
public sealed record BackchannelNote(DateTimeOffset At, string? Message, string? SealedToken, int KeyNumber)
{
    /// <summary>Key of the handle that keeps it.</summary>
    /// <param name="grantId">The grant that waits.</param>
    public static byte[] KeyOf(Guid grantId) => SHA256.HashData([.. "backchannel-request\n"u8, .. grantId.ToByteArray(bigEndian: true)]);

    /// <summary>As text, for the handle.</summary>
    public string Write() => new JsonObject { ["at"] = At.ToUnixTimeMilliseconds(), ["message"] = Message, ["token"] = SealedToken, ["key"] = KeyNumber }.ToJsonString();

    /// <summary>Reads it back.</summary>
    /// <param name="text">The handle's document.</param>
    public static BackchannelNote Read(string text)
    {
        using JsonDocument json = JsonDocument.Parse(text);
        JsonElement root = json.RootElement;
        return new(DateTimeOffset.FromUnixTimeMilliseconds(root.GetProperty("at").GetInt64()), root.GetProperty("message").GetString(), root.GetProperty("token").GetString(), root.GetProperty("key").GetInt32());
    }
}

/// <summary>What a notification or push says, as it waits to be delivered.</summary>
/// <param name="GrantId">The grant; what became of it is looked up when it is told.</param>
/// <param name="OnExpiry">Whether it is told only if nobody has answered until the request's end.</param>
/// <param name="SealedToken">client_notification_token under a root key.</param>
/// <param name="KeyNumber">Number of that root key.</param>
public sealed record BackchannelNews(Guid GrantId, bool OnExpiry, string SealedToken, int KeyNumber)
{
    /// <summary>As text, for a delivery.</summary>
    public string Write() => new JsonObject { ["grant"] = GrantId.ToString("N"), ["expiry"] = OnExpiry, ["token"] = SealedToken, ["key"] = KeyNumber }.ToJsonString();

    /// <summary>Reads it back.</summary>
    /// <param name="text">The delivery's document.</param>
    public static BackchannelNews Read(string text)
    {
        using JsonDocument json = JsonDocument.Parse(text);
        JsonElement root = json.RootElement;
        return new(Guid.ParseExact(root.GetProperty("grant").GetString()!, "N"), root.GetProperty("expiry").GetBoolean(), root.GetProperty("token").GetString()!, root.GetProperty("key").GetInt32());
    }
}
