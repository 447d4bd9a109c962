using System.Globalization;
using Evergrant.AspNetCore.Keys;
using Evergrant.AspNetCore.Token;
using Evergrant.Protocol;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;

namespace Evergrant.AspNetCore.Explain;

/// <summary>Resolves a reference, a token or a grant id to what happened, which rule said so, and what to do.</summary>
public sealed class Explainer
{
    private readonly IGrantStore _store;
    private readonly PresentedTokens _tokens;
    private readonly IServerSecrets _secrets;
    private readonly IssuerSites _sites;
    private readonly TimeProvider _clock;

    internal Explainer(IGrantStore store, PresentedTokens tokens, IServerSecrets secrets, IssuerSites sites, TimeProvider clock)
    {
        _store = store;
        _tokens = tokens;
        _secrets = secrets;
        _sites = sites;
        _clock = clock;
    }

    /// <summary>Explains.</summary>
    /// <param name="query">A reference such as 7F3K-9Q2M (any case, with or without the dash), a token or code, or a grant id.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null when nothing is known under it.</returns>
    public async ValueTask<Explanation?> ExplainAsync(string query, CancellationToken cancellationToken)
    {
        query = query.Trim();
        if (Guid.TryParse(query, out Guid id)) return await OfGrantAsync(id, null, cancellationToken);
        if (AsReference(query) is { } reference && await _store.FindEventAsync(reference, cancellationToken) is { } record) return await OfEventAsync(record, cancellationToken);
        return await OfTokenAsync(query, cancellationToken);
    }

    private async ValueTask<Explanation> OfEventAsync(EventRecord record, CancellationToken cancellationToken)
    {
        (string rule, string advice) = Enum.TryParse(record.Refusal, out Refusal refusal) ? RefusalGuide.Of(refusal) : OfDecision(record.Decision);
        var facts = new List<(string, string)> { ("Reference", record.Reference), ("When", Time(record.At)), ("Decision", record.Decision) };
        Add(facts, "Refusal", record.Refusal);
        Add(facts, "Told to the client", record.Error);
        facts.Add(("Endpoint", record.Endpoint));
        Add(facts, "Issuer", record.Issuer);
        Add(facts, "Client", record.ClientId);
        Add(facts, "Presented generation", record.Presented?.ToString(CultureInfo.InvariantCulture));
        Add(facts, "Generation on record then", record.Generation?.ToString(CultureInfo.InvariantCulture));
        Add(facts, "Policy", record.Policy);
        IReadOnlyList<ExplanationStep> story = [];
        if (record.GrantId is { } id && await _store.FindGrantAsync(id, cancellationToken) is { } grant)
        {
            facts.AddRange(FactsOf(grant));
            story = await StoryAsync(grant, cancellationToken);
        }
        return new Explanation(record.Refusal is null ? record.Decision : $"{record.Decision}: {record.Refusal}", facts, story, rule, advice);
    }

    private async ValueTask<Explanation?> OfTokenAsync(string text, CancellationToken cancellationToken)
    {
        if (GrantCredential.Read(_secrets.Credentials, CredentialKind.Code, text) is { } code) return await OfGrantAsync(code.GrantId, ("Token", "an authorization code of the grant"), cancellationToken);
        foreach (IssuerSite site in _sites.All)
        {
            Shown shown = await _tokens.ReadAsync(text, site, cancellationToken);
            if (shown.Token is null) continue;
            string state = shown.IsGood ? "good now" : "not good now";
            (string, string) fact = ("Token", shown.Token.IsRefreshToken
                ? string.Create(CultureInfo.InvariantCulture, $"refresh token of generation {shown.Token.Generation}, {state}") : $"access token, {state}");
            if (shown.Token.GrantId is { } id) return await OfGrantAsync(id, fact, cancellationToken);
            return new Explanation("An access token without a grant", [fact, ("Client", shown.Token.ClientOf(null) ?? "")], [], "RFC 6749 section 4.4: client credentials have no grant.", "Nothing is to be done.");
        }
        return null;
    }

    private async ValueTask<Explanation?> OfGrantAsync(Guid id, (string, string)? first, CancellationToken cancellationToken)
    {
        if (await _store.FindGrantAsync(id, cancellationToken) is not { } grant) return null;
        var facts = new List<(string, string)>();
        if (first is { } fact) facts.Add(fact);
        facts.AddRange(FactsOf(grant));
        (string rule, string advice) = grant.State == GrantState.Revoked ? RefusalGuide.Of(Refusal.GrantRevoked)
            : grant.ExpiresAt <= _clock.GetUtcNow() ? RefusalGuide.Of(Refusal.GrantExpired)
            : grant.IdleExpiresAt <= _clock.GetUtcNow() ? RefusalGuide.Of(grant.State == GrantState.Pending ? Refusal.CodeExpired : Refusal.RefreshTokenIdle)
            : ("The grant is live.", "Nothing is to be done.");
        return new Explanation($"Grant {grant.Id:D}", facts, await StoryAsync(grant, cancellationToken), rule, advice);
    }

    private IEnumerable<(string, string)> FactsOf(Grant grant)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        yield return ("Grant", grant.Id.ToString("D"));
        yield return ("Grant's client", grant.ClientId);
        if (grant.Subject is not null) yield return ("Account", grant.Subject);
        yield return ("Scope", grant.Authorized.Scope);
        if (grant.Authorized.Resources.Count > 0) yield return ("Resources", string.Join(' ', grant.Authorized.Resources));
        yield return ("State", grant.State == GrantState.Revoked ? $"Revoked ({grant.RevokedWhy})" : grant.HasEnded(now) ? $"{grant.State}, ended" : grant.State.ToString());
        yield return ("Live generation", grant.Generation.ToString(CultureInfo.InvariantCulture));
        yield return ("Retries within ten generations", grant.Retries.Total.ToString(CultureInfo.InvariantCulture));
        if (grant.IdleExpiresAt is { } idle) yield return ("Ends unless used before", Time(idle));
        if (grant.ExpiresAt is { } end) yield return ("Ends at the latest", Time(end));
        yield return ("Policy of the grant", grant.Authorized.Policy);
        if (grant.Authorized.PolicyOverrides is { } overrides) yield return ("Overrides that applied", overrides);
    }

    private async ValueTask<IReadOnlyList<ExplanationStep>> StoryAsync(Grant grant, CancellationToken cancellationToken)
    {
        var story = new List<ExplanationStep> { new(grant.CreatedAt, "Authorized", $"The End-User allowed {grant.ClientId}: {grant.Authorized.Scope}") };
        foreach (EventRecord record in await _store.ListEventsAsync(grant.Id, cancellationToken))
        {
            string presented = record.Presented is { } generation ? string.Create(CultureInfo.InvariantCulture, $"generation {generation} was presented, {record.Generation} was on record; ") : "";
            story.Add(new(record.At, record.Decision, presented + (record.Refusal is null ? "" : record.Refusal + ", ") + "reference " + record.Reference));
        }
        if (grant.Generation > 0)
        {
            story.Add(new(grant.GenerationAt, "Generation " + grant.Generation.ToString(CultureInfo.InvariantCulture), grant.Generation == 1 ? "The code was redeemed." : "The last refresh."));
        }
        if (grant.RevokedAt is { } at) story.Add(new(at, "Revoked", grant.RevokedWhy.ToString()));
        return [.. story.OrderBy(step => step.At)];
    }

    private static (string Rule, string Advice) OfDecision(string decision) => decision switch
    {
        "Repeated" => ("grants.md, row 9: the successor had not been used, and the retry rule allowed to give the same answer again.", "Nothing; if it happens often, the client loses answers or shares a token between processes."),
        "CaughtUp" => ("grants.md, row 10: the token was ahead of the store, which had lost its last writes, and the store followed it.", "Find out which writes were lost: a fail-over to a lagging standby, or a restored backup."),
        "Revoked" => ("RFC 7009: the client revoked its token.", "Nothing is to be done."),
        _ => ("", "Nothing is to be done."),
    };

    /// <summary>Brings what was typed into the form of a reference; null when it cannot be one.</summary>
    private static string? AsReference(string text)
    {
        string letters = text.Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();
        return letters.Length == 8 && letters.All(char.IsAsciiLetterOrDigit) ? letters[..4] + "-" + letters[4..] : null;
    }

    private static void Add(List<(string, string)> facts, string label, string? text)
    {
        if (text is not null) facts.Add((label, text));
    }

    private static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
