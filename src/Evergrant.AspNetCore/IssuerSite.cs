namespace Evergrant.AspNetCore;

/// <summary>One issuer as it is reached: its identifier and the URLs below it, all from settings and never from a request.</summary>
public sealed class IssuerSite
{
    /// <summary>Takes the settings of an issuer.</summary>
    /// <param name="options">Settings that were judged before.</param>
    public IssuerSite(IssuerOptions options)
    {
        Issuer = options.Issuer;
        var uri = new Uri(options.Issuer);
        Name = options.Name ?? uri.Host;
        Base = options.Issuer.TrimEnd('/');
        Origin = uri.GetLeftPart(UriPartial.Authority);
        Prefix = Base[Origin.Length..];
        IsSecure = uri.Scheme == "https";
        TokenEndpoint = Base + "/token";
        ResourceMetadata = Protocol.Metadata.ProtectedResource.UrlOf(Base + "/userinfo");
    }

    /// <summary>Issuer identifier, byte for byte as configured.</summary>
    public string Issuer { get; }

    /// <summary>Name for people.</summary>
    public string Name { get; }

    /// <summary>The issuer without a trailing slash; endpoints are below it.</summary>
    public string Base { get; }

    /// <summary>Scheme, host and port of the issuer.</summary>
    public string Origin { get; }

    /// <summary>Path prefix of its endpoints: empty, or with a leading and without a trailing slash.</summary>
    public string Prefix { get; }

    /// <summary>Whether it is https: cookies are Secure and pages send HSTS.</summary>
    public bool IsSecure { get; }

    /// <summary>URL of the metadata of the userinfo endpoint as a protected resource (RFC 9728).</summary>
    internal string ResourceMetadata { get; }

    /// <summary>URL of the token endpoint.</summary>
    public string TokenEndpoint { get; }
}
