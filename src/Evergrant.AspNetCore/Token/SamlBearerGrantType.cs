using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Evergrant.AspNetCore.Clients;
using Evergrant.AspNetCore.Keys;
using Evergrant.AspNetCore.Saml;
using Evergrant.AspNetCore.Trust;
using Evergrant.Jose;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Token;
using Evergrant.Protocol.Trust;

namespace Evergrant.AspNetCore.Token;

/// <summary>The entry of <see cref="SamlBearerGrant"/>: reads the XML, finds the issuer, judges, finds the subject, permits.</summary>
internal sealed class SamlBearerGrantType(IServerSecrets secrets, ClientCatalogue clients, IAccountDirectory accounts) : IGrantType
{
    public string Name => SamlBearerGrant.Name;

    public string Parameter => "assertion";

    public CredentialKind? Credential => null;

    public async ValueTask<TokenDecision> DecideAsync(TokenContext context)
    {
        if (SamlDocument.Read(context.Form[Parameter]!) is not { } document) return new Refused(SamlBearerGrant.Invalid);
        TrustedIssuer? trusted = await clients.TrustedAsync(context.Site.Issuer, document.Issuer, context.Aborted);
        if (SamlBearerGrant.Admit(trusted, context.Client) is { } stranger) return new Refused(stranger);
        RSA[] keys = [.. trusted!.Certificates.Select(KeyOf)];
        try
        {
            if (SamlAssertion.Judge(document, trusted, keys, context.Site.Issuer, context.Site.TokenEndpoint, context.Now, out GrantAssertion? judged) is { } error) return new Refused(error);
            string? account = trusted.Subject != SubjectMapping.External && JwtBearerGrant.SubjectOf(judged!, trusted) is { } subject
                ? await accounts.FindAsync(trusted.Subject, subject, context.Aborted) : null;
            if (JwtBearerGrant.Permit(judged!, AssertionUse.Saml2Bearer, trusted, account, context.Site.Issuer, context.Now, out Permission? permission) is { } refused) return new Refused(refused);
            return PermittedGrant.Decide(permission!, context.Request, context.Site.Issuer, context.Client, context.Catalogue, secrets.NewSeed(context.Now), context.Now);
        }
        finally
        {
            foreach (RSA key in keys) key.Dispose();
        }
    }

    // Judged when it was declared.
    private static RSA KeyOf(string certificate)
    {
        using X509Certificate2 loaded = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(certificate));
        return loaded.GetRSAPublicKey()!;
    }
}
