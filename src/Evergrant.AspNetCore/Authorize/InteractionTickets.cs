using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Evergrant.AspNetCore.Keys;
using Evergrant.Jose;
using Evergrant.Protocol;
using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Keys;
using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore.Authorize;

/// <summary>What a ticket holds: the request as it came in, once and for all.</summary>
/// <param name="Parameters">Its parameters.</param>
/// <param name="StartedAt">When it came in, in whole milliseconds.</param>
/// <param name="Page">The page that carries it.</param>
/// <param name="Subject">Account that a consent page asks; null for the other pages.</param>
/// <param name="About">What the request is about: a page of one kind answers nothing of another.</param>
internal sealed record Interaction(Parameters Parameters, DateTimeOffset StartedAt, Prompt Page, string? Subject, InteractionSubject About = InteractionSubject.Authorization);

/// <summary>What the request of a page is about. The numbers are sealed into tickets.</summary>
internal enum InteractionSubject
{
    /// <summary>An authorization request.</summary>
    Authorization = 0,

    /// <summary>A device's user code.</summary>
    Device = 1,

    /// <summary>A logout request.</summary>
    SignOut = 2,

    /// <summary>A request for authentication over a back channel.</summary>
    Backchannel = 3,
}

/// <summary>Seals the request of a page into a hidden field and opens it again: AES-256-GCM, bound to issuer and browser, good for an hour. Nothing is read again from the URL.</summary>
/// <remarks>Canonical base64url of key number (2 bytes) · nonce (12) · ciphertext · tag (16).</remarks>
internal sealed class InteractionTickets(IServerSecrets secrets, EvergrantOptions options, TimeProvider clock)
{
    private const string Purpose = "interaction-ticket";
    // The page has four bits, what it is about the next four.
    private const int AboutShift = 4;
    private const int PageMask = (1 << AboutShift) - 1;
    private const int NumberLength = 2;
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int HeadLength = NumberLength + NonceLength;
    private const int MaximumLength = 32 * 1024;

    // Nobody reads it but us: as short as can be.
    private static readonly JsonWriterOptions Sealed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    // A cipher costs more to make than to use, and is for one thread at a time; a derived key is one and the same array while it is in use.
    [ThreadStatic]
    private static (byte[] Key, AesGcm Cipher)? t_last;

    /// <summary>Seals; null when the request is too large to come back with a form.</summary>
    public string? Seal(HttpContext http, IssuerSite site, Interaction interaction)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, Sealed))
        {
            json.WriteStartArray();
            json.WriteNumberValue(interaction.StartedAt.ToUnixTimeMilliseconds());
            json.WriteNumberValue((int)interaction.Page | ((int)interaction.About << AboutShift));
            json.WriteStringValue(interaction.Subject);
            foreach ((string name, string value) in interaction.Parameters.All)
            {
                json.WriteStringValue(name);
                json.WriteStringValue(value);
            }
            json.WriteEndArray();
        }
        NumberedKeys keys = secrets.Derive(Purpose);
        byte[] bytes = new byte[HeadLength + buffer.WrittenCount + TagLength];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)keys.CurrentNumber);
        RandomPool.Fill(bytes.AsSpan(NumberLength, NonceLength));
        CipherOf(keys.Current).Encrypt(bytes.AsSpan(NumberLength, NonceLength), buffer.WrittenSpan, bytes.AsSpan(HeadLength, buffer.WrittenCount), bytes.AsSpan(bytes.Length - TagLength),
            BoundTo(site, BrowserCookie.Ensure(http, site)));
        string ticket = CanonicalBase64Url.Encode(bytes);
        return ticket.Length > MaximumLength ? null : ticket;
    }

    /// <summary>Opens; null when it is forged, of another issuer or browser, or too old.</summary>
    public Interaction? Open(HttpContext http, IssuerSite site, string? ticket)
    {
        if (ticket is null || ticket.Length > MaximumLength || BrowserCookie.Read(http, site) is not { } browser) return null;
        if (!CanonicalBase64Url.TryDecode(ticket, out byte[]? bytes) || bytes.Length < HeadLength + TagLength) return null;
        if (secrets.Derive(Purpose).Find(BinaryPrimitives.ReadUInt16BigEndian(bytes)) is not { } key) return null;
        byte[] content = new byte[bytes.Length - HeadLength - TagLength];
        try
        {
            CipherOf(key).Decrypt(bytes.AsSpan(NumberLength, NonceLength), bytes.AsSpan(HeadLength, content.Length), bytes.AsSpan(bytes.Length - TagLength), content, BoundTo(site, browser));
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
        var json = new Utf8JsonReader(content);
        json.Read();
        json.Read();
        DateTimeOffset startedAt = DateTimeOffset.FromUnixTimeMilliseconds(json.GetInt64());
        if (clock.GetUtcNow() - startedAt > options.InteractionLifetime) return null;
        json.Read();
        int page = json.GetInt32();
        json.Read();
        string? subject = json.GetString();
        var pairs = new List<KeyValuePair<string, string>>(Parameters.MaximumCount / 4);
        while (json.Read() && json.TokenType == JsonTokenType.String)
        {
            string name = json.GetString()!;
            json.Read();
            pairs.Add(new(name, json.GetString()!));
        }
        return new Interaction(Parameters.From(pairs), startedAt, (Prompt)(page & PageMask), subject, (InteractionSubject)(page >> AboutShift));
    }

    private static AesGcm CipherOf(byte[] key)
    {
        if (t_last is { } last && ReferenceEquals(last.Key, key)) return last.Cipher;
        var cipher = new AesGcm(key, TagLength);
        t_last?.Cipher.Dispose();
        t_last = (key, cipher);
        return cipher;
    }

    private static byte[] BoundTo(IssuerSite site, string browser) => Encoding.UTF8.GetBytes(site.Issuer + "\n" + browser);
}
