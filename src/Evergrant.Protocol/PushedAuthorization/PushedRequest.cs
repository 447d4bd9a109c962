using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Evergrant.Jose;
using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Storage;

namespace Evergrant.Protocol.PushedAuthorization;

/// <summary>An authorization request that was pushed and waits for its End-User (RFC 9126 section 4).</summary>
/// <remarks>Its handle is used up when the request is answered, not when it is looked at: a page may be loaded again (FAPI 2.0 Security Profile section 5.3.2.2, number 16).</remarks>
/// <param name="Issuer">Issuer that it was pushed to.</param>
/// <param name="Request">The request.</param>
/// <param name="ExpiresAt">Until when a browser may bring it; a page that was shown by then may be answered later.</param>
public sealed record PushedRequest(string Issuer, AuthorizeRequest Request, DateTimeOffset ExpiresAt)
{
    /// <summary>Random bytes in a request_uri.</summary>
    public const int RandomLength = 32;

    private const string Prefix = "urn:ietf:params:oauth:request_uri:";

    private static readonly OAuthError Unknown = new("invalid_request_uri", "The request_uri is not valid: it was used already, is too old, or was never issued here.", Refusal.RequestUriUnknown);
    private static readonly OAuthError Foreign = Unknown with { Refusal = Refusal.RequestUriOfAnotherClient };
    private static readonly OAuthError Expired = Unknown with { Refusal = Refusal.RequestUriExpired };

    /// <summary>Whether a request_uri has the form of those that are issued here; any other is a reference to somebody else's server.</summary>
    /// <param name="requestUri">The parameter; null when absent.</param>
    public static bool IsUri(string? requestUri) => requestUri?.StartsWith(Prefix, StringComparison.Ordinal) == true;

    /// <summary>Makes a request_uri.</summary>
    /// <param name="random"><see cref="RandomLength"/> random bytes.</param>
    public static string UriOf(ReadOnlySpan<byte> random) => Prefix + CanonicalBase64Url.Encode(random);

    /// <summary>The key of its handle.</summary>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <param name="requestUri">The request_uri.</param>
    public static byte[] KeyOf(string issuer, string requestUri) => SHA256.HashData(Encoding.UTF8.GetBytes(issuer + "\n" + requestUri));

    /// <summary>Judges what was found under a request_uri.</summary>
    /// <param name="handle">The row; null when there is none.</param>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <param name="clientId">The client that the browser brings along with it; null for none.</param>
    /// <param name="startedAt">When the browser brought it.</param>
    /// <param name="pushed">The request.</param>
    /// <returns>The error, or null.</returns>
    public static OAuthError? Find(Handle? handle, string issuer, string? clientId, DateTimeOffset startedAt, out PushedRequest? pushed)
    {
        pushed = null;
        if (handle is not { Kind: HandleKind.PushedRequest, Document: { } document } || Read(document) is not { } found || found.Issuer != issuer) return Unknown;
        if (found.Request.ClientId != clientId) return Foreign;
        if (found.ExpiresAt <= startedAt) return Expired;
        pushed = found;
        return null;
    }

    /// <summary>As text, for the handle.</summary>
    public string Write()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("issuer", Issuer);
            json.WriteNumber("expires_at", ExpiresAt.ToUnixTimeMilliseconds());
            json.WriteBoolean("signed", Request.IsSigned);
            json.WriteStartArray("parameters");
            foreach ((string name, string value) in Request.Parameters.All)
            {
                json.WriteStringValue(name);
                json.WriteStringValue(value);
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static PushedRequest? Read(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            JsonElement root = document.RootElement;
            JsonElement pairs = root.GetProperty("parameters");
            var read = new List<KeyValuePair<string, string>>(pairs.GetArrayLength() / 2);
            for (int i = 0; i + 1 < pairs.GetArrayLength(); i += 2) read.Add(new(pairs[i].GetString()!, pairs[i + 1].GetString()!));
            AuthorizeRequest request = AuthorizeRequest.Read(Parameters.From(read)) with { IsPushed = true, IsSigned = root.GetProperty("signed").GetBoolean() };
            return new PushedRequest(root.GetProperty("issuer").GetString()!, request, DateTimeOffset.FromUnixTimeMilliseconds(root.GetProperty("expires_at").GetInt64()));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
