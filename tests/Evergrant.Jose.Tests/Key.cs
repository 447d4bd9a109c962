namespace Evergrant.Jose.Tests;

/// <summary>Keys made once for the whole run; RSA keys take long to make.</summary>
internal static class Key
{
    public static readonly SigningKey Es256 = SigningKey.Create(SignatureAlgorithm.ES256, "ec-1");
    public static readonly SigningKey OtherEs256 = SigningKey.Create(SignatureAlgorithm.ES256, "ec-2");
    public static readonly SigningKey Rs256 = SigningKey.Create(SignatureAlgorithm.RS256, "rsa-1");

    /// <summary>The RSA key under another algorithm; the curve's key for ES.</summary>
    public static SigningKey For(string algorithm) => algorithm.StartsWith("ES", StringComparison.Ordinal)
        ? SigningKey.Create(algorithm, "key-" + algorithm)
        : SigningKey.Import(Rs256.ExportPkcs8(), algorithm, "key-" + algorithm);

    /// <summary>The public key as its owner might publish it: other <c>alg</c>, <c>use</c> and <c>kid</c>, or none.</summary>
    public static Jwk Published(SigningKey key, string? kid = null, string? alg = null, string? use = null, string more = "")
    {
        using var json = System.Text.Json.JsonDocument.Parse(new JwkSet([key.PublicKey]).ToUtf8Json());
        var members = json.RootElement.GetProperty("keys")[0].EnumerateObject()
            .Where(member => member.Name is not ("kid" or "alg" or "use"))
            .Select(member => $"\"{member.Name}\":{member.Value.GetRawText()}")
            .ToList();
        void Add(string name, string? value)
        {
            if (value is not null)
                members.Add($"\"{name}\":\"{value}\"");
        }

        Add("kid", kid);
        Add("alg", alg);
        Add("use", use);
        Assert.True(Jwk.TryParse(Forged.Json("{" + string.Join(',', members) + more + "}"), out Jwk? jwk, out string? fault), fault);
        return jwk;
    }
}
