using Evergrant.AspNetCore.Authorize;
using Evergrant.AspNetCore.Binding;
using Evergrant.AspNetCore.BackchannelAuthentication;
using Evergrant.AspNetCore.Clients;
using Evergrant.AspNetCore.DeviceAuthorization;
using Evergrant.AspNetCore.EndSession;
using Evergrant.AspNetCore.Explain;
using Evergrant.AspNetCore.Introspection;
using Evergrant.AspNetCore.Keys;
using Evergrant.AspNetCore.Metadata;
using Evergrant.AspNetCore.Outbound;
using Evergrant.AspNetCore.PushedAuthorization;
using Evergrant.AspNetCore.Registration;
using Evergrant.AspNetCore.Revocation;
using Evergrant.AspNetCore.Token;
using Evergrant.AspNetCore.Trust;
using Evergrant.AspNetCore.UserInfo;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Evergrant.AspNetCore;

/// <summary>Adds the authorization server to a host.</summary>
public static class EvergrantServices
{
    /// <summary>Adds the services. The host adds besides: the stores (IGrantStore, IClientStore, IKeyStore), <see cref="IServerSecrets"/> and <see cref="IInteractions"/>;
    /// <see cref="IAccountDirectory"/> where assertions of others name accounts.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="options">Settings.</param>
    /// <exception cref="ArgumentException">The settings have faults; the message names all of them.</exception>
    public static IServiceCollection AddEvergrant(this IServiceCollection services, EvergrantOptions options)
    {
        IReadOnlyList<string> faults = options.Faults();
        if (faults.Count > 0) throw new ArgumentException("The settings cannot be used: " + string.Join("; ", faults), nameof(options));
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options).AddSingleton<IssuerSites>();
        services.AddSingleton<ClientDocuments>();
        services.AddSingleton(s => new ClientCatalogue(s.GetRequiredService<Protocol.Storage.IClientStore>(), options, s.GetRequiredService<TimeProvider>()) { Documents = s.GetRequiredService<ClientDocuments>() });
        services.AddSingleton<ClientThrottle>().AddSingleton<PushThrottle>().AddSingleton<ClientGate>().AddSingleton<KeyProofs>().AddSingleton<ResourceGate>().AddSingleton<ResponseEncryption>().AddSingleton<IntrospectionJwts>().AddSingleton<ClientCertificates>().AddSingleton<AccessTokenForms>();
        services.AddSingleton<OutboundFetcher>().AddSingleton<RemoteDocuments>().AddSingleton<RemoteKeys>().AddSingleton<ClientKeys>();
        services.AddSingleton<KeyRings>().AddSingleton<PairwiseKey>().AddSingleton<RefusalLog>().AddSingleton(s => new Explainer(s.GetRequiredService<Protocol.Storage.IGrantStore>(), s.GetRequiredService<PresentedTokens>(), s.GetRequiredService<IServerSecrets>(), s.GetRequiredService<IssuerSites>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<TokenWriter>().AddSingleton<PresentedTokens>().AddSingleton<OtherGrants>().AddSingleton<GrantTypes>();
        services.AddSingleton<AuthorizeRequests>().AddSingleton<FrontChannelTokens>().AddSingleton<SignedResponses>().AddSingleton<EncryptedRequests>().AddSingleton<PushedAuthorizationEndpoint>();
        services.AddSingleton<IGrantType, AuthorizationCodeGrantType>().AddSingleton<IGrantType, RefreshTokenGrantType>().AddSingleton<IGrantType, ClientCredentialsGrantType>().AddSingleton<IGrantType, DeviceCodeGrantType>().AddSingleton<IGrantType, CibaGrantType>()
            .AddSingleton<IGrantType, JwtBearerGrantType>().AddSingleton<IGrantType, TokenExchangeGrantType>()
            .AddSingleton<IGrantType, SamlBearerGrantType>().AddSingleton<IGrantType, PasswordGrantType>();
        services.TryAddSingleton<IAccountDirectory, NoAccounts>();
        services.AddSingleton<TrustedKeys>().AddSingleton<ExchangedTokens>().AddSingleton<NativeSsoExchange>();
        services.AddSingleton<InteractionTickets>().AddSingleton<AuthorizePages>().AddSingleton<IAuthorizeContinuation, AuthorizeContinuation>();
        services.AddSingleton<AuthorizeEndpoint>().AddSingleton<TokenEndpoint>().AddSingleton<IntrospectionEndpoint>().AddSingleton<RevocationEndpoint>();
        services.AddSingleton<DeviceAuthorizationEndpoint>().AddSingleton<DeviceVerificationEndpoint>().AddSingleton<DevicePolls>().AddSingleton<UserCodeThrottle>();
        services.AddSingleton<RegistrationEndpoint>().AddSingleton<ConfigurationEndpoint>().AddSingleton<RegistrationReader>().AddSingleton<RegistrationReplies>().AddSingleton<RegistrationThrottle>().AddSingleton<ClientUses>();
        services.AddSingleton<BackchannelAuthenticationEndpoint>().AddSingleton<BackchannelApprovalEndpoint>().AddSingleton<AuthenticatorEndpoint>();
        services.AddSingleton<PendingRequests>().AddSingleton<BackchannelAnswers>().AddSingleton<NotificationTokens>().AddSingleton<Outbox.IDeliverySender, NotificationSender>();
        services.AddSingleton<Outbox.Outbox>().AddSingleton<Outbox.IDeliverySender, LogoutTokenSender>().AddHostedService<Outbox.OutboxWatch>();
        services.AddSingleton<GrantManagement.ManagedGrants>().AddSingleton<GrantManagement.GrantManagementEndpoint>();
        services.AddSingleton<CheckSession.BrowserStateCookie>().AddSingleton<CheckSession.CheckSessionEndpoint>();
        services.AddSingleton<EndSessionEndpoint>().AddSingleton(s => new SessionEnds(s.GetRequiredService<Protocol.Storage.IGrantStore>(), s.GetRequiredService<ClientCatalogue>(), s.GetRequiredService<PairwiseKey>(), s.GetRequiredService<Outbox.Outbox>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<UserInfoEndpoint>().AddSingleton<MetadataEndpoint>().AddSingleton<ProtectedResourceEndpoint>().AddSingleton<JwksEndpoint>();
        return services;
    }

    /// <summary>Adds a grant type of the host's own (RFC 6749 section 4.5): docs/add-a-grant.md.</summary>
    /// <typeparam name="T">The grant; one object serves all requests.</typeparam>
    /// <param name="services">The host's services.</param>
    public static IServiceCollection AddExtensionGrant<T>(this IServiceCollection services)
        where T : class, IExtensionGrant => services.AddSingleton<IExtensionGrant, T>();

    /// <summary>Adds response headers, CORS, and the one place where faults become answers. Before <c>MapEvergrant</c>, after <c>UseRouting</c>.</summary>
    /// <param name="app">The host's pipeline.</param>
    public static IApplicationBuilder UseEvergrantHeaders(this IApplicationBuilder app) => app.UseMiddleware<ResponsePolicy>();
}
