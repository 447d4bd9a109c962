namespace Evergrant.Specs.Harness;

/// <summary>The parameters of an authorization request, complete and right unless a test changes them.</summary>
public sealed class AuthorizationRequest
{
    private readonly List<(string Name, string Value)> parameters = [];

    /// <summary>A code request of the client with state and PKCE S256, for all its scopes.</summary>
    public AuthorizationRequest(Client client)
    {
        Client = client;
        var definition = client.Definition;
        With("response_type", "code").With("client_id", definition.Id);
        if (definition.RedirectUris.Count > 0) With("redirect_uri", definition.RedirectUri);
        With("scope", "openid").With("state", State);
        With("code_challenge", Pkce.Challenge(Verifier)).With("code_challenge_method", "S256");
    }

    /// <summary>Who asks.</summary>
    public Client Client { get; }

    /// <summary>The verifier whose challenge the request carries.</summary>
    public string Verifier { get; private set; } = Pkce.NewVerifier();

    /// <summary>The state that the request carries unless replaced.</summary>
    public string State { get; } = Pkce.Random(16);

    /// <summary>The parameters in order.</summary>
    public IReadOnlyList<(string Name, string Value)> Parameters => parameters;

    /// <summary>The form-urlencoded parameters.</summary>
    public string Query => Api.Encode(parameters);

    /// <summary>The value of a parameter, or null.</summary>
    public string? this[string name] => parameters.Where(p => p.Name == name).Select(p => p.Value).FirstOrDefault();

    /// <summary>Puts this one value in place of what was there; null takes the parameter out.</summary>
    public AuthorizationRequest With(string name, string? value)
    {
        parameters.RemoveAll(p => p.Name == name);
        if (value is not null) parameters.Add((name, value));
        return this;
    }

    /// <summary>Puts several values in place.</summary>
    public AuthorizationRequest With(params (string Name, string? Value)[] changes)
    {
        foreach (var (name, value) in changes) With(name, value);
        return this;
    }

    /// <summary>Takes parameters out.</summary>
    public AuthorizationRequest Without(params string[] names)
    {
        parameters.RemoveAll(p => names.Contains(p.Name));
        return this;
    }

    /// <summary>Adds a value beside what may be there.</summary>
    public AuthorizationRequest And(string name, string value)
    {
        parameters.Add((name, value));
        return this;
    }

    /// <summary>Uses this verifier and its S256 challenge.</summary>
    public AuthorizationRequest WithVerifier(string verifier)
    {
        Verifier = verifier;
        return With("code_challenge", Pkce.Challenge(verifier));
    }

    /// <summary>Leaves PKCE out.</summary>
    public AuthorizationRequest WithoutPkce() => Without("code_challenge", "code_challenge_method");
}
