namespace Evergrant.Specs.Harness;

/// <summary>A client that acts: it calls the endpoints with its credentials in the way it is registered for.</summary>
public sealed class Client(Api api, ClientDefinition definition, string? secret, params IReadOnlyList<(string Name, string Value)> headers)
{
    /// <summary>How it was declared.</summary>
    public ClientDefinition Definition => definition;

    /// <summary>Its identifier.</summary>
    public string Id => definition.Id;

    /// <summary>Its secret; fails when the server made none.</summary>
    public string Secret => secret ?? throw new InvalidOperationException($"'{definition.Id}' has no secret.");

    /// <summary>Whether the server made a secret for it.</summary>
    public bool HasSecret => secret is not null;

    /// <summary>The endpoints it talks to.</summary>
    public Api Api => api;

    /// <summary>The same client, sending these headers with its forms.</summary>
    public Client Sending(params (string Name, string Value)[] further) => new(api, definition, secret, [.. headers, .. further]);

    /// <summary>A token request.</summary>
    public Task<Reply> Token(params (string Name, string Value)[] form) => Call("/token", form);

    /// <summary>Redeems a code of the request, repeating its redirect URI and proving its challenge.</summary>
    public Task<Reply> Redeem(AuthorizationRequest request, string code, params (string Name, string? Value)[] changes)
    {
        var form = new Dictionary<string, string?> { ["grant_type"] = "authorization_code", ["code"] = code };
        if (request["redirect_uri"] is { } uri) form["redirect_uri"] = uri;
        if (request["code_challenge"] is not null) form["code_verifier"] = request.Verifier;
        return Token(Changed(form, changes));
    }

    /// <summary>Refreshes.</summary>
    public Task<Reply> Refresh(string refreshToken, params (string Name, string? Value)[] changes) =>
        Token(Changed(new() { ["grant_type"] = "refresh_token", ["refresh_token"] = refreshToken }, changes));

    /// <summary>Asks for a token of its own.</summary>
    public Task<Reply> ClientCredentials(params (string Name, string? Value)[] changes) =>
        Token(Changed(new() { ["grant_type"] = "client_credentials" }, changes));

    /// <summary>Revokes a token.</summary>
    public Task<Reply> Revoke(string token, string? hint = null) =>
        Call("/revoke", hint is null ? [("token", token)] : [("token", token), ("token_type_hint", hint)]);

    /// <summary>Introspects a token.</summary>
    public Task<Reply> Introspect(string token, string? hint = null) =>
        Call("/introspect", hint is null ? [("token", token)] : [("token", token), ("token_type_hint", hint)]);

    /// <summary>Whether introspection calls the token active; fails the test unless the answer is 200.</summary>
    public async Task<bool> Finds(string token)
    {
        var reply = (await Introspect(token)).Expect(200);
        return reply.Json.GetProperty("active").GetBoolean();
    }

    /// <summary>POSTs a form with this client's credentials.</summary>
    public Task<Reply> Call(string path, params (string Name, string Value)[] form) => definition.Method switch
    {
        "client_secret_basic" => api.Post(path, form, Api.Basic(Id, Secret), headers),
        "client_secret_post" => api.Post(path, [.. form, ("client_id", Id), ("client_secret", Secret)], headers: headers),
        "private_key_jwt" => api.Post(path, [.. form, .. Assertion()], headers: headers),
        _ => api.Post(path, [.. form, ("client_id", Id)], headers: headers),
    };

    /// <summary>The parameters of a client assertion (RFC 7523 section 2.2), right unless claims are changed; null takes a claim out.</summary>
    public IReadOnlyList<(string Name, string Value)> Assertion(string algorithm = "ES256", params (string Name, object? Value)[] changes)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = new Dictionary<string, object>
        {
            ["iss"] = Id,
            ["sub"] = Id,
            ["aud"] = api.Issuer,
            ["jti"] = Pkce.Random(16),
            ["iat"] = now,
            ["exp"] = now + 60,
        };
        foreach (var (name, value) in changes)
        {
            claims.Remove(name);
            if (value is not null) claims[name] = value;
        }

        var (key, kid) = algorithm switch
        {
            "ES256" => ((object?)(definition.Key ?? ClientKeys.Ec), (string?)"ec"),
            "RS256" or "PS256" => (ClientKeys.Rsa, "rsa"),
            _ => (null, null),
        };
        return Carrying(Jwt.Sign(claims, algorithm, key, kid));
    }

    /// <summary>The parameters that carry an assertion.</summary>
    public static IReadOnlyList<(string Name, string Value)> Carrying(string assertion) =>
        [("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), ("client_assertion", assertion)];

    private static (string Name, string Value)[] Changed(Dictionary<string, string?> form, (string Name, string? Value)[] changes)
    {
        foreach (var (name, value) in changes) form[name] = value;
        return [.. form.Where(p => p.Value is not null).Select(p => (p.Key, p.Value!))];
    }
}
