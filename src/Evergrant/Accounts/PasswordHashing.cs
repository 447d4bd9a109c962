using Evergrant.Protocol.Accounts;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Evergrant.Accounts;

/// <summary>ASP.NET Core Identity's hasher (PBKDF2 with HMAC-SHA-512, 128-bit salt), with bounded work: as many at once as there are cores, a short queue, and no more.</summary>
/// <remarks>Safe for concurrent use. A hash takes some 100 ms of one core, so that without a bound a thousand sign-ins would stop everything else.</remarks>
internal sealed class PasswordHashing : IDisposable
{
    /// <summary>Iterations for new hashes; older ones are made again at the next sign-in.</summary>
    public const int Iterations = 210_000;

    /// <summary>How many may wait for a core.</summary>
    public const int MaxWaiting = 50;

    private readonly PasswordHasher<Account> _hasher;
    private readonly SemaphoreSlim _slots = new(Environment.ProcessorCount);
    private readonly Lazy<string> _dummy;
    private int _waiting;

    /// <summary>Makes the hasher.</summary>
    /// <param name="iterations">Cost of new hashes; tests take less.</param>
    public PasswordHashing(int iterations = Iterations)
    {
        _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = iterations }));
        _dummy = new(() => _hasher.HashPassword(null!, "no account has this hash"));
    }

    /// <summary>Takes one of the places in which a password may be hashed.</summary>
    /// <returns>The place, to be disposed; null when the queue is full.</returns>
    public async ValueTask<Slot?> EnterAsync(CancellationToken cancellationToken)
    {
        if (_slots.Wait(0, cancellationToken)) return new(this);
        try
        {
            if (Interlocked.Increment(ref _waiting) > MaxWaiting) return null;
            await _slots.WaitAsync(cancellationToken);
            return new(this);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>Takes a place however long the queue is: for an operator's order.</summary>
    public async ValueTask<Slot> WaitAsync(CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken);
        return new(this);
    }

    public void Dispose() => _slots.Dispose();

    /// <summary>A place taken. Hashes run on a thread of their own, so that requests which hash nothing keep theirs.</summary>
    internal sealed class Slot(PasswordHashing owner) : IDisposable
    {
        /// <summary>Hashes a new password.</summary>
        public Task<string> HashAsync(string password) => RunAsync(() => owner._hasher.HashPassword(null!, password));

        /// <summary>Judges a password; a null hash costs the same and fails.</summary>
        public Task<PasswordVerificationResult> VerifyAsync(string? hash, string password) => RunAsync(() =>
        {
            PasswordVerificationResult result = owner._hasher.VerifyHashedPassword(null!, hash ?? owner._dummy.Value, password);
            return hash is null ? PasswordVerificationResult.Failed : result;
        });

        public void Dispose() => owner._slots.Release();

        private static Task<T> RunAsync<T>(Func<T> work) =>
            Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }
}
