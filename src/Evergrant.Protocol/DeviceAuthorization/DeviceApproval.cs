using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Sessions;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Token;

namespace Evergrant.Protocol.DeviceAuthorization;

/// <summary>Everything that the answer to a device is decided from, anew from the start with each page.</summary>
public sealed record DeviceFacts
{
    /// <summary>Handle of the user code; null when there is none.</summary>
    public required Handle? Handle { get; init; }

    /// <summary>The row that it leads to; null when there is none.</summary>
    public required Grant? Grant { get; init; }

    /// <summary>The client that asks; null when it is gone.</summary>
    public required Client? Client { get; init; }

    /// <summary>Issuer that was asked.</summary>
    public required string Issuer { get; init; }

    /// <summary>Live sessions of the browser, the one in use first.</summary>
    public required IReadOnlyList<Session> Sessions { get; init; }

    /// <summary>Answer of the page; null before it.</summary>
    public ConsentAnswer? Answer { get; init; }

    /// <summary>The instant of the decision.</summary>
    public required DateTimeOffset Now { get; init; }
}

/// <summary>What is decided about a person who has typed a user code.</summary>
public abstract record DeviceApprovalDecision
{
    /// <summary>Name of the decision.</summary>
    public string Name => GetType().Name;
}

/// <summary>No device waits under this code.</summary>
public sealed record UserCodeUnknown : DeviceApprovalDecision;

/// <summary>The person has to sign in, or to be asked.</summary>
/// <param name="Prompt">What.</param>
/// <param name="Session">Session of the account that is asked; null for sign-in.</param>
/// <param name="Scopes">What the device asks for; empty for sign-in.</param>
public sealed record DevicePrompted(Prompt Prompt, Session? Session, IReadOnlyList<string> Scopes) : DeviceApprovalDecision;

/// <summary>The device gets its tokens once the change is durable.</summary>
/// <param name="Grant">The row, Pending.</param>
/// <param name="Change">Uses up the code and writes the row.</param>
public sealed record Approved(Grant Grant, Change Change) : DeviceApprovalDecision;

/// <summary>The person has refused.</summary>
/// <param name="Change">Uses up the code and ends the grant.</param>
public sealed record Denied(Change Change) : DeviceApprovalDecision;

/// <summary>The person's side of the device authorization grant (RFC 8628 section 3.3). Every device asks: nothing is taken from an earlier consent, because whoever started the flow may be
/// somebody else (oauth-cross-device section 6.1.14).</summary>
public static class DeviceApproval
{
    /// <summary>Decides.</summary>
    /// <param name="facts">Everything that counts.</param>
    public static DeviceApprovalDecision Decide(DeviceFacts facts)
    {
        if (facts.Handle is not { Kind: HandleKind.UserCode } handle || handle.ExpiresAt <= facts.Now
            || facts.Grant is not { State: GrantState.Requested } grant || grant.Issuer != facts.Issuer || grant.HasEnded(facts.Now) || facts.Client is not { } client) return new UserCodeUnknown();
        if (facts.Sessions.Count == 0) return new DevicePrompted(Prompt.SignIn, null, []);
        Session session = facts.Sessions[0];
        if (facts.Answer is not { } answer || answer.Subject != session.Subject) return new DevicePrompted(Prompt.Consent, session, Scope.Split(grant.Authorized.Scope));
        return DecoupledRequest.Approve(grant, client, DeviceCodeGrant.Name, Answering.In(session), answer, facts.Now) is { } approved
            ? new Approved(approved, new Together([new RemoveHandle(handle.Key), new ApproveGrant(approved, session.Key)]))
            : new Denied(new Together([new RemoveHandle(handle.Key), new RevokeGrant(grant.Id, RevocationCause.DeniedByUser, facts.Now)]));
    }
}
