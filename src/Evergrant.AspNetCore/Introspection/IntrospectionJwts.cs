using System.Buffers;
using System.Text;
using System.Text.Json;
using Evergrant.AspNetCore.Clients;
using Evergrant.AspNetCore.Keys;
using Evergrant.Jose;
using Evergrant.Protocol.Clients;
using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore.Introspection;

/// <summary>Introspection answers in the form of JWTs (RFC 9701): signed for the caller, and encrypted to it where it is registered so.</summary>
internal sealed class IntrospectionJwts(KeyRings rings, ResponseEncryption encryption, TimeProvider clock)
{
    private const string MediaType = "application/token-introspection+jwt";
    private const string Type = "token-introspection+jwt";

    /// <summary>Whether the caller asks for a JWT (section 4). What it would like otherwise, and how much, makes no difference.</summary>
    /// <param name="http">The request.</param>
    public static bool IsAskedFor(HttpContext http)
    {
        foreach (string? accept in http.Request.Headers.Accept)
        {
            if (accept?.Contains(MediaType, StringComparison.OrdinalIgnoreCase) == true) return true;
        }
        return false;
    }

    /// <summary>Answers.</summary>
    /// <param name="http">The request.</param>
    /// <param name="site">The issuer that was asked.</param>
    /// <param name="caller">The resource server.</param>
    /// <param name="members">Writes the members of the plain answer.</param>
    public async Task WriteAsync(HttpContext http, IssuerSite site, Client caller, Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, JsonReply.Options))
        {
            json.WriteStartObject();
            // Section 5: neither sub nor exp, so that it cannot pass for another kind of token.
            json.WriteString("iss", site.Issuer);
            json.WriteString("aud", caller.ClientId);
            json.WriteNumber("iat", clock.GetUtcNow().ToUnixTimeSeconds());
            json.WriteStartObject("token_introspection");
            members(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        ISigner signer = await rings.SignerAsync(site.Issuer, caller.IntrospectionSignedResponseAlg ?? SignatureAlgorithm.RS256, http.RequestAborted);
        string jwt = await JwsWriter.WriteAsync(signer, Type, buffer.WrittenMemory, http.RequestAborted);
        if (caller.IntrospectionEncryption is { } choice) jwt = ResponseEncryption.Nest(await encryption.DemandAsync(caller, choice, http.RequestAborted), choice, jwt, Type);
        await JsonReply.WriteAsync(http, 200, Encoding.ASCII.GetBytes(jwt), MediaType);
    }
}
