using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Evergrant.Jose;

/// <summary>
/// Writes a claims set into memory that a thread keeps for its next token: rent, write, hand <see cref="Written"/> to <see cref="JwsWriter"/>, give back.
/// Absent claims (null) are left out, never written as null.
/// </summary>
internal sealed class ClaimWriter : IDisposable
{
    private const int KeptCapacity = 16 * 1024;

    [ThreadStatic]
    private static ClaimWriter? idle;

    private readonly ArrayBufferWriter<byte> buffer = new(1024);
    private readonly Utf8JsonWriter json;

    // The payload is base64url in a JWT: no HTML to protect, and every escape not written is octets saved on every request.
    private ClaimWriter() => json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>The finished object; valid until the writer is given back.</summary>
    public ReadOnlyMemory<byte> Written
    {
        get
        {
            json.WriteEndObject();
            json.Flush();
            return buffer.WrittenMemory;
        }
    }

    public static ClaimWriter Rent()
    {
        ClaimWriter writer = idle ?? new ClaimWriter();
        idle = null;
        writer.json.WriteStartObject();
        return writer;
    }

    /// <summary>Gives the writer back to the thread it is disposed on.</summary>
    public void Dispose()
    {
        buffer.ResetWrittenCount();
        json.Reset();
        if (buffer.Capacity <= KeptCapacity)
            idle = this;
    }

    public void Text(JsonEncodedText name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }

    /// <summary>Whole seconds: every reader understands them.</summary>
    public void Instant(JsonEncodedText name, DateTimeOffset? value)
    {
        if (value is { } instant)
            json.WriteNumber(name, instant.ToUnixTimeSeconds());
    }

    public void Number(JsonEncodedText name, int? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
    }

    public void Texts(JsonEncodedText name, IReadOnlyList<string>? values)
    {
        if (values is null)
            return;
        json.WriteStartArray(name);
        for (int i = 0; i < values.Count; i++)
            json.WriteStringValue(values[i]);
        json.WriteEndArray();
    }

    /// <summary>RFC 7800 §3.1.</summary>
    public void Confirmation(Confirmation? value)
    {
        if (value is null)
            return;
        json.WriteStartObject(ClaimName.Confirmation);
        json.WriteString(value.Member, value.Thumbprint);
        json.WriteEndObject();
    }

    /// <summary>RFC 7519 §4.1.3: one recipient as a string, several as an array.</summary>
    public void Audience(IReadOnlyList<string> values)
    {
        if (values.Count == 1)
            json.WriteString(ClaimName.Audience, values[0]);
        else
            Texts(ClaimName.Audience, values);
    }

    /// <summary>The claim <c>events</c> (RFC 8417 §2.2) with one event that says no more than its name.</summary>
    public void EmptyEvent(string name)
    {
        json.WriteStartObject(ClaimName.Events);
        json.WriteStartObject(name);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Claims from elsewhere. Names that the profile writes itself are passed over: nobody else decides them, and no claim is written twice.</summary>
    public void Others(IReadOnlyDictionary<string, JsonElement>? claims, IReadOnlySet<string> own)
    {
        if (claims is null)
            return;
        foreach ((string name, JsonElement value) in claims)
        {
            if (own.Contains(name))
                continue;
            json.WritePropertyName(name);
            value.WriteTo(json);
        }
    }
}
