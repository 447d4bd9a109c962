using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Evergrant.Jose;
using Evergrant.Protocol.Storage;

namespace Evergrant.Protocol.Registration;

/// <summary>The two bearer tokens of dynamic registration: of each only a hash is kept.</summary>
public static class RegistrationTokens
{
    /// <summary>Prefix of initial access tokens (RFC 7591 section 3), by which secret scanners know them.</summary>
    public const string InitialPrefix = "evi_";

    /// <summary>Prefix of registration access tokens (RFC 7592 section 3).</summary>
    public const string AccessPrefix = "evr_";

    /// <summary>Makes a token.</summary>
    /// <param name="prefix">One of the prefixes.</param>
    /// <param name="random">32 random bytes.</param>
    public static string New(string prefix, ReadOnlySpan<byte> random)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(random.Length, 32);
        return prefix + CanonicalBase64Url.Encode(random);
    }

    /// <summary>What is kept of a token; with 256 random bits in it a plain hash cannot be turned round.</summary>
    /// <param name="token">The token.</param>
    public static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>Key of the handle that says that a client has been used lately.</summary>
    /// <param name="issuer">Issuer.</param>
    /// <param name="clientId">Client.</param>
    public static byte[] UseKeyOf(string issuer, string clientId) => SHA256.HashData(Encoding.UTF8.GetBytes("client-use\n" + issuer + "\n" + clientId));

    /// <summary>The change that notes the use of a client.</summary>
    /// <param name="issuer">Issuer.</param>
    /// <param name="clientId">Client.</param>
    /// <param name="until">How long the note stands.</param>
    /// <param name="first">Whether there is no note yet; otherwise it is replaced.</param>
    public static Change NoteUse(string issuer, string clientId, DateTimeOffset until, bool first)
    {
        byte[] key = UseKeyOf(issuer, clientId);
        var add = new AddHandle(new Handle(key, HandleKind.ClientUse, null, null, until));
        return first ? add : new Together([new RemoveHandle(key), add]);
    }
}

/// <summary>What may be registered with an initial access token.</summary>
/// <param name="Issuer">Issuer it is good at.</param>
/// <param name="Once">Whether it is used up by one registration.</param>
/// <param name="GrantTypes">Grant types that a client registered with it may choose from.</param>
public sealed record InitialAccess(string Issuer, bool Once, IReadOnlyList<string> GrantTypes)
{
    /// <summary>As text, for its handle.</summary>
    public string Write() => new JsonObject { ["issuer"] = Issuer, ["once"] = Once, ["grant_types"] = new JsonArray([.. GrantTypes.Select(g => (JsonNode)g)]) }.ToJsonString();

    /// <summary>Reads it back.</summary>
    /// <param name="text">What <see cref="Write"/> wrote; null for nothing.</param>
    public static InitialAccess? Read(string? text)
    {
        if (text is null) return null;
        using JsonDocument json = JsonDocument.Parse(text);
        JsonElement root = json.RootElement;
        return new(root.GetProperty("issuer").GetString()!, root.GetProperty("once").GetBoolean(), [.. root.GetProperty("grant_types").EnumerateArray().Select(g => g.GetString()!)]);
    }
}
