using System.Text.Json;

namespace Evergrant.Jose;

/// <summary>Makes a profile's value of claims that have passed the rules; what it finds missing or malformed is remembered by the reader.</summary>
internal delegate T ClaimsRead<out T>(ref ClaimReader claims);

/// <summary>
/// Reads claims and remembers the first fault; after it, every answer is empty and means nothing, so that a profile reads straight on and looks once.
/// </summary>
internal struct ClaimReader(JsonElement claims)
{
    // 9999-12-31T23:59:59Z: the last second that DateTimeOffset holds.
    private const double LastSecond = 253402300799;

    public JwtFault Fault { get; private set; }

    /// <summary>The claim whose absence or form is the fault; null for other faults.</summary>
    public string? FaultyClaim { get; private set; }

    /// <summary>A copy of all claims that outlives the token.</summary>
    public readonly JsonElement Copy() => claims.Clone();

    /// <summary>Remembers a fault when the condition does not hold.</summary>
    public void Demand(bool condition, JwtFault fault, string? claim = null)
    {
        if (!condition && Fault == JwtFault.None)
            (Fault, FaultyClaim) = (fault, claim);
    }

    /// <summary>A string that must be there and not be empty.</summary>
    public string Text(string name)
    {
        string? text = OptionalText(name);
        Demand(text is not null, JwtFault.ClaimMissing, name);
        Demand(text is not "", JwtFault.ClaimMalformed, name);
        return text ?? "";
    }

    /// <summary>A string, which may be empty; null when absent.</summary>
    public string? OptionalText(string name)
    {
        if (!Find(name, out JsonElement member))
            return null;
        Demand(JsonText.TryText(member, out string? text), JwtFault.ClaimMalformed, name);
        return text;
    }

    /// <summary>A string or an array of strings that must be there, with at least one value (RFC 7519 §4.1.3).</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        if (Find(name, out JsonElement member) && member.ValueKind == JsonValueKind.String)
            return [Text(name)];
        IReadOnlyList<string>? texts = OptionalTexts(name);
        Demand(texts is not null, JwtFault.ClaimMissing, name);
        Demand(texts is null or { Count: > 0 }, JwtFault.ClaimMalformed, name);
        return texts ?? [];
    }

    /// <summary>An array of strings, none of them empty; null when absent.</summary>
    public IReadOnlyList<string>? OptionalTexts(string name)
    {
        if (!Find(name, out JsonElement member))
            return null;
        Demand(member.ValueKind == JsonValueKind.Array, JwtFault.ClaimMalformed, name);
        if (Fault != JwtFault.None)
            return null;
        var texts = new List<string>(member.GetArrayLength());
        foreach (JsonElement entry in member.EnumerateArray())
        {
            bool good = JsonText.TryText(entry, out string? text) && text.Length > 0;
            Demand(good, JwtFault.ClaimMalformed, name);
            if (!good)
                return null;
            texts.Add(text!);
        }
        return texts;
    }

    /// <summary>A NumericDate that must be there.</summary>
    public DateTimeOffset Instant(string name)
    {
        DateTimeOffset? instant = OptionalInstant(name);
        Demand(instant is not null, JwtFault.ClaimMissing, name);
        return instant ?? DateTimeOffset.UnixEpoch;
    }

    /// <summary>A NumericDate (RFC 7519 §2): seconds since 1970, whole or with a fraction, up to the year 9999; null when absent.</summary>
    public DateTimeOffset? OptionalInstant(string name)
    {
        if (!Find(name, out JsonElement member))
            return null;
        if (member.ValueKind == JsonValueKind.Number && member.TryGetDouble(out double seconds) && seconds is >= 0 and <= LastSecond)
            return DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
        Demand(false, JwtFault.ClaimMalformed, name);
        return null;
    }

    /// <summary>A whole number of 32 bits that is not negative; null when absent.</summary>
    public int? OptionalCount(string name)
    {
        if (!Find(name, out JsonElement member))
            return null;
        if (member.ValueKind == JsonValueKind.Number && member.TryGetInt32(out int count) && count >= 0)
            return count;
        Demand(false, JwtFault.ClaimMalformed, name);
        return null;
    }

    /// <summary>The key that the token is bound to (RFC 7800); null when absent. One that is bound in a way not known here is malformed: it must not pass for a bearer token.</summary>
    public Confirmation? OptionalConfirmation()
    {
        if (!Find("cnf", out JsonElement member))
            return null;
        foreach (string name in (ReadOnlySpan<string>)[Confirmation.DpopKey, Confirmation.Certificate])
        {
            if (member.ValueKind == JsonValueKind.Object && member.TryGetProperty(name, out JsonElement value) && JsonText.TryText(value, out string? text) && Confirmation.IsThumbprint(text))
                return new Confirmation(name, text);
        }
        Demand(false, JwtFault.ClaimMalformed, "cnf");
        return null;
    }

    /// <summary>The claims that the profile does not name itself, independent of the document; null when there are none.</summary>
    public readonly IReadOnlyDictionary<string, JsonElement>? Others(IReadOnlySet<string> own)
    {
        Dictionary<string, JsonElement>? others = null;
        if (Fault != JwtFault.None)
            return null;
        foreach (JsonProperty claim in claims.EnumerateObject())
        {
            if (!own.Contains(claim.Name))
                (others ??= new Dictionary<string, JsonElement>(StringComparer.Ordinal)).Add(claim.Name, claim.Value.Clone());
        }
        return others;
    }

    /// <summary>Demands that <c>events</c> (RFC 8417 §2.2) is an object that has an event, itself an object.</summary>
    public void DemandEvent(string name)
    {
        if (!Find("events", out JsonElement events))
        {
            Demand(false, JwtFault.ClaimMissing, "events");
            return;
        }
        bool good = events.ValueKind == JsonValueKind.Object && events.TryGetProperty(name, out JsonElement one) && one.ValueKind == JsonValueKind.Object;
        Demand(good, JwtFault.ClaimMalformed, "events");
    }

    /// <summary>Whether the claim is there.</summary>
    public readonly bool Has(string name) => claims.TryGetProperty(name, out _);

    private readonly bool Find(string name, out JsonElement member)
    {
        member = default;
        return Fault == JwtFault.None && claims.TryGetProperty(name, out member);
    }
}
