using System.Net;
using System.Net.Sockets;
using Evergrant.AspNetCore;
using Evergrant.Protocol;
using Evergrant.Protocol.Accounts;
using Evergrant.Protocol.Storage;
using Microsoft.AspNetCore.Identity;

namespace Evergrant.Accounts;

/// <summary>Judges names and passwords. A name nobody has, a wrong password, a disabled and a locked account are one answer after one hash.</summary>
/// <remarks>Safe for concurrent use. Failures are limited three ways: by address (whoever it is, is told to wait), by name (also names that nobody has, so that
/// a block tells nothing) and, on a browser the account is known on, by that browser instead of the name, so that strangers cannot keep an owner out.</remarks>
internal sealed partial class SignIn(IAccountStore accounts, PasswordHashing hashing, KnownDevice devices, FailedSignIns failures, TimeProvider time, ILogger<SignIn> log)
{
    private readonly FailureLimit _byName = FailedSignIns.LimitOfNames();
    private readonly FailureLimit _byDevice = FailedSignIns.LimitOfNames();
    private readonly FailureRate _byAddress = new(burst: 30, perMinute: 10);

    /// <summary>Judges an attempt.</summary>
    /// <exception cref="StoreUnavailableException">Accounts cannot be read.</exception>
    public async ValueTask<SignInDecision> VerifyAsync(SignInAttempt attempt, CancellationToken cancellationToken)
    {
        string address = Network(attempt.Address);
        TimeSpan wait = _byAddress.WaitOf(address, time.GetUtcNow());
        if (wait > TimeSpan.Zero) return new SignInDecision.TooManyAttempts(wait);
        // Longer than any that could have been set: refused before it is hashed (the answer depends on nothing but the length).
        bool impossible = PasswordRules.IsTooLong(attempt.Password) || attempt.UserName.Length > 2 * UserNames.MaxLength;
        if (impossible) return Refuse(Refusal.PasswordWrong, null, address, null, null);

        using PasswordHashing.Slot? slot = await hashing.EnterAsync(cancellationToken);
        if (slot is null) return new SignInDecision.Busy();

        string name = UserNames.Normalize(attempt.UserName);
        Account? account = await accounts.FindAccountByNameAsync(name, cancellationToken);
        string? device = account is not null && devices.Fits(attempt.Device, account) ? attempt.Device : null;
        PasswordVerificationResult verified = await slot.VerifyAsync(account?.PasswordHash, attempt.Password);

        DateTimeOffset now = time.GetUtcNow();
        bool lockedOut = device is null ? _byName.BlockedUntil(name, now) is not null || account?.LockoutEnd > now : _byDevice.BlockedUntil(device, now) is not null;
        if (lockedOut) return Refuse(Refusal.AccountLockedOut, account, address, null, null);
        if (account is null) return Refuse(Refusal.AccountUnknown, null, address, name, null);
        if (account.Disabled) return Refuse(Refusal.AccountDisabled, account, address, name, device);
        if (account.PasswordHash is null) return Refuse(Refusal.PasswordNotSet, account, address, name, device);
        if (verified == PasswordVerificationResult.Failed) return Refuse(Refusal.PasswordWrong, account, address, name, device);

        _byName.Forget(name);
        if (device is not null) _byDevice.Forget(device);
        string? better = verified == PasswordVerificationResult.SuccessRehashNeeded ? await slot.HashAsync(attempt.Password) : null;
        return new SignInDecision.SignedIn(await CleanAsync(account, better, cancellationToken));
    }

    // Counts a failure against the device or the name (neither while a block stands: a stranger cannot prolong it), and against the address.
    private SignInDecision.Refused Refuse(Refusal why, Account? account, string address, string? name, string? device)
    {
        DateTimeOffset now = time.GetUtcNow();
        string reference = EventReference.Create();
        _byAddress.Fail(address, now);
        if (device is not null) _byDevice.Fail(device, now);
        else if (name is not null) _byName.Fail(name, now);
        failures.Note(new(account?.Id, why, Counts: name is not null && device is null, reference, now));
        Failed(log, why, reference);
        return new(why, reference);
    }

    // A success ends the count of failures. Losing the race against another write of the row does no harm: both were good.
    private async ValueTask<Account> CleanAsync(Account account, string? betterHash, CancellationToken cancellationToken)
    {
        if (betterHash is null && account is { AccessFailedCount: 0, LockoutEnd: null }) return account;
        Account clean = account with { AccessFailedCount = 0, LockoutEnd = null, PasswordHash = betterHash ?? account.PasswordHash };
        await accounts.UpdateAccountAsync(clean, cancellationToken);
        return clean;
    }

    // Whoever has one IPv6 address has 2^64 of them.
    private static string Network(IPAddress? address)
    {
        if (address is null) return "unknown";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)) : address.ToString();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "SignInFailed {Refusal} {Reference}")]
    private static partial void Failed(ILogger logger, Refusal refusal, string reference);
}
