using System.Security.Cryptography;
using System.Text;
using Evergrant.Accounts;
using Evergrant.AspNetCore.CheckSession;
using Evergrant.Protocol.Accounts;
using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Sessions;
using Evergrant.Protocol.Storage;
using Microsoft.AspNetCore.WebUtilities;

namespace Evergrant.Pages;

/// <summary>The sign-in sessions of a browser. The cookie holds up to five random values joined by dots, the one in use first; the store holds their hashes.</summary>
internal sealed class BrowserSessions(IGrantStore grants, IAccountStore accounts, BrowserStateCookie states, TimeProvider time)
{
    /// <summary>Sessions of one browser at most.</summary>
    public const int Most = 5;

    /// <summary>End of a session that is not used.</summary>
    public static readonly TimeSpan IdleLifetime = TimeSpan.FromHours(8);

    /// <summary>End of a session however much it is used.</summary>
    public static readonly TimeSpan AbsoluteLifetime = TimeSpan.FromHours(24);

    // A use is written down this often: a write for each request would be a write too many.
    private static readonly TimeSpan TouchEvery = TimeSpan.FromMinutes(5);

    /// <summary>The live sessions with their accounts, the one in use first. Read once per request.</summary>
    public async ValueTask<IReadOnlyList<Standing>> ListAsync(HttpContext http)
    {
        if (http.Items[typeof(BrowserSessions)] is IReadOnlyList<Standing> known) return known;
        List<Standing> standing = [];
        DateTimeOffset now = time.GetUtcNow();
        foreach (string value in (PageCookies.Read(http, PageCookies.Session) ?? "").Split('.').Take(Most))
        {
            if (!PageCookies.IsValue(value)) continue;
            if (await grants.FindSessionAsync(KeyOf(value), http.RequestAborted) is not { } session || !session.IsLive(now)) continue;
            if (standing.Any(s => s.Session.Subject == session.Subject)) continue;
            if (await accounts.FindAccountAsync(session.Subject, http.RequestAborted) is not { Disabled: false } account) continue;
            standing.Add(new(value, session, account));
        }
        if (standing.Count > 0) await TouchAsync(standing[0].Session, now, http.RequestAborted);
        http.Items[typeof(BrowserSessions)] = standing;
        return standing;
    }

    /// <summary>Starts a session for an account that has just signed in, with a new value; it becomes the one in use.</summary>
    /// <remarks>When the account was signed in here already, its session goes on under the same public id, so that what was bound to it stays bound.</remarks>
    /// <returns>All sessions now; null when the store cannot tell whether it was written, or the account was changed meanwhile.</returns>
    public async ValueTask<IReadOnlyList<Standing>?> StartAsync(HttpContext http, Account account)
    {
        IReadOnlyList<Standing> before = await ListAsync(http);
        Standing? replaced = before.FirstOrDefault(s => s.Account.Id == account.Id);
        DateTimeOffset now = time.GetUtcNow();
        string value = PageCookies.NewValue();
        Session session = new()
        {
            Key = KeyOf(value), Id = replaced?.Session.Id ?? Base64UrlTextEncoder.Encode(RandomNumberGenerator.GetBytes(16)), Subject = account.Id, AuthTime = now,
            Amr = ["pwd"], Acr = Authorization.PasswordAcr, SeenAt = now, IdleExpiresAt = now + IdleLifetime, ExpiresAt = now + AbsoluteLifetime,
        };
        Change change = replaced is null ? new CreateSession(session) : new Together([new RemoveSession(replaced.Session.Key), new CreateSession(session)]);
        if (await grants.CommitAsync(change, null, http.RequestAborted) != CommitResult.Committed) return null;
        // Whoever changes the password writes the account first and then ends its sessions: this one was ended with them, or the change is seen here.
        if (await accounts.FindAccountAsync(account.Id, http.RequestAborted) is not { Disabled: false } current || current.SecurityStamp != account.SecurityStamp)
        {
            await grants.CommitAsync(new RemoveSession(session.Key), null, CancellationToken.None);
            return null;
        }
        Standing started = new(value, session, account);
        return Keep(http, [started, .. before.Where(s => s != replaced)]);
    }

    /// <summary>Makes one of the sessions the one in use.</summary>
    /// <returns>All sessions in their new order; null when there is none with this public id.</returns>
    public async ValueTask<IReadOnlyList<Standing>?> ChooseAsync(HttpContext http, string sessionId)
    {
        IReadOnlyList<Standing> standing = await ListAsync(http);
        return standing.FirstOrDefault(s => s.Session.Id == sessionId) is { } chosen ? Keep(http, [chosen, .. standing.Where(s => s != chosen)]) : null;
    }

    /// <summary>Makes the browser forget sessions that have ended.</summary>
    public async ValueTask ForgetAsync(HttpContext http, IReadOnlyList<Session> ended)
    {
        Standing[] left = [.. (await ListAsync(http)).Where(s => ended.All(e => e.Id != s.Session.Id))];
        if (left.Length > 0)
        {
            Keep(http, left);
            return;
        }
        PageCookies.Remove(http, PageCookies.Session);
        states.Keep(http, []);
        http.Items[typeof(BrowserSessions)] = Array.Empty<Standing>();
    }

    private List<Standing> Keep(HttpContext http, IEnumerable<Standing> sessions)
    {
        List<Standing> kept = [.. sessions.Take(Most)];
        PageCookies.Set(http, PageCookies.Session, string.Join('.', kept.Select(s => s.Value)));
        http.Items[typeof(BrowserSessions)] = kept;
        states.Keep(http, [.. kept.Select(s => s.Session)]);
        return kept;
    }

    private async ValueTask TouchAsync(Session session, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (now - session.SeenAt < TouchEvery) return;
        DateTimeOffset idle = now + IdleLifetime;
        await grants.CommitAsync(new TouchSession(session.Key, now, idle < session.ExpiresAt ? idle : session.ExpiresAt), null, cancellationToken);
    }

    private static byte[] KeyOf(string value) => SHA256.HashData(Encoding.ASCII.GetBytes(value));

    /// <summary>A session that stands.</summary>
    /// <param name="Value">The value in the cookie.</param>
    /// <param name="Session">Its row.</param>
    /// <param name="Account">Whose it is.</param>
    internal sealed record Standing(string Value, Session Session, Account Account)
    {
        /// <summary>The account's name only.</summary>
        public override string ToString() => Account.UserName;
    }
}
