namespace Evergrant.Protocol.Sessions;

/// <summary>How the End-User who answers has authenticated: by a session of a browser, or by the app that they answer with.</summary>
/// <param name="Subject">Account id.</param>
/// <param name="AuthTime">When they authenticated actively; null when it is not known.</param>
/// <param name="Acr">Authentication context class; null for none.</param>
/// <param name="Amr">Authentication methods; null for none.</param>
/// <param name="SessionId">Public id of the session; null for none.</param>
/// <param name="SessionKey">Its key; null for none.</param>
public sealed record Answering(string Subject, DateTimeOffset? AuthTime, string? Acr, IReadOnlyList<string>? Amr, string? SessionId = null, byte[]? SessionKey = null)
{
    /// <summary>Somebody who answers in a browser.</summary>
    /// <param name="session">Their session there.</param>
    public static Answering In(Session session) => new(session.Subject, session.AuthTime, session.Acr, session.Amr, session.Id, session.Key);
}
