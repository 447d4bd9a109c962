using Evergrant.AspNetCore.Binding;
using Evergrant.AspNetCore.Clients;
using Evergrant.AspNetCore.Keys;
using Evergrant.Protocol;
using Evergrant.Protocol.Binding;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Token;
using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore.Token;

/// <summary>The token endpoint (RFC 6749 section 3.2): read the form, authenticate the client, then decide, commit, answer. On a conflict it looks again and decides again.</summary>
internal sealed class TokenEndpoint(ClientGate gate, KeyProofs proofs, ClientCatalogue clients, IGrantStore store, IServerSecrets secrets, TokenWriter writer, NativeSsoExchange native, GrantTypes grants, RefusalLog log, TimeProvider clock)
{
    /// <summary>Each conflict means that somebody else's change was committed, so this many in a row are a flood on one grant.</summary>
    private const int Attempts = 16;

    /// <summary>Whoever does not know for longer what became of a commit says so; the client's own retry finds it out.</summary>
    private static readonly TimeSpan FindOutWithin = TimeSpan.FromSeconds(1);

    private static readonly OAuthError Contended = new("temporarily_unavailable", "Too many requests for one grant; try again.", Refusal.Contended);
    private static readonly OAuthError Unknown = new("temporarily_unavailable", "The outcome is not known; try again with the same token.", Refusal.StoreUnavailable);
    private static readonly OAuthError NoAccount = new("invalid_grant", "The account is not available.", Refusal.AccountUnavailable);

    private readonly RecentGrants _recent = new();

    public async Task HandleAsync(HttpContext http, IssuerSite site, EndpointRule rule)
    {
        if (await gate.EnterAsync(http, site, rule) is not { } entered) return;
        (Client client, Parameters form) = entered;
        if (TokenRequest.Read(form, NewMark(), out TokenRequest? request) is { } malformed)
        {
            await RefuseAsync(http, site, client, new Refused(malformed));
            return;
        }
        if (grants.Find(request!.GrantType) is not { } type || !client.GrantTypes.Contains(request.GrantType))
        {
            await RefuseAsync(http, site, client, new Refused(await grants.RefusalOfAsync(request.GrantType, site.Issuer, http.RequestAborted)));
            return;
        }
        ShownKeys keys = proofs.Read(http, site, client);
        if ((keys.Error ?? BindingRules.JudgeRequest(client, keys.Keys)) is { } unproven)
        {
            await RefuseAsync(http, site, client, new Refused(unproven));
            return;
        }
        string? shown = type.Parameter is { } parameter ? form[parameter] : null;
        if (shown is null && type.Parameter is not null)
        {
            await RefuseAsync(http, site, client, new Refused(new OAuthError("invalid_request", $"The parameter {type.Parameter} is missing.", Refusal.ParameterMissing)));
            return;
        }
        GrantCredential? credential = type.Credential is { } kind ? GrantCredential.Read(secrets.Credentials, kind, shown!) : null;
        ScopeCatalogue catalogue = await clients.ScopesAsync(http.RequestAborted);
        await DecideCommitAnswerAsync(http, site, type, client, request.With(keys.Keys), keys.Use, form, credential, catalogue);
    }

    private async Task DecideCommitAnswerAsync(
        HttpContext http, IssuerSite site, IGrantType type, Client client, TokenRequest request, UseAssertion? proof, Parameters form, GrantCredential? credential, ScopeCatalogue catalogue)
    {
        long begun = clock.GetTimestamp();
        Change? inDoubt = null;
        string? eventInDoubt = null;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            Grant? guess = attempt == 0 && credential is { Kind: CredentialKind.RefreshToken } ? _recent.Find(credential) : null;
            Grant? grant = guess ?? (credential is null ? null : await store.FindGrantAsync(credential.GrantId, http.RequestAborted));
            DateTimeOffset now = clock.GetUtcNow();
            TokenDecision decision = await type.DecideAsync(new TokenContext(request, form, credential, grant, site, client, catalogue, now, http.Connection.RemoteIpAddress, http.RequestAborted));
            if (guess is not null && !Proves(ref decision, guess)) continue;
            // The client has shown its token once: what this request has done itself is no retry of the client's.
            if (inDoubt is not null && decision is Repeated again && await WasMadeAsync(inDoubt, eventInDoubt, grant!, http.RequestAborted)) decision = DoubtfulCommit.Settle(inDoubt, again, grant!);
            // A proof is used up by what is given for it, and by nothing else; once, however often this request decides.
            if (proof is not null && decision is (Granted or Issued or AssertionIssued))
            {
                if (await proofs.UseAsync(proof, http.RequestAborted) is { } used)
                {
                    await RefuseAsync(http, site, client, new Refused(used, grant));
                    return;
                }
                proof = null;
            }
            switch (decision)
            {
                // The row may be as it is because of the commit that is in doubt: that is no verdict on the client.
                case not Granted when inDoubt is not null:
                    await RefuseAsync(http, site, client, new Refused(Unknown, grant));
                    return;
                case Issued { Change: { } once } issued:
                    switch (await store.CommitAsync(once, null, http.RequestAborted))
                    {
                        case CommitResult.Committed:
                            await writer.WriteAsync(http, site, client, issued, request.Proven.For(client));
                            return;
                        case CommitResult.Conflict:
                            await RefuseAsync(http, site, client, new Refused(issued.OnConflict!));
                            return;
                        default:
                            await RefuseAsync(http, site, client, new Refused(Unknown));
                            return;
                    }
                case Issued issued:
                    await writer.WriteAsync(http, site, client, issued, request.Proven.For(client));
                    return;
                case AssertionIssued assertion:
                    await writer.WriteAsync(http, site, client, assertion);
                    return;
                case Waiting waiting:
                    log.Count(waiting.Name, waiting.Error.Refusal.ToString());
                    await JsonReply.ErrorAsync(http, waiting.Error, null);
                    return;
                case Refused refused:
                    await RefuseAsync(http, site, client, refused);
                    return;
                case Replayed { Change: null } rejected:
                    await RefuseAsync(http, site, client, new Refused(rejected.Error, rejected.Grant, rejected.Presented));
                    return;
                case Replayed replayed:
                    {
                        EventRecord record = log.Make(new Told(replayed.Name, "Token", site.Issuer, client.ClientId, replayed.Error, replayed.Grant, replayed.Presented, replayed.Grant.Authorized.Policy));
                        CommitResult result = await store.CommitAsync(replayed.Change!, record, http.RequestAborted);
                        // Revoked by somebody else meanwhile: decide again, it will be refused as revoked.
                        if (result == CommitResult.Conflict) continue;
                        if (result == CommitResult.Unknown) await RefuseAsync(http, site, client, new Refused(Unknown, grant));
                        else await JsonReply.ErrorAsync(http, replayed.Error, record.Reference);
                        return;
                    }
                case Granted granted:
                    {
                        PreparedTokens? prepared = await writer.PrepareAsync(site, client, granted, request.Proven.For(client), now, http.RequestAborted);
                        if (prepared is null)
                        {
                            await RefuseAsync(http, site, client, new Refused(NoAccount, grant, granted.Presented));
                            return;
                        }
                        if (granted.Grant.Authorized.DeviceSso)
                        {
                            string? kept = form["actor_token_type"] == TokenType.DeviceSecret ? form["actor_token"] : form["device_secret"];
                            prepared = await native.AddAsync(prepared, request, kept, http.RequestAborted);
                        }
                        EventRecord? record = granted is Repeated or CaughtUp
                            ? log.Make(new Told(granted.Name, "Token", site.Issuer, client.ClientId, null, grant, granted.Presented, granted.Grant.Authorized.Policy)) : null;
                        // Signing runs while the commit is in flight; nothing is sent before it is durable.
                        ValueTask<CommitResult> pending = store.CommitAsync(granted.Change, record, http.RequestAborted);
                        SignedTokens signed;
                        try
                        {
                            signed = await writer.SignAsync(site, prepared, CancellationToken.None);
                        }
                        catch
                        {
                            await pending;
                            throw;
                        }
                        CommitResult result = await pending;
                        if (result == CommitResult.Conflict && granted.OnConflict is { } used)
                        {
                            // It may be this request's own commit that is in the way.
                            await RefuseAsync(http, site, client, new Refused(inDoubt is null ? used : Unknown));
                            return;
                        }
                        if (result == CommitResult.Conflict) continue;
                        // Once more, from the row as it is now: what is answered then rests on a commit that is known (a retry is one too).
                        if (result == CommitResult.Unknown && inDoubt is null && clock.GetElapsedTime(begun) < FindOutWithin)
                        {
                            (inDoubt, eventInDoubt) = (granted.Change, record?.Reference);
                            continue;
                        }
                        if (result == CommitResult.Unknown)
                        {
                            await RefuseAsync(http, site, client, new Refused(Unknown, grant, granted.Presented));
                            return;
                        }
                        if (record is null) log.Count(granted.Name, null);
                        // How often a retry was counted by then is not known here.
                        if (granted is not (Repeated or Returned)) _recent.Keep(granted.Grant);
                        await writer.WriteAsync(http, granted, signed);
                        return;
                    }
            }
        }
        await RefuseAsync(http, site, client, new Refused(Contended));
    }

    /// <summary>Whether the change of a decision holds only if the row is what it was taken for. All else is decided on the row.</summary>
    private static bool Proves(ref TokenDecision decision, Grant guess)
    {
        if (decision is Renewed { Change: RenewGrant renew } renewed) decision = renewed with { Change = renew with { MarkBefore = guess.Mark } };
        return decision is Rotated or Renewed;
    }

    private static long NewMark()
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        RandomPool.Fill(bytes);
        return BitConverter.ToInt64(bytes) & long.MaxValue;
    }

    /// <summary>Whether a change in doubt was made. One that has an event is there if and only if the event is: two nodes may count a retry from the same row.</summary>
    private async ValueTask<bool> WasMadeAsync(Change change, string? reference, Grant row, CancellationToken cancellationToken) =>
        reference is null ? DoubtfulCommit.IsMade(change, row) : await store.FindEventAsync(reference, cancellationToken) is not null;

    private async Task RefuseAsync(HttpContext http, IssuerSite site, Client client, Refused refused)
    {
        string reference = await log.RecordAsync(
            new Told(refused.Name, "Token", site.Issuer, client.ClientId, refused.Error, refused.Grant, refused.Presented, refused.Grant?.Authorized.Policy ?? client.EffectivePolicy.Name), http.RequestAborted);
        await JsonReply.ErrorAsync(http, refused.Error, reference);
    }
}
