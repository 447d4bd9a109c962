namespace Evergrant.Specs.Ciba;

/// <summary>The claims of a signed request over the back channel (CIBA Core section 7.1.1).</summary>
public static class CibaObject
{
    /// <summary>A request for Alice, right unless claims are changed; null takes one out.</summary>
    public static Dictionary<string, object> Claims(ClientDefinition definition, string issuer, long now, params (string Name, object? Value)[] changes)
    {
        var claims = new Dictionary<string, object>
        {
            ["iss"] = definition.Id, ["aud"] = issuer, ["iat"] = now, ["nbf"] = now, ["exp"] = now + 300, ["jti"] = Pkce.Random(16),
            ["scope"] = "openid offline_access mail:read", ["login_hint"] = Users.Alice.Username, ["binding_message"] = "1234",
        };
        foreach (var (name, value) in changes)
        {
            claims.Remove(name);
            if (value is not null) claims[name] = value;
        }

        return claims;
    }
}
