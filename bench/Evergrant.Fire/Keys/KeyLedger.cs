using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Evergrant.Fire.Keys;

/// <summary>A JWT that the server returned, as the one who got it sees it.</summary>
/// <param name="Text">The token.</param>
/// <param name="Withdrawn">Keys whose withdrawal had been confirmed before the token was asked for.</param>
internal sealed record ReturnedToken(string Text, IReadOnlySet<string> Withdrawn);

/// <summary>
/// I14: every JWT ever returned verifies against every JWK Set that the server served from the issue of the token to its end and a skew beyond, and against every set that
/// whoever verifies may still keep from before (max-age). A withdrawn key signs nothing and is in no set once its withdrawal was confirmed. Not thread-safe.
/// </summary>
internal sealed class KeyLedger
{
    private const int MostViolations = 20;
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(900);
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    private readonly List<Held> _held = [];
    private readonly LinkedList<(DateTimeOffset At, HashSet<string> Kids)> _recent = [];
    private readonly Dictionary<string, PublicKey> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _emergency = new(StringComparer.Ordinal);
    private readonly HashSet<string> _withdrawn = new(StringComparer.Ordinal);
    private readonly HashSet<string> _signers = new(StringComparer.Ordinal);

    /// <summary>What was broken; the first few.</summary>
    public List<string> Violations { get; } = [];

    /// <summary>How much was broken.</summary>
    public long Violated { get; private set; }

    /// <summary>Tokens checked.</summary>
    public long Tokens { get; private set; }

    /// <summary>Sets checked.</summary>
    public long Sets { get; private set; }

    /// <summary>Pairs of token and set.</summary>
    public long Comparisons { get; private set; }

    /// <summary>Keys that have signed.</summary>
    public int Signers => _signers.Count;

    /// <summary>Takes a set that was served at an instant of the server's clock.</summary>
    /// <param name="jwks">The set.</param>
    /// <param name="at">When.</param>
    /// <param name="emergency">Whether keys may appear that sign at once: at the beginning, and after a withdrawal.</param>
    public void Served(ReadOnlyMemory<byte> jwks, DateTimeOffset at, bool emergency = false)
    {
        Sets++;
        HashSet<string> kids = new(StringComparer.Ordinal);
        using JsonDocument set = JsonDocument.Parse(jwks);
        foreach (JsonElement jwk in set.RootElement.GetProperty("keys").EnumerateArray())
        {
            string kid = jwk.GetProperty("kid").GetString()!;
            kids.Add(kid);
            if (!_keys.TryGetValue(kid, out PublicKey? known))
            {
                _keys[kid] = PublicKey.Of(jwk);
                if (emergency) _emergency[kid] = at;
            }
            else if (known.Json != jwk.GetRawText()) Violate($"{kid} became another key");
            if (_withdrawn.Contains(kid)) Violate($"{kid} is in a set after its withdrawal was confirmed");
        }
        _held.RemoveAll(h => h.ExpiresAt + Skew < at || _withdrawn.Contains(h.KeyId));
        foreach (Held held in _held) Compare(held, at, kids);
        _recent.AddLast((at, kids));
        while (_recent.First!.Value.At < at - MaxAge - MaxAge) _recent.RemoveFirst();
        foreach (string gone in _keys.Keys.Where(k => !kids.Contains(k) && _held.All(h => h.KeyId != k)).ToArray())
        {
            _keys.Remove(gone, out PublicKey? key);
            key!.Dispose();
        }
    }

    /// <summary>Takes a withdrawal that was confirmed.</summary>
    public void Withdrawn(string kid) => _withdrawn.Add(kid);

    /// <summary>Takes a token, after the set that was served next.</summary>
    public void Returned(ReturnedToken token)
    {
        Tokens++;
        string[] parts = token.Text.Split('.');
        using JsonDocument header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0])), payload = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
        string kid = header.RootElement.GetProperty("kid").GetString()!;
        if (token.Withdrawn.Contains(kid))
        {
            Violate($"{kid} signed after its withdrawal was confirmed");
            return;
        }
        if (_withdrawn.Contains(kid)) return;
        var held = new Held(kid, Instant(payload, "iat"), Instant(payload, "exp"));
        _signers.Add(kid);
        if (!_keys.TryGetValue(kid, out PublicKey? key)) Violate($"{kid} signed and is in no set at {At(held.IssuedAt)}");
        else if (!key.Verifies(parts)) Violate($"a signature of {kid} does not verify");
        foreach ((DateTimeOffset at, HashSet<string> kids) in _recent) Compare(held, at, kids);
        if (_held.Count == 0 || !_held.Contains(held)) _held.Add(held);
    }

    // A set counts from as early as whoever verifies may keep it. The iat is cut to the second.
    private void Compare(Held held, DateTimeOffset at, HashSet<string> kids)
    {
        if (at < held.IssuedAt - MaxAge + TimeSpan.FromSeconds(2) || at > held.ExpiresAt + Skew) return;
        if (_emergency.TryGetValue(held.KeyId, out DateTimeOffset from) && at < from) return;
        Comparisons++;
        if (!kids.Contains(held.KeyId)) Violate($"a token of {held.KeyId}, issued {At(held.IssuedAt)} and good until {At(held.ExpiresAt)}, does not verify against the set of {At(at)}");
    }

    private void Violate(string what)
    {
        Violated++;
        if (Violations.Count < MostViolations) Violations.Add(what);
    }

    private static DateTimeOffset Instant(JsonDocument payload, string claim) => DateTimeOffset.FromUnixTimeSeconds(payload.RootElement.GetProperty(claim).GetInt64());

    private static string At(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Tokens of a key, a beginning and an end are one for the sets.</summary>
    private sealed record Held(string KeyId, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt);

    private sealed class PublicKey(string json, ECDsa? curve, RSA? rsa, RSASignaturePadding? padding) : IDisposable
    {
        public string Json => json;

        public static PublicKey Of(JsonElement jwk)
        {
            byte[] Member(string name) => Base64Url.DecodeFromChars(jwk.GetProperty(name).GetString());
            if (jwk.GetProperty("kty").GetString() == "EC")
                return new(jwk.GetRawText(), ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = Member("x"), Y = Member("y") } }), null, null);
            return new(jwk.GetRawText(), null, RSA.Create(new RSAParameters { Modulus = Member("n"), Exponent = Member("e") }), jwk.GetProperty("alg").GetString() == "PS256" ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
        }

        public bool Verifies(string[] parts)
        {
            byte[] signed = Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), signature = Base64Url.DecodeFromChars(parts[2]);
            return curve?.VerifyData(signed, signature, HashAlgorithmName.SHA256) ?? rsa!.VerifyData(signed, signature, HashAlgorithmName.SHA256, padding!);
        }

        public void Dispose()
        {
            curve?.Dispose();
            rsa?.Dispose();
        }
    }
}
