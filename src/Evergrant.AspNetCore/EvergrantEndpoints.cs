using Evergrant.AspNetCore.Authorize;
using Evergrant.AspNetCore.BackchannelAuthentication;
using Evergrant.AspNetCore.CheckSession;
using Evergrant.AspNetCore.DeviceAuthorization;
using Evergrant.AspNetCore.EndSession;
using Evergrant.AspNetCore.GrantManagement;
using Evergrant.AspNetCore.Introspection;
using Evergrant.AspNetCore.Keys;
using Evergrant.AspNetCore.Metadata;
using Evergrant.AspNetCore.PushedAuthorization;
using Evergrant.AspNetCore.Registration;
using Evergrant.AspNetCore.Revocation;
using Evergrant.AspNetCore.Token;
using Evergrant.AspNetCore.UserInfo;
using Evergrant.Protocol.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Evergrant.AspNetCore;

/// <summary>The map of the house: every route, who serves it, where it comes from.</summary>
public static class EvergrantEndpoints
{
    private const int FormLimit = 64 * 1024;
    private const int RegistrationLimit = 32 * 1024;

    private static readonly string[] Post = ["POST"];
    private static readonly string[] GetPost = ["GET", "POST"];
    private static readonly string[] GetPutDelete = ["GET", "PUT", "DELETE"];
    private static readonly string[] GetDelete = ["GET", "DELETE"];
    private static readonly string[] GetHead = ["GET", "HEAD"];

    private static readonly EndpointRule Authorize = new() { Name = "Authorize", Source = "RFC 6749 section 3.1", Caller = Caller.Browser, Cors = Cors.Never, Caching = Caching.NoStore, BodyLimit = FormLimit, Headers = HeaderSet.Page };
    private static readonly EndpointRule Consent = Authorize with { Name = "Authorize", Source = "OpenID Connect Core section 3.1.2.4" };
    private static readonly EndpointRule Verification = Authorize with { Name = "DeviceVerification", Source = "RFC 8628 section 3.3" };
    private static readonly EndpointRule EndSession = Authorize with { Name = "EndSession", Source = "OpenID Connect RP-Initiated Logout section 2" };
    private static readonly EndpointRule Frame = Authorize with { Name = "CheckSession", Source = "OpenID Connect Session Management section 3.2", BodyLimit = 0, Headers = HeaderSet.Json };
    private static readonly EndpointRule Token = new() { Name = "Token", Source = "RFC 6749 section 3.2", Caller = Caller.Client, Cors = Cors.Registered, Caching = Caching.NoStore, BodyLimit = FormLimit, Headers = HeaderSet.Json };
    private static readonly EndpointRule Push = Token with { Name = "PushedAuthorization", Source = "RFC 9126 section 2" };
    private static readonly EndpointRule Device = Token with { Name = "DeviceAuthorization", Source = "RFC 8628 section 3.1" };
    private static readonly EndpointRule BackchannelRequest = Token with { Name = "BackchannelAuthentication", Source = "CIBA Core section 7" };
    private static readonly EndpointRule Approval = Authorize with { Name = "BackchannelAuthentication", Source = "CIBA Core section 8" };
    private static readonly EndpointRule Authenticator = Token with { Name = "BackchannelAuthentication", Source = "CIBA Core section 8, as docs/guides/ciba.md has it", Caller = Caller.Bearer, Scope = "urn:evergrant:scope:authenticator" };
    private static readonly EndpointRule Introspection = Token with { Name = "Introspection", Source = "RFC 7662 section 2" };
    private static readonly EndpointRule Revocation = Token with { Name = "Revocation", Source = "RFC 7009 section 2" };
    private static readonly EndpointRule UserInfo = Token with { Name = "UserInfo", Source = "OpenID Connect Core section 5.3", Caller = Caller.Bearer, Scope = "openid" };
    private static readonly EndpointRule Grants = Token with { Name = "GrantManagement", Source = "Grant Management for OAuth 2.0 section 6", Caller = Caller.Bearer, Cors = Cors.Never, BodyLimit = 0 };
    private static readonly EndpointRule Jwks = new() { Name = "Keys", Source = "RFC 7517 section 5", Caller = Caller.Anyone, Cors = Cors.Public, Caching = Caching.Public, BodyLimit = 0, Headers = HeaderSet.Json };
    private static readonly EndpointRule Registration = new() { Name = "Registration", Source = "RFC 7591 section 3", Caller = Caller.Anyone, Cors = Cors.Public, Caching = Caching.NoStore, BodyLimit = RegistrationLimit, Headers = HeaderSet.Json };
    private static readonly EndpointRule Configuration = Registration with { Source = "RFC 7592 section 2", Caller = Caller.Bearer };
    private static readonly EndpointRule Metadata = Jwks with { Name = "Metadata", Source = "RFC 8414 section 3, OpenID Connect Discovery section 4" };

    private static readonly EndpointRule Resource = Jwks with { Name = "Metadata", Source = "RFC 9728 section 3" };

    /// <summary>Maps all endpoints of all issuers.</summary>
    /// <param name="endpoints">The host's routes.</param>
    public static IEndpointRouteBuilder MapEvergrant(this IEndpointRouteBuilder endpoints)
    {
        var sites = endpoints.ServiceProvider.GetRequiredService<IssuerSites>();
        var options = endpoints.ServiceProvider.GetRequiredService<EvergrantOptions>();
        foreach (IssuerSite site in sites.All)
        {
            string p = site.Prefix;
            Map<AuthorizeEndpoint>(endpoints, site, p + "/authorize", GetPost, Authorize, e => e.HandleAsync);
            Map<AuthorizeEndpoint>(endpoints, site, p + "/consent", Post, Consent, e => e.ConsentAsync);
            Map<TokenEndpoint>(endpoints, site, p + "/token", Post, Token, e => e.HandleAsync);
            Map<PushedAuthorizationEndpoint>(endpoints, site, p + "/par", Post, Push, e => e.HandleAsync);
            Map<DeviceAuthorizationEndpoint>(endpoints, site, p + "/device_authorization", Post, Device, e => e.HandleAsync);
            Map<DeviceVerificationEndpoint>(endpoints, site, p + "/device", GetPost, Verification, e => e.HandleAsync);
            Map<DeviceVerificationEndpoint>(endpoints, site, p + "/device/answer", Post, Verification, e => e.AnswerAsync);
            Map<BackchannelAuthenticationEndpoint>(endpoints, site, p + "/bc-authorize", Post, BackchannelRequest, e => e.HandleAsync);
            Map<BackchannelApprovalEndpoint>(endpoints, site, p + "/backchannel", GetHead, Approval with { BodyLimit = 0 }, e => e.ShowAsync);
            Map<BackchannelApprovalEndpoint>(endpoints, site, p + "/backchannel/answer", Post, Approval, e => e.AnswerAsync);
            Map<AuthenticatorEndpoint>(endpoints, site, p + "/backchannel/requests", GetPost, Authenticator, e => e.HandleAsync);
            Map<EndSessionEndpoint>(endpoints, site, p + "/end_session", GetPost, EndSession, e => e.HandleAsync);
            Map<EndSessionEndpoint>(endpoints, site, p + "/end_session/answer", Post, EndSession, e => e.AnswerAsync);
            Map<GrantManagementEndpoint>(endpoints, site, p + "/grants/{grant_id}", GetDelete, Grants, e => e.HandleAsync);
            if (options.SessionManagement)
            {
                Map<CheckSessionEndpoint>(endpoints, site, p + "/check_session", GetHead, Frame, e => e.ShowAsync);
                Map<CheckSessionEndpoint>(endpoints, site, p + "/check_session/client", GetHead, Frame, e => e.JudgeAsync);
            }
            Map<IntrospectionEndpoint>(endpoints, site, p + "/introspect", Post, Introspection, e => e.HandleAsync);
            Map<RevocationEndpoint>(endpoints, site, p + "/revoke", Post, Revocation, e => e.HandleAsync);
            Map<UserInfoEndpoint>(endpoints, site, p + "/userinfo", GetPost, UserInfo, e => e.HandleAsync);
            if (options.Registration.Mode != RegistrationMode.Off)
            {
                Map<RegistrationEndpoint>(endpoints, site, p + "/register", Post, Registration, e => e.HandleAsync);
                Map<ConfigurationEndpoint>(endpoints, site, p + "/register", GetPutDelete, Configuration, e => e.HandleAsync);
            }
            Map<JwksEndpoint>(endpoints, site, p + "/jwks", GetHead, Jwks, e => e.HandleAsync);
            // RFC 8414 section 3 puts the well-known part before the issuer's path, OpenID Connect Discovery section 4 behind it; clients try all of them.
            string[] addresses = [p + "/.well-known/openid-configuration", "/.well-known/openid-configuration" + p, "/.well-known/oauth-authorization-server" + p, p + "/.well-known/oauth-authorization-server"];
            foreach (string address in addresses.Distinct()) Map<MetadataEndpoint>(endpoints, site, address, GetHead, Metadata, e => e.HandleAsync);
        }
        Map<ProtectedResourceEndpoint>(endpoints, sites.All[0], ProtectedResource.WellKnown, GetHead, Resource, e => e.HandleAsync);
        Map<ProtectedResourceEndpoint>(endpoints, sites.All[0], ProtectedResource.WellKnown + "/{**path}", GetHead, Resource, e => e.HandleAsync);
        return endpoints;
    }

    private static void Map<T>(IEndpointRouteBuilder endpoints, IssuerSite site, string path, string[] methods, EndpointRule rule, Func<T, Func<HttpContext, IssuerSite, EndpointRule, Task>> handler)
        where T : class
    {
        endpoints.ServiceProvider.GetRequiredService<IssuerSites>().Declare(path, rule);
        Func<HttpContext, IssuerSite, EndpointRule, Task> handle = handler(endpoints.ServiceProvider.GetRequiredService<T>());
        endpoints.MapMethods(path, methods, (RequestDelegate)(http => handle(http, site, rule))).WithMetadata(rule).WithDisplayName($"{rule.Name} {path}");
    }
}
