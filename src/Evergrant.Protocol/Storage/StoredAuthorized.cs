using System.Text.Json;
using System.Text.Json.Serialization;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Policies;

namespace Evergrant.Protocol.Storage;

/// <summary>The JSON of <see cref="Authorized"/> as <see cref="StoredJson"/> writes it, read by hand: every refresh reads it, and the serializer takes three times as long for a record of this size.</summary>
public sealed class StoredAuthorized : JsonConverter<Authorized>
{
    private static readonly StoredPolicy Policies = new();

    /// <summary>Reads a column.</summary>
    /// <param name="utf8">The JSON.</param>
    /// <exception cref="JsonException">It is none, or not that of a grant. Members that are not known are passed over: a later version may have written them.</exception>
    public static Authorized Parse(ReadOnlySpan<byte> utf8)
    {
        Utf8JsonReader reader = new(utf8);
        reader.Read();
        Authorized read = Read(ref reader);
        return reader.Read() ? throw new JsonException() : read;
    }

    /// <inheritdoc/>
    public override Authorized Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Read(ref reader);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Authorized value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("scope"u8, value.Scope);
        WriteTexts(writer, "resources"u8, value.Resources);
        WriteText(writer, "redirect_uri"u8, value.RedirectUri);
        WriteText(writer, "code_challenge"u8, value.CodeChallenge);
        WriteText(writer, "dpop_key"u8, value.DpopKey);
        WriteText(writer, "nonce"u8, value.Nonce);
        WriteText(writer, "claims"u8, value.Claims);
        WriteText(writer, "details"u8, value.Details);
        if (value.AuthTime is { } authTime) writer.WriteString("auth_time"u8, authTime);
        WriteText(writer, "acr"u8, value.Acr);
        if (value.Amr is { } methods) WriteTexts(writer, "amr"u8, methods);
        WriteText(writer, "session_id"u8, value.SessionId);
        WriteText(writer, "actor"u8, value.Actor);
        writer.WriteString("policy"u8, value.Policy);
        WriteText(writer, "policy_overrides"u8, value.PolicyOverrides);
        if (value.Rules is { } rules) writer.WriteString("rules"u8, StoredPolicy.TextOf(rules));
        writer.WriteBoolean("device_sso"u8, value.DeviceSso);
        WriteText(writer, "managed_id"u8, value.ManagedId);
        if (value.Supersedes is { } superseded) writer.WriteString("supersedes"u8, superseded);
        writer.WriteBoolean("issues_refresh_token"u8, value.IssuesRefreshToken);
        writer.WriteEndObject();
    }

    private static Authorized Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException();
        string? scope = null, policy = null, redirectUri = null, challenge = null, dpopKey = null, nonce = null, claims = null, details = null, acr = null, sessionId = null, actor = null, overrides = null, managedId = null;
        IReadOnlyList<string> resources = [];
        IReadOnlyList<string>? amr = null;
        DateTimeOffset? authTime = null;
        GrantPolicy? rules = null;
        Guid? supersedes = null;
        bool deviceSso = false, issuesRefreshToken = false;
        try
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                // In the order in which they are written.
                if (Is(ref reader, "scope"u8)) scope = reader.GetString();
                else if (Is(ref reader, "resources"u8)) resources = Texts(ref reader) ?? [];
                else if (Is(ref reader, "redirect_uri"u8)) redirectUri = reader.GetString();
                else if (Is(ref reader, "code_challenge"u8)) challenge = reader.GetString();
                else if (Is(ref reader, "dpop_key"u8)) dpopKey = reader.GetString();
                else if (Is(ref reader, "nonce"u8)) nonce = reader.GetString();
                else if (Is(ref reader, "claims"u8)) claims = reader.GetString();
                else if (Is(ref reader, "details"u8)) details = reader.GetString();
                else if (Is(ref reader, "auth_time"u8)) authTime = reader.TokenType == JsonTokenType.Null ? null : reader.GetDateTimeOffset();
                else if (Is(ref reader, "acr"u8)) acr = reader.GetString();
                else if (Is(ref reader, "amr"u8)) amr = Texts(ref reader);
                else if (Is(ref reader, "session_id"u8)) sessionId = reader.GetString();
                else if (Is(ref reader, "actor"u8)) actor = reader.GetString();
                else if (Is(ref reader, "policy"u8)) policy = reader.GetString();
                else if (Is(ref reader, "policy_overrides"u8)) overrides = reader.GetString();
                else if (Is(ref reader, "rules"u8)) rules = reader.TokenType == JsonTokenType.Null ? null : Policies.Read(ref reader, typeof(GrantPolicy), JsonSerializerOptions.Default);
                else if (Is(ref reader, "device_sso"u8)) deviceSso = reader.GetBoolean();
                else if (Is(ref reader, "managed_id"u8)) managedId = reader.GetString();
                else if (Is(ref reader, "supersedes"u8)) supersedes = reader.TokenType == JsonTokenType.Null ? null : reader.GetGuid();
                else if (Is(ref reader, "issues_refresh_token"u8)) issuesRefreshToken = reader.GetBoolean();
                else
                {
                    reader.Read();
                    reader.Skip();
                }
            }
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            throw new JsonException(null, e);
        }
        if (reader.TokenType != JsonTokenType.EndObject || scope is null || policy is null) throw new JsonException();
        return new Authorized
        {
            Scope = scope,
            Resources = resources,
            RedirectUri = redirectUri,
            CodeChallenge = challenge,
            DpopKey = dpopKey,
            Nonce = nonce,
            Claims = claims,
            Details = details,
            AuthTime = authTime,
            Acr = acr,
            Amr = amr,
            SessionId = sessionId,
            Actor = actor,
            Policy = policy,
            PolicyOverrides = overrides,
            Rules = rules,
            DeviceSso = deviceSso,
            ManagedId = managedId,
            Supersedes = supersedes,
            IssuesRefreshToken = issuesRefreshToken,
        };
    }

    /// <summary>Whether the member at which the reader stands is this one; goes on to its value then.</summary>
    private static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) => reader.ValueTextEquals(name) && reader.Read();

    private static List<string>? Texts(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException();
        if (!reader.Read() || reader.TokenType == JsonTokenType.EndArray) return [];
        List<string> texts = [reader.GetString()!];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) texts.Add(reader.GetString()!);
        return texts;
    }

    private static void WriteText(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null) writer.WriteString(name, value);
    }

    private static void WriteTexts(Utf8JsonWriter writer, ReadOnlySpan<byte> name, IReadOnlyList<string> values)
    {
        writer.WriteStartArray(name);
        foreach (string value in values) writer.WriteStringValue(value);
        writer.WriteEndArray();
    }
}
