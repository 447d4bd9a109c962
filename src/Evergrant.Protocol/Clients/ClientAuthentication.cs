using System.Security.Cryptography;
using System.Text;
using Evergrant.Jose;
using Evergrant.Protocol.Keys;
using Evergrant.Protocol.Storage;

namespace Evergrant.Protocol.Clients;

/// <summary>What a request shows about its client, before anything is believed.</summary>
/// <param name="ClientId">Client that the request names; null for none.</param>
/// <param name="Secret">The secret shown; null for none.</param>
/// <param name="Assertion">The client assertion shown; null for none.</param>
/// <param name="UsedHeader">Whether the Authorization header was used: a failure is answered with its challenge.</param>
public sealed record ShownCredentials(string? ClientId, string? Secret, string? Assertion, bool UsedHeader)
{
    /// <summary>The certificate of the connection, for clients that authenticate by it; null for none.</summary>
    public ShownCertificate? Certificate { get; init; }

    /// <summary>Tells nothing of the secret.</summary>
    public override string ToString() => "***";
}

/// <summary>Whether a request comes from the client it names.</summary>
public abstract record ClientDecision;

/// <summary>It does; for a public client: nothing speaks against it.</summary>
/// <param name="Client">The client.</param>
/// <param name="Change">What has to commit before it counts (the assertion's jti is used up); null for nothing.</param>
/// <param name="OutdatedHash">The stored hash of the secret that was shown, where it is to be made again with the present key; null otherwise.</param>
public sealed record Authenticated(Client Client, UseAssertion? Change, byte[]? OutdatedHash = null) : ClientDecision;

/// <summary>It does not.</summary>
/// <param name="Error">What the caller is told, and why.</param>
/// <param name="Guess">Whether this may be guessing and counts for throttling.</param>
public sealed record NotAuthenticated(OAuthError Error, bool Guess) : ClientDecision;

/// <summary>Client authentication: all methods, one decision (RFC 6749 section 2.3, RFC 7523, OpenID Connect Core section 9).</summary>
public static class ClientAuthentication
{
    /// <summary>The only client_assertion_type.</summary>
    public const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /// <summary>Methods as registered names, in the order of the metadata.</summary>
    public static IReadOnlyList<string> MethodNames { get; } = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"];

    /// <summary>Methods of mutual TLS as registered names; offered where the server asks for certificates.</summary>
    public static IReadOnlyList<string> MutualTlsMethodNames { get; } = ["tls_client_auth", "self_signed_tls_client_auth"];

    private static readonly byte[][] Nobodys = [new byte[32]];
    private static readonly NotAuthenticated Unknown = new(OAuthError.InvalidClient(Refusal.ClientUnknown), true);
    private static readonly NotAuthenticated Missing = new(OAuthError.InvalidClient(Refusal.ClientCredentialsMissing), false);
    private static readonly NotAuthenticated WrongSecret = new(OAuthError.InvalidClient(Refusal.ClientSecretWrong), true);
    private static readonly NotAuthenticated ExpiredSecret = new(OAuthError.InvalidClient(Refusal.ClientSecretExpired), false);
    private static readonly NotAuthenticated WrongMethod = new(OAuthError.InvalidClient(Refusal.ClientMethodWrong), false);
    private static readonly NotAuthenticated BadCertificate = new(OAuthError.InvalidClient(Refusal.ClientCertificateWrong), false);
    private static readonly NotAuthenticated BadAssertion = new(OAuthError.InvalidClient(Refusal.ClientAssertionInvalid), true);

    /// <summary>Decides.</summary>
    /// <param name="shown">What the request shows.</param>
    /// <param name="client">The client registered under the id shown; null when there is none.</param>
    /// <param name="secretKeys">Keys of <see cref="ClientSecret.Hash"/>.</param>
    /// <param name="issuer">The issuer that was asked: the audience of assertions (RFC 7523bis section 4).</param>
    /// <param name="tokenEndpoint">URL of the token endpoint, for clients with the legacy audience.</param>
    /// <param name="now">The instant of the decision.</param>
    /// <param name="endpoint">URL of the endpoint that was asked, for clients with the legacy audience; null for the token endpoint.</param>
    public static ClientDecision Decide(ShownCredentials shown, Client? client, NumberedKeys secretKeys, string issuer, string tokenEndpoint, DateTimeOffset now, string? endpoint = null)
    {
        if (client is null)
        {
            if (shown.ClientId is null && shown.Assertion is null) return new NotAuthenticated(OAuthError.InvalidClient(Refusal.ClientMissing), false);
            // A name that nobody has costs the hash that one costs which somebody has.
            if (shown.Secret is not null) ClientSecret.Find(shown.Secret, secretKeys, Nobodys);
            return Unknown;
        }
        switch (client.AuthenticationMethod)
        {
            case ClientAuthenticationMethod.None:
                // A public client that sends a secret all the same stays public: nothing is believed because of it (RFC 6749 section 2.3).
                return shown.Assertion is null ? new Authenticated(client, null) : WrongMethod;
            case ClientAuthenticationMethod.PrivateKeyJwt:
                if (shown.Assertion is null) return shown.Secret is null ? Missing : WrongMethod;
                return JudgeAssertion(shown.Assertion, client, issuer, tokenEndpoint, endpoint ?? tokenEndpoint, now);
            case ClientAuthenticationMethod.TlsClientAuth or ClientAuthenticationMethod.SelfSignedTlsClientAuth:
                if ((shown.Secret ?? shown.Assertion) is not null) return WrongMethod;
                return shown.Certificate is null ? Missing : CertificateIsOf(client, shown.Certificate, now) ? new Authenticated(client, null) : BadCertificate;
            default:
                // Basic and form fields carry the same proof; whoever holds the secret may show it either way.
                if (shown.Assertion is not null) return WrongMethod;
                if (shown.Secret is null) return Missing;
                if (ClientSecret.Find(shown.Secret, secretKeys, client.SecretHashes) is not { } hash) return WrongSecret;
                if (client.SecretExpiresAt <= now) return ExpiredSecret;
                return new Authenticated(client, null, ClientSecret.KeyNumberOf(hash) == secretKeys.CurrentNumber ? null : hash);
        }
    }

    /// <summary>Nobody guesses certificates: the handshake has proven the private key.</summary>
    private static bool CertificateIsOf(Client client, ShownCertificate certificate, DateTimeOffset now) => certificate.IsInTime(now) && (client.AuthenticationMethod == ClientAuthenticationMethod.TlsClientAuth
        ? certificate.IsTrusted && client.CertificateSubject?.IsOf(certificate) == true
        // RFC 8705 section 2.2: the very certificate; of its chain nothing is asked.
        : client.Keys?.Keys.Any(k => k.CertificateThumbprint == certificate.Confirmation.Thumbprint) == true);

    private static ClientDecision JudgeAssertion(string assertion, Client client, string issuer, string tokenEndpoint, string endpoint, DateTimeOffset now)
    {
        if (client.Keys is not { } keys) return BadAssertion;
        string[] audiences = client.LegacyAssertionAudience ? [issuer, tokenEndpoint, endpoint] : [issuer];
        JwtVerdict<ClientAssertion> verdict = ClientAssertion.Judge(
            assertion, keys, client.ClientId, audiences, client.AuthenticationSigningAlg is { } sole ? [sole] : client.IsFapi ? FapiProfile.Algorithms : SignatureAlgorithm.Asymmetric, now, soleAudience: !client.LegacyAssertionAudience,
            textAudience: client.IsFapi);
        if (verdict.Value is not { } value) return BadAssertion;
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(issuer + "\n" + client.ClientId + "\n" + value.JwtId));
        return new Authenticated(client, new UseAssertion(hash, value.ExpiresAt + TimeSpan.FromMinutes(5)));
    }
}
